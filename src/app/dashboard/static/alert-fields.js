// What sets an alert off, to be chosen.

import { KINDS, hasThreshold } from "./alert-kinds.js";
import { field, h } from "./dom.js";

export function alertFields({ alert_type: type = "price_drop", threshold: from = 0 } = {}) {
  const kind = h("select", { name: "alert_type", onchange: adapt },
    Object.entries(KINDS).map(([value, words]) => h("option", { value, selected: value === type }, words)));
  const threshold = h("input", {
    name: "threshold", type: "number", min: 0, step: "0.01", value: from, required: true,
    inputmode: "decimal",
  });
  const percent = field("By at least, in %", threshold);

  function adapt() {
    percent.hidden = threshold.disabled = !hasThreshold(kind.value);
    threshold.max = kind.value === "price_drop" ? 100 : 1000;
  }

  const value = () => ({
    alert_type: kind.value,
    ...(hasThreshold(kind.value) ? { threshold: Number(threshold.value) } : {}),
  });

  adapt();
  return { elements: [field("Tell me when", kind), percent], value };
}
