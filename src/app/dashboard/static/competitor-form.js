// Adds a competitor.

import { post } from "./api.js";
import { h, refocus } from "./dom.js";
import { announce, faultBox } from "./notices.js";

export const PLATFORMS = { custom: "Find out", shopify: "Shopify", woocommerce: "WooCommerce" };

export function competitorForm(open, done) {
  const fault = faultBox();
  const button = h("button", {}, "Add competitor");
  const form = h("form", { class: "fields", onsubmit: submit },
    field("Name", h("input", { name: "name", required: true, maxlength: 255, autocomplete: "off" })),
    field("Address of the store", h("input", {
      name: "url", type: "url", required: true, placeholder: "https://", autocomplete: "off",
      inputmode: "url",
    })),
    field("Platform", h("select", { name: "platform" },
      Object.entries(PLATFORMS).map(([value, words]) => h("option", { value }, words)))),
    button);

  async function submit(event) {
    event.preventDefault();
    button.disabled = true;
    fault.clear();
    try {
      const added = await post("/competitors", Object.fromEntries(new FormData(form)));
      announce(`${added.name} was added.`);
      await done();
      refocus("adding");
    } catch (error) {
      fault.tell(error);
      button.disabled = false;
    }
  }

  return h("details", { class: "card adding", open },
    h("summary", { "data-focus": "adding" }, "Add a competitor"), fault.element, form);
}

function field(label, control) {
  return h("label", {}, h("span", {}, label), control);
}
