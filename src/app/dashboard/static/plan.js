// The plan one has, how much of it is used, and the way to another.

import { get } from "./api.js";
import { h, pause, show } from "./dom.js";
import { date } from "./format.js";
import { announce } from "./notices.js";
import { manage, planCard } from "./plan-card.js";
import { address } from "./router.js";
import { user } from "./session.js";
import { meter } from "./usage.js";

const TRIES = 30;
const EVERY = 2000;
const ENDED = ["canceled", "incomplete"];

export async function plan(main, { query, signal, again }) {
  const [now, plans] = await Promise.all([
    get("/billing/overview", {}, signal), get("/billing/plans", {}, signal),
  ]);
  const bought = plans.find(({ tier }) => tier === query.bought);
  const arrived = bought?.tier === now.current_plan;
  const live = ENDED.includes(now.subscription?.status) ? null : now.subscription;
  const endless = user().role === "ADMIN"; // plans bind administrators to nothing
  show(main,
    h("div", { class: "heading" }, h("h1", { tabindex: -1 }, "Plan and usage")),
    bought && h("p", { class: arrived ? "note good" : "note", role: "status" },
      arrived ? `You are on the ${bought.name} plan now.` : "Your subscription is being confirmed…"),
    h("section", { class: "card" },
      h("h2", {}, endless ? "Administrator" : `Your plan: ${now.plan_name}`),
      endless && h("p", { class: "faint" }, "No plan limits you."),
      standing(now.subscription),
      used(now.usage, endless),
      now.subscription && manage()),
    !endless && h("ul", { class: "cards plans" },
      plans.map((each) => planCard(each, { current: now.current_plan, live }))));
  if (arrived) history.replaceState(null, "", address("/plan")); // what is said is said once
  else if (bought) wait(bought, { signal, again });
}

/** The payment provider tells us a moment after it has told the user. */
async function wait({ tier }, { signal, again }) {
  try {
    for (let tries = 0; tries < TRIES && !signal.aborted; tries += 1) {
      await pause(EVERY, signal);
      const { current_plan: now } = await get("/billing/overview", {}, signal);
      if (now === tier) return await again();
    }
  } catch (error) {
    if (!signal.aborted) announce(error.message);
  }
}

function standing(subscription) {
  return subscription && h("p", {}, story(subscription));
}

function story({ status, cancel_at_period_end: ends, current_period_end: until, trial_end: trial }) {
  if (ENDED.includes(status)) return "Your subscription has ended.";
  if (status === "past_due" || status === "unpaid") return "A payment has failed. Please see to it.";
  if (ends) return `It ends on ${date(until)}.`;
  return status === "trialing" ? `Your free trial lasts until ${date(trial ?? until)}.` : `It renews on ${date(until)}.`;
}

function used({ metrics, period_end: until }, endless) {
  const monthly = metrics.some(({ period }) => period === "month");
  return [
    h("div", { class: "usage" }, metrics.map((each) =>
      meter(words(each.name), each.used, endless ? null : each.limit))),
    monthly && h("p", { class: "faint" }, `What counts by the month begins anew on ${date(until)}.`),
  ];
}

function words(name) {
  const spaced = name.replaceAll("_", " ").replace(/^(api|llm)\b/, (short) => short.toUpperCase());
  return spaced[0].toUpperCase() + spaced.slice(1);
}
