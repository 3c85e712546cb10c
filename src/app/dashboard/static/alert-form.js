// Adds an alert.

import { alertFields, field } from "./alert-fields.js";
import { post } from "./api.js";
import { h, refocus } from "./dom.js";
import { announce, faultBox } from "./notices.js";

export function alertForm({ competitors, product, open }, done) {
  const fault = faultBox();
  const fields = alertFields();
  const button = h("button", {}, "Add alert");
  const subject = h("select", { name: "subject" },
    product && h("option", { value: `product_id ${product.id}` }, product.title),
    h("option", { value: "" }, "All competitors"),
    competitors.map(({ id, name }) => h("option", { value: `competitor_id ${id}` }, name)));

  async function submit(event) {
    event.preventDefault();
    button.disabled = true;
    fault.clear();
    const [about, id] = subject.value.split(" ");
    try {
      await post("/alerts", { ...fields.value(), ...(about ? { [about]: id } : {}) });
      announce("The alert was added.");
      await done();
      refocus("adding");
    } catch (error) {
      fault.tell(error);
      button.disabled = false;
    }
  }

  return h("details", { class: "card adding", open: open || Boolean(product) },
    h("summary", { "data-focus": "adding" }, "Add an alert"),
    fault.element,
    h("form", { class: "fields", onsubmit: submit },
      fields.elements, field("Of", subject), button));
}
