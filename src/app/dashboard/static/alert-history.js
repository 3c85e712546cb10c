// What has set an alert off, read when somebody wants to see it.

import { KINDS } from "./alert-kinds.js";
import { get } from "./api.js";
import { h, line, name, show } from "./dom.js";
import { money, moment, percent } from "./format.js";
import { fault, loading } from "./notices.js";
import { pager } from "./paging.js";

export function alertHistory(alert, signal) {
  const box = h("div", {});

  async function turn(page) {
    show(box, loading());
    try {
      const list = await get(`/alerts/${alert.id}/history`, { page, per_page: 10 }, signal);
      show(box,
        list.items.length
          ? h("ul", { class: "rows" }, list.items.map(row))
          : h("p", { class: "faint" }, "Nothing has set it off yet."),
        pager(list, turn));
    } catch (error) {
      if (!signal.aborted) show(box, fault(error, () => turn(page)));
    }
  }

  const details = h("details", { ontoggle: () => details.open && turn(1) },
    h("summary", {}, "History"), box);
  return details;
}

function row(event) {
  return h("li", {},
    h("div", {},
      h("a", { class: "strong", href: `#/products/${event.product_id}` }, name(event.product_title)),
      line(KINDS[event.alert_type], name(event.competitor_name), moment(event.created_at))),
    h("div", { class: "price" }, ...prices(event)));
}

function prices({ old_price: before, new_price: now, currency, change_percent: change }) {
  if (now === null) return [];
  const moved = before !== null && before !== now;
  return [
    moved && h("s", { class: "faint" }, money(before, currency)),
    h("strong", {}, money(now, currency)),
    moved && change !== null && h("span", { class: change < 0 ? "fell" : "rose" }, percent(change)),
  ];
}
