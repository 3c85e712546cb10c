// One alert: switched on or off, changed, deleted, and what has set it off.

import { alertChange } from "./alert-change.js";
import { KINDS, hasThreshold } from "./alert-kinds.js";
import { patch, remove } from "./api.js";
import { alertHistory } from "./alert-history.js";
import { confirmed } from "./confirm.js";
import { h, line, refocus } from "./dom.js";
import { relative } from "./format.js";
import { announce, attempt, faultBox } from "./notices.js";

export function alertCard(alert, { about, signal, again }) {
  const fault = faultBox();
  const key = `switch ${alert.id}`;
  const title = kind(alert);

  const toggle = ({ currentTarget }) => attempt(currentTarget, fault, async () => {
    await patch(`/alerts/${alert.id}`, { is_active: !alert.is_active });
    announce(`The alert is ${alert.is_active ? "off" : "on"}.`);
    await again();
    refocus(key);
  });

  const drop = async ({ currentTarget }) => {
    const sure = await confirmed("Delete this alert?", "Its history goes with it.", "Delete");
    if (sure) await attempt(currentTarget, fault, async () => {
      await remove(`/alerts/${alert.id}`);
      announce("The alert was deleted.");
      await again();
      refocus(key);
    });
  };

  return h("li", { class: "card", "data-id": alert.id },
    h("div", { class: "title" },
      h("h2", {}, title),
      h("button", {
        type: "button", class: "switch", role: "switch", "aria-checked": alert.is_active,
        "aria-label": title, "data-focus": key, onclick: toggle,
      }, alert.is_active ? "On" : "Off")),
    line(about(alert),
      alert.last_triggered_at ? `set off ${relative(alert.last_triggered_at)}` : "not set off yet"),
    fault.element,
    alertHistory(alert, signal),
    alertChange(alert, again),
    h("div", { class: "actions" },
      h("button", { type: "button", class: "quiet danger", onclick: drop }, "Delete")));
}

function kind({ alert_type: type, threshold }) {
  const words = KINDS[type] ?? type;
  return hasThreshold(type) && threshold > 0 ? `${words} by ${threshold} % or more` : words;
}
