// One plan: what it includes, what it costs, and the way to have it.

import { post } from "./api.js";
import { h } from "./dom.js";
import { count, money } from "./format.js";
import { attempt, faultBox } from "./notices.js";
import { address } from "./router.js";

export function planCard(plan, { current, live }) {
  const { element, button } = leading(`Take ${plan.name}`, async () => (await post("/billing/checkout", {
    plan: plan.tier, success_url: here({ bought: plan.tier }), cancel_url: here(),
  })).checkout_url);
  return h("li", { class: "card" },
    h("div", { class: "title" },
      h("h2", {}, plan.name),
      plan.tier === current && h("span", { class: "badge" }, "Your plan")),
    h("p", { class: "now" },
      h("strong", {}, money(plan.price_monthly, plan.currency)), plan.price_monthly > 0 && " a month"),
    h("ul", { class: "ticks" }, included(plan).map((each) =>
      h("li", { class: each.startsWith("No ") && "not" }, each))),
    element,
    plan.price_monthly > 0 && !live && h("div", { class: "actions" }, button));
}

/** The way to the page where a subscription is changed, paid for or canceled. */
export function manage() {
  const { element, button } = leading("Manage the subscription", async () =>
    (await post("/billing/portal", { return_url: here() })).portal_url);
  return [element, h("div", { class: "actions" }, button)];
}

/** A button that leads to where somebody else goes on. */
function leading(words, where) {
  const fault = faultBox();
  const go = async () => location.assign(await where());
  const button = h("button", { type: "button", onclick: () => attempt(button, fault, go) }, words);
  return { element: fault.element, button };
}

function included({ max_competitors: competitors, max_products: products, scan_frequency: often, features, trial_days: days }) {
  return [
    amount(competitors, "competitor"), amount(products, "product"), `Scanned ${often}`, ...features,
    days > 0 && `${days}-day free trial, the first time`,
  ].filter(Boolean);
}

function amount(most, what) {
  return most < 0 ? `As many ${what}s as you like` : count(most, what);
}

function here(query) {
  return `${location.origin}${location.pathname}${address("/plan", query)}`;
}
