// One competitor, with its scans.

import { get } from "./api.js";
import { about, actions, badge } from "./competitor-card.js";
import { changeCompetitor } from "./competitor-form.js";
import { h, name, show } from "./dom.js";
import { moment, number, relative } from "./format.js";
import { fault } from "./notices.js";
import { pager } from "./paging.js";
import { counts, isUnderWay } from "./scan.js";

export async function competitor(main, { id, ...visit }) {
  const { signal } = visit;
  const one = await get(`/competitors/${id}`, {}, signal);
  const scans = await get(`/competitors/${id}/scans`, { per_page: 10 }, signal);
  const history = h("section", { class: "card" });
  const turn = async (page) => {
    try {
      list(history, await get(`/competitors/${id}/scans`, { page, per_page: 10 }, signal), turn);
    } catch (error) {
      if (!signal.aborted) show(history, fault(error, () => turn(page)));
    }
  };
  const deleted = () => { location.hash = "#/competitors"; };
  const running = scans.items.find(isUnderWay);
  document.title = `${one.name} – Peregrine`;
  list(history, scans, turn);
  show(main,
    h("p", { class: "back" }, h("a", { href: "#/competitors" }, "Competitors")),
    h("section", { class: "card" },
      h("div", { class: "title" }, h("h1", { tabindex: -1 }, name(one.name)), badge(one)),
      ...about(one),
      one.next_scan_at && one.status !== "paused" && h("p", { class: "faint" }, next(one.next_scan_at)),
      ...actions(one, visit, { deleted, running })),
    changeCompetitor(one, visit.again),
    history);
}

function next(at) {
  return Date.parse(at) > Date.now() ? `Scanned by itself ${relative(at)}.` : "It is about to be scanned by itself.";
}

function list(box, scans, turn) {
  show(box,
    h("h2", {}, "Scans"),
    scans.items.length === 0 && h("p", { class: "faint" }, "None yet."),
    h("ul", { class: "rows" }, scans.items.map(row)),
    pager(scans, turn));
}

function row(scan) {
  return h("li", {},
    h("div", {},
      h("strong", {}, moment(scan.scanned_at ?? scan.started_at ?? scan.created_at)),
      h("p", { class: scan.status === "failed" ? "bad-ink" : "faint" }, story(scan))),
    h("span", { class: `badge ${scan.status}` }, scan.status));
}

function story(scan) {
  if (scan.status === "failed") return scan.error;
  if (scan.status !== "completed") return "Under way.";
  return `${number(scan.products_seen)} seen: ${counts(scan)}.`;
}
