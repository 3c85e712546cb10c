// Adds an alert.

import { KINDS, hasThreshold } from "./alert-kinds.js";
import { post } from "./api.js";
import { h, refocus } from "./dom.js";
import { announce, faultBox } from "./notices.js";

export function alertForm({ competitors, product, open }, done) {
  const fault = faultBox();
  const button = h("button", {}, "Add alert");
  const kind = h("select", { name: "alert_type", onchange: adapt },
    Object.entries(KINDS).map(([value, words]) => h("option", { value }, words)));
  const threshold = h("input", {
    name: "threshold", type: "number", min: 0, max: 1000, step: "0.01", value: 0, required: true,
    inputmode: "decimal",
  });
  const subject = h("select", { name: "subject" },
    product && h("option", { value: `product_id ${product.id}` }, product.title),
    h("option", { value: "" }, "All competitors"),
    competitors.map(({ id, name }) => h("option", { value: `competitor_id ${id}` }, name)));
  const percent = field("By at least, in %", threshold);

  function adapt() {
    percent.hidden = !hasThreshold(kind.value);
    threshold.max = kind.value === "price_drop" ? 100 : 1000;
  }

  async function submit(event) {
    event.preventDefault();
    button.disabled = true;
    fault.clear();
    const [about, id] = subject.value.split(" ");
    try {
      await post("/alerts", {
        alert_type: kind.value,
        ...(hasThreshold(kind.value) ? { threshold: Number(threshold.value) } : {}),
        ...(about ? { [about]: id } : {}),
      });
      announce("The alert was added.");
      await done();
      refocus("adding");
    } catch (error) {
      fault.tell(error);
      button.disabled = false;
    }
  }

  adapt();
  return h("details", { class: "card adding", open: open || Boolean(product) },
    h("summary", { "data-focus": "adding" }, "Add an alert"),
    fault.element,
    h("form", { class: "fields", onsubmit: submit },
      field("Tell me when", kind), percent, field("Of", subject), button));
}

function field(label, control) {
  return h("label", {}, h("span", {}, label), control);
}
