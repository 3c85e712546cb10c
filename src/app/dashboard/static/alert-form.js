// Adds an alert.

import { alertFields } from "./alert-fields.js";
import { post } from "./api.js";
import { field, h, refocus } from "./dom.js";
import { announce, attempt, faultBox } from "./notices.js";

export function alertForm({ competitors, product, open }, done) {
  const fault = faultBox();
  const fields = alertFields();
  const button = h("button", {}, "Add alert");
  const subject = h("select", { name: "subject" },
    product && h("option", { value: `product_id ${product.id}` }, product.title),
    h("option", { value: "" }, "All competitors"),
    competitors.map(({ id, name }) => h("option", { value: `competitor_id ${id}` }, name)));

  function submit(event) {
    event.preventDefault();
    const [about, id] = subject.value.split(" ");
    attempt(button, fault, async () => {
      await post("/alerts", { ...fields.value(), ...(about ? { [about]: id } : {}) });
      announce("The alert was added.");
      await done();
      refocus("adding");
    });
  }

  return h("details", { class: "card adding", open: open || Boolean(product) },
    h("summary", { "data-focus": "adding" }, "Add an alert"),
    fault.element,
    h("form", { class: "fields", onsubmit: submit },
      fields.elements, field("Of", subject), button));
}
