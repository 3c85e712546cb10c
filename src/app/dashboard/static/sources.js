// Who supplies the same product, as far as suppliers' feeds tell.

import { post } from "./api.js";
import { h, line, name, outward, show } from "./dom.js";
import { count, money } from "./format.js";
import { announce, attempt, faultBox } from "./notices.js";

export function sources(product, found) {
  const fault = faultBox();
  const list = h("div", {});
  const button = h("button", { type: "button", class: "quiet", onclick: find }, "Find sources");

  function find() {
    attempt(button, fault, async () => {
      const now = await post(`/products/${product.id}/sources`);
      announce(`${count(now.total, "source")} found.`);
      show(list, listed(now, "None of your suppliers' feeds has it."));
    });
  }

  show(list, listed(found, "None yet. They are looked for in the feeds of your ", h("a", { href: "#/suppliers" }, "suppliers"), "."));
  return h("section", { class: "card" },
    h("h2", {}, "Sources"), fault.element, list, h("div", { class: "actions" }, button));
}

function listed({ items }, ...nothing) {
  return items.length
    ? h("ul", { class: "rows" }, items.map(row))
    : h("p", { class: "faint" }, ...nothing);
}

function row(source) {
  const sure = `${Math.round(100 * source.confidence_score)} % sure`;
  const margin = source.margin_percent === null ? null : `margin ${source.margin_percent} %`;
  return h("li", {},
    h("div", {},
      h("strong", {}, outward(source.url, name(source.title))),
      line(name(source.supplier), sure, margin)),
    h("div", { class: "price" }, h("strong", {}, money(source.price, source.currency))));
}
