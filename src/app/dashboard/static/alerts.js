// What one wants to be told of.

import { all, get } from "./api.js";
import { alertCard } from "./alert-card.js";
import { alertForm } from "./alert-form.js";
import { h, name, show } from "./dom.js";
import { empty } from "./notices.js";
import { pager } from "./paging.js";
import { address } from "./router.js";

export async function alerts(main, { query, signal, again }) {
  const page = Number(query.page) || 1;
  const [list, competitors] = await Promise.all([
    get("/alerts", { page, per_page: 20 }, signal),
    all("/competitors", {}, signal),
  ]);
  const ids = [query.product_id, ...list.items.map((alert) => alert.product_id)];
  const titles = await titlesOf(ids.filter(Boolean), signal);
  const names = new Map(competitors.map(({ id, name }) => [id, name]));
  const about = (alert) => subject(alert, names, titles);
  show(main,
    h("div", { class: "heading" }, h("h1", { tabindex: -1 }, "Alerts")),
    alertForm({ competitors, product: chosen(query.product_id, titles), open: !list.total }, () => {
      history.replaceState(null, "", "#/alerts");
      return again();
    }),
    list.total
      ? h("ul", { class: "cards" }, list.items.map((each) => alertCard(each, { about, signal, again })))
      : empty("No alerts yet", "Add one, and you are told by mail after each scan that sets it off."),
    pager(list, (to) => { location.hash = address("/alerts", { page: to }); }));
}

async function titlesOf(ids, signal) {
  const titles = await Promise.all([...new Set(ids)].map(async (id) => {
    try {
      return [id, (await get(`/products/${id}`, {}, signal)).title];
    } catch (error) {
      if (error.status !== 404) throw error;
      return [id, "a product that is gone"];
    }
  }));
  return new Map(titles);
}

function chosen(id, titles) {
  return id ? { id, title: titles.get(id) } : null;
}

function subject(alert, names, titles) {
  if (alert.product_id) {
    return h("a", { href: `#/products/${alert.product_id}` }, name(titles.get(alert.product_id)));
  }
  if (!alert.competitor_id) return "All competitors";
  const whose = names.get(alert.competitor_id) ?? "a competitor";
  return h("a", { href: `#/competitors/${alert.competitor_id}` }, name(whose));
}
