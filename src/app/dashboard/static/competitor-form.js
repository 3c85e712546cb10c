// Adds a competitor, or changes one.

import { patch, post } from "./api.js";
import { field, h, refocus } from "./dom.js";
import { announce, attempt, faultBox } from "./notices.js";

export const PLATFORMS = { custom: "Find out", shopify: "Shopify", woocommerce: "WooCommerce" };

export function addCompetitor(open, done) {
  return folded("Add a competitor", {}, open, async (given) => {
    const added = await post("/competitors", given);
    announce(`${added.name} was added.`);
    await done();
  });
}

export function changeCompetitor(competitor, done) {
  return folded("Change it", competitor, false, async (given) => {
    const changed = Object.entries(given).filter(([name, value]) => value !== competitor[name]);
    await patch(`/competitors/${competitor.id}`, Object.fromEntries(changed));
    announce(`${given.name} was changed.`);
    await done();
  });
}

function folded(title, { name, url, platform }, open, work) {
  const fault = faultBox();
  const button = h("button", {}, name ? "Save" : "Add competitor");
  const form = h("form", { class: "fields", onsubmit: submit },
    field("Name", h("input", {
      name: "name", value: name, required: true, maxlength: 255, autocomplete: "off",
    })),
    field("Address of the store", h("input", {
      name: "url", type: "url", value: url, required: true, placeholder: "https://",
      autocomplete: "off", inputmode: "url",
    })),
    field("Platform", h("select", { name: "platform" },
      Object.entries(PLATFORMS).map(([value, words]) =>
        h("option", { value, selected: value === platform }, words)))),
    button);

  function submit(event) {
    event.preventDefault();
    attempt(button, fault, async () => {
      await work(Object.fromEntries(new FormData(form)));
      refocus("adding");
    });
  }

  return h("details", { class: "card adding", open },
    h("summary", { "data-focus": "adding" }, title), fault.element, form);
}
