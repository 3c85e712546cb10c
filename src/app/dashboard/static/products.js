// What competitors sell, to be filtered and sorted.

import { all, get } from "./api.js";
import { h, line, name, show } from "./dom.js";
import { change, count, money, relative } from "./format.js";
import { announce, empty, fault } from "./notices.js";
import { pager } from "./paging.js";
import { productFilter } from "./product-filter.js";
import { address } from "./router.js";

export async function products(main, { query, signal }) {
  const competitors = await all("/competitors", {}, signal);
  const found = h("div", {});
  const filter = productFilter(competitors, query, (wanted) => look({ ...wanted, page: "" }));
  let asked = 0;

  async function look(wanted) {
    if (signal.aborted) return; // what was typed last is of no use any more
    const turn = (asked += 1);
    history.replaceState(null, "", address("/products", wanted)); // to come back to
    found.setAttribute("aria-busy", "true");
    try {
      const list = await get("/products", { per_page: 20, ...wanted }, signal);
      if (turn !== asked) return; // something else was typed meanwhile
      announce(count(list.total, "product"));
      show(found, ...listed(list, (page) => {
        location.hash = address("/products", { ...filter.value(), page });
      }));
    } catch (error) {
      if (!signal.aborted && turn === asked) show(found, fault(error, () => look(wanted)));
    } finally {
      found.removeAttribute("aria-busy");
    }
  }

  await look({ ...filter.value(), page: query.page ?? "" });
  show(main,
    h("div", { class: "heading" }, h("h1", { tabindex: -1 }, "Products")), filter.element, found);
}

function listed(list, turn) {
  const rows = list.items.length
    ? h("ul", { class: "rows card" }, list.items.map(row))
    : !list.total && empty("No products", "Nothing matches. Products come with the scans of your competitors.");
  return [rows, pager(list, turn)];
}

function row(product) {
  return h("li", { class: product.status },
    h("div", {},
      h("a", { class: "strong", href: `#/products/${product.id}` }, name(product.title)),
      line(name(product.competitor_name), `seen ${relative(product.last_seen)}`)),
    h("div", { class: "price" },
      h("strong", {}, money(product.price, product.currency)), state(product) ?? latest(product)));
}

/** What keeps it from being sold as usual. */
export function state(product) {
  if (product.status === "removed") return h("span", { class: "badge removed" }, "Removed");
  if (!product.in_stock) return h("span", { class: "badge paused" }, "Out of stock");
  return null;
}

function latest({ price_history: points }) {
  const [before, now] = points.slice(-2);
  if (!now || before.currency !== now.currency || before.price === now.price) return null;
  return h("span", { class: now.price < before.price ? "fell" : "rose" },
    change(before.price, now.price));
}
