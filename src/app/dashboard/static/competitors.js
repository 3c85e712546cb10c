// The stores one keeps an eye on.

import { get } from "./api.js";
import { competitorCard } from "./competitor-card.js";
import { addCompetitor } from "./competitor-form.js";
import { h, show } from "./dom.js";
import { empty } from "./notices.js";
import { pager } from "./paging.js";
import { address } from "./router.js";
import { usage } from "./usage.js";

export async function competitors(main, { query, ...visit }) {
  const page = Number(query.page) || 1;
  const [list, used] = await Promise.all([
    get("/competitors", { page, per_page: 20 }, visit.signal),
    usage(visit.signal),
  ]);
  show(main,
    h("div", { class: "heading" }, h("h1", { tabindex: -1 }, "Competitors"), used),
    addCompetitor(list.total === 0, visit.again),
    list.total
      ? h("ul", { class: "cards" }, list.items.map((each) => competitorCard(each, visit)))
      : empty("No competitors yet", "Add the first one: its products and prices come with the first scan."),
    pager(list, (to) => { location.hash = address("/competitors", { page: to }); }));
}
