// One competitor in the list: how it stands, and what can be done.

import { patch, remove } from "./api.js";
import { PLATFORMS } from "./competitor-form.js";
import { confirmed } from "./confirm.js";
import { h, name, outward, refocus } from "./dom.js";
import { host, number, relative } from "./format.js";
import { announce, attempt, faultBox } from "./notices.js";
import { scanPanel } from "./scan.js";

const STANDINGS = { active: "Active", paused: "Paused", error: "Last scan failed" };

export function competitorCard(competitor, visit) {
  return h("li", { class: "card", "data-id": competitor.id },
    h("div", { class: "title" },
      h("h2", {}, h("a", { href: `#/competitors/${competitor.id}` }, name(competitor.name))),
      badge(competitor)),
    ...about(competitor),
    ...actions(competitor, visit, { deleted: visit.again }));
}

/** What is known of it. */
export function about(competitor) {
  return [
    h("p", { class: "faint" }, outward(competitor.url, host(competitor.url))),
    h("dl", { class: "facts" },
      fact("Products", number(competitor.product_count)),
      fact("Last scan", competitor.last_scanned ? relative(competitor.last_scanned) : "never"),
      fact("Platform", platform(competitor))),
  ];
}

/** What can be done with it. */
export function actions(competitor, visit, { deleted, running }) {
  const fault = faultBox();
  const scan = scanPanel(competitor.id, visit, { fault, running });
  const key = `pause ${competitor.id}`;
  const paused = competitor.status === "paused";

  const toggle = ({ currentTarget: button }) => attempt(button, fault, async () => {
    await patch(`/competitors/${competitor.id}`, { status: paused ? "active" : "paused" });
    announce(`${competitor.name} is ${paused ? "active" : "paused"}.`);
    await visit.again();
    refocus(key);
  });

  const drop = async ({ currentTarget: button }) => {
    const sure = await confirmed(["Delete ", name(competitor.name), "?"],
      "Its products, their price history, scans, alerts and sources go with it.", "Delete");
    if (sure) await attempt(button, fault, async () => {
      await remove(`/competitors/${competitor.id}`);
      announce(`${competitor.name} was deleted.`);
      await deleted();
      refocus(key);
    });
  };

  return [
    fault.element,
    scan.element,
    h("div", { class: "actions even" },
      scan.button,
      h("a", { class: "button quiet", href: `#/products?competitor_id=${competitor.id}` }, "Products"),
      h("button", { type: "button", class: "quiet", "data-focus": key, onclick: toggle },
        paused ? "Resume" : "Pause"),
      h("button", { type: "button", class: "quiet danger", onclick: drop }, "Delete")),
  ];
}

/** How it stands; what failed is told on its page. */
export function badge({ id, status }) {
  const properties = { class: `badge ${status}` };
  return status === "error"
    ? h("a", { ...properties, href: `#/competitors/${id}` }, STANDINGS.error)
    : h("span", properties, STANDINGS[status] ?? status);
}

function fact(what, value) {
  return h("div", {}, h("dt", {}, what), h("dd", {}, value));
}

function platform({ platform: said, detected_platform: found }) {
  if (said !== "custom") return PLATFORMS[said] ?? said;
  if (!found) return "not known yet";
  return found === "custom" ? "its own" : PLATFORMS[found] ?? found;
}
