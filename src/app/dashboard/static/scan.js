// Scans a store now, and tells how far that has come.

import { get, post } from "./api.js";
import { h, pause, refocus, show } from "./dom.js";
import { count } from "./format.js";
import { announce } from "./notices.js";

const EVERY = 1000;
const SAID_EVERY = 5;
const underWay = new Map(); // competitor id -> scan id, kept while one looks elsewhere
const ended = new Map(); // competitor id -> the scan that was watched to its end, and in which visit

export const isUnderWay = (scan) => ["queued", "running"].includes(scan?.status);

export function scanPanel(competitorId, { signal, visit, again }, { fault, running = null }) {
  const key = `scan ${competitorId}`;
  const element = h("div", { class: "scan" });
  const button = h("button", { type: "button", "data-focus": key, onclick: start }, "Scan now");
  const path = `/competitors/${competitorId}/scans`;

  async function start() {
    button.disabled = true;
    fault.clear();
    try {
      const scan = await post(path);
      announce("The scan has begun.");
      await follow(scan);
    } catch (error) {
      await recover(error).catch((other) => signal.aborted || fault.tell(other));
    } finally {
      button.disabled = false;
    }
  }

  /** One runs already? Then show that one. */
  async function recover(error) {
    const latest = error.status === 409 ? (await get(path, { per_page: 1 }, signal)).items[0] : null;
    if (isUnderWay(latest)) await follow(latest);
    else if (!signal.aborted) fault.tell(error);
  }

  async function follow(scan) {
    underWay.set(competitorId, scan.id);
    button.disabled = true;
    for (let tick = 0; isUnderWay(scan) && !signal.aborted; tick += 1) {
      show(element, progress(scan));
      if (tick && tick % SAID_EVERY === 0) announce(soFar(scan));
      await pause(EVERY, signal);
      if (!signal.aborted) scan = await look(scan);
    }
    if (signal.aborted) return;
    underWay.delete(competitorId);
    button.disabled = false;
    ended.set(competitorId, { scan, visit });
    announce(outcome(scan));
    await again();
    refocus(key);
  }

  /** What cannot be looked at for a moment can be the next time. */
  async function look(scan) {
    try {
      return await get(`${path}/${scan.id}`, {}, signal);
    } catch (error) {
      if (error.status && error.status !== 429 && error.status < 500) throw error;
      await pause(1000 * (error.retryAfter ?? 2), signal);
      return scan;
    }
  }

  async function resume() {
    const id = underWay.get(competitorId);
    try {
      if (running ?? id) await follow(running ?? await get(`${path}/${id}`, {}, signal));
    } catch (error) {
      underWay.delete(competitorId);
      if (!signal.aborted) fault.tell(error);
    }
  }

  const last = ended.get(competitorId);
  if (last?.visit === visit) show(element, result(last.scan));
  resume();
  return { element, button };
}

function progress(scan) {
  return h("div", { class: "progress" },
    h("progress", { "aria-label": "Scanning" }),
    h("p", {}, soFar(scan)));
}

function soFar(scan) {
  if (scan.status === "queued") return "Waiting for its turn…";
  const pages = scan.pages_read === undefined ? "" : `${count(scan.pages_read, "page")} read, `;
  return `Scanning: ${pages}${count(scan.products_seen, "product")} seen…`;
}

function result(scan) {
  return h("p", { class: scan.status === "failed" ? "note bad" : "note good" }, outcome(scan));
}

function outcome(scan) {
  if (scan.status === "failed") return `The scan failed. ${scan.error ?? ""}`;
  const skipped = scan.products_skipped
    ? ` Your plan has no room for ${count(scan.products_skipped, "more product")}.` : "";
  return `Scanned ${count(scan.products_seen, "product")}: ${counts(scan)}.${skipped}`;
}

export function counts(scan) {
  const told = [
    [scan.new_products_count, "new"],
    [scan.price_changes_count, scan.price_changes_count === 1 ? "price change" : "price changes"],
    [scan.removed_products_count, "removed"],
    [scan.reappeared_products_count, "back again"],
  ];
  const some = told.filter(([amount]) => amount > 0).map(([amount, words]) => `${amount} ${words}`);
  return some.length ? some.join(", ") : "nothing has changed";
}
