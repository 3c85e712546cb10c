// One product: its price over time, and who supplies it.

import { get } from "./api.js";
import { priceChart } from "./chart.js";
import { h, line, name, outward, show } from "./dom.js";
import { change, date, money, moment } from "./format.js";
import { state } from "./products.js";
import { address } from "./router.js";
import { sources } from "./sources.js";

const SHOWN = 20;

export async function product(main, { id, signal }) {
  const [one, supplied] = await Promise.all([
    get(`/products/${id}`, {}, signal),
    get(`/products/${id}/sources`, { per_page: 20 }, signal),
  ]);
  const known = one.currency ?? one.price_history.at(-1)?.currency;
  const points = one.price_history.filter(({ currency }) => currency === known);
  document.title = `${one.title} – Peregrine`;
  show(main,
    h("p", { class: "back" }, h("a", { href: "#/products" }, "Products")),
    h("section", { class: "card" },
      h("div", { class: "title" }, h("h1", { tabindex: -1 }, name(one.title)), state(one)),
      line(
        h("a", { href: `#/competitors/${one.competitor_id}` }, name(one.competitor_name)),
        outward(one.url, "Open in the store")),
      price(one, points),
      points.length ? priceChart(points, one) : h("p", { class: "faint" }, "No price was seen yet."),
      points.length < one.price_history.length
        && h("p", { class: "faint" }, `Shown are prices in ${known}; those in other currencies are in the list.`),
      facts(one),
      h("div", { class: "actions" },
        h("a", { class: "button quiet", href: address("/alerts", { product_id: id }) }, "Set an alert"))),
    one.price_history.length > 0 && history(one.price_history),
    sources(one, supplied));
}

function price(one, points) {
  const moved = points.length > 1 && one.price !== null ? change(points[0].price, one.price) : null;
  return h("p", { class: "now" },
    h("strong", {}, money(one.price, one.currency)),
    moved && h("span", { class: one.price < points[0].price ? "fell" : "rose" },
      ` ${moved} since ${date(points[0].date)}`));
}

function facts(one) {
  const known = [
    ["First seen", moment(one.first_seen)], ["Last seen", moment(one.last_seen)],
    ["Brand", one.brand], ["SKU", one.sku], ["GTIN", one.gtin],
  ].filter(([, value]) => value);
  return h("dl", { class: "facts" },
    known.map(([what, value]) => h("div", {}, h("dt", {}, what), h("dd", {}, name(value)))));
}

function history(points) {
  const rows = points.map((point, index) => row(point, points[index - 1])).reverse();
  const body = h("tbody", {}, rows.slice(0, SHOWN));
  const more = rows.length > SHOWN && h("button", {
    type: "button", class: "link", onclick: () => { show(body, rows); more.remove(); },
  }, `Show all ${rows.length}`);
  return h("section", { class: "card" },
    h("h2", {}, "Price history"),
    h("table", {},
      h("thead", {}, h("tr", {},
        h("th", { scope: "col" }, "Since"), h("th", { scope: "col" }, "Price"),
        h("th", { scope: "col" }, "Change"))),
      body),
    more);
}

function row(point, before) {
  const moved = before?.currency === point.currency ? change(before.price, point.price) : null;
  return h("tr", {},
    h("td", {}, h("time", { datetime: point.date }, moment(point.date))),
    h("td", {}, money(point.price, point.currency)),
    h("td", { class: !moved ? "" : point.price < before.price ? "fell" : "rose" },
      moved ?? (before ? "" : "first sight")));
}
