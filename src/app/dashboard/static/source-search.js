// Looks for sources of all that competitors sell, and tells how far that has come.

import { get, post } from "./api.js";
import { h, pause, refocus, show } from "./dom.js";
import { count } from "./format.js";
import { announce, attempt, faultBox } from "./notices.js";
import { isUnderWay } from "./scan.js";

const EVERY = 1000;
let last = null; // what was looked for last, kept while one looks elsewhere

export function sourceSearch(signal) {
  const fault = faultBox();
  const told = h("div", {});
  const button = h("button", { type: "button", "data-focus": "search", onclick: start }, "Find sources of all products");

  async function start() {
    await attempt(button, fault, async () => follow((await begun()).id));
    refocus("search");
  }

  /** Begin one, or find the one that is under way. */
  async function begun() {
    try {
      return await post("/sources/bulk");
    } catch (error) {
      if (error.code !== "source_search_running") throw error;
      return { id: error.details.search_id };
    }
  }

  async function follow(id) {
    last = id;
    button.disabled = true;
    let search = await get(`/sources/bulk/${id}`, {}, signal);
    while (isUnderWay(search)) {
      show(told, progress(search));
      await pause(EVERY, signal);
      search = await get(`/sources/bulk/${id}`, {}, signal);
    }
    show(told, h("p", { class: search.error ? "note bad" : "note good" }, outcome(search)));
    announce(outcome(search));
    button.disabled = false;
  }

  if (last) {
    follow(last).catch(() => { last = null; button.disabled = false; show(told); });
  }
  return h("section", { class: "card" },
    h("h2", {}, "Sources"),
    h("p", { class: "faint" }, "What a competitor sells is looked for in your feeds on the product’s own page, ",
      "or here for all of them."),
    fault.element, told, h("div", { class: "actions" }, button));
}

function progress(search) {
  return h("div", { class: "progress" },
    h("progress", { "aria-label": "Searching" }), h("p", {}, `${counts(search)} so far…`));
}

function outcome(search) {
  return search.error ? `The search failed: ${search.error}.` : `${counts(search)}.`;
}

function counts({ products_count: products, sources_count: found }) {
  return `${count(found, "source")} of ${count(products, "product")} found`;
}
