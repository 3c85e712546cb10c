// Changes what sets an alert off.

import { alertFields } from "./alert-fields.js";
import { patch } from "./api.js";
import { h, refocus } from "./dom.js";
import { announce, attempt, faultBox } from "./notices.js";

export function alertChange(alert, again) {
  const key = `change ${alert.id}`;
  const fault = faultBox();
  const fields = alertFields(alert);
  const button = h("button", {}, "Save");

  function submit(event) {
    event.preventDefault();
    attempt(button, fault, async () => {
      await patch(`/alerts/${alert.id}`, fields.value());
      announce("The alert was changed.");
      await again();
      refocus(key);
    });
  }

  return h("details", {},
    h("summary", { "data-focus": key }, "Change"),
    fault.element,
    h("form", { class: "fields within", onsubmit: submit }, fields.elements, button));
}
