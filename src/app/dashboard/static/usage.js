// How much of the plan is used.

import { get } from "./api.js";
import { h } from "./dom.js";
import { number } from "./format.js";
import { user } from "./session.js";

export async function usage(signal) {
  const used = await get("/usage", {}, signal);
  const endless = user().role === "ADMIN"; // plans bind administrators to nothing
  return h("section", { class: "usage", "aria-label": "Your plan" },
    h("p", {}, h("span", { class: "faint" }, "Plan "),
      h("a", { class: "plan", href: "#/plan" }, endless ? "administrator" : used.plan)),
    meter("Competitors", used.competitors_used, endless ? null : used.competitors_limit),
    meter("Products", used.products_tracked, endless ? null : used.products_limit));
}

export function meter(label, value, limit) {
  const endless = limit === null || limit < 0;
  const words = endless ? number(value) : `${number(value)} of ${number(limit)}`;
  return h("div", {},
    h("p", {}, h("span", { class: "faint" }, `${label} `), h("strong", {}, words)),
    !endless && h("meter", {
      min: 0, max: Math.max(limit, 1), value, high: limit * 0.9, optimum: 0,
      "aria-label": `${label}: ${words}`,
    }, words));
}
