// What suppliers offer, as feeds that were sent.

import { get } from "./api.js";
import { h, show } from "./dom.js";
import { feedForm } from "./feed-form.js";
import { feedRow } from "./feed-row.js";
import { empty, faultBox } from "./notices.js";
import { pager } from "./paging.js";
import { address } from "./router.js";
import { sourceSearch } from "./source-search.js";

export async function suppliers(main, { query, signal, again }) {
  const page = Number(query.page) || 1;
  const list = await get("/supplier-feeds", { page, per_page: 20 }, signal);
  const fault = faultBox();
  show(main,
    h("div", { class: "heading" }, h("h1", { tabindex: -1 }, "Suppliers")),
    feedForm(!list.total, { signal, again }),
    list.total
      ? h("section", { class: "card" }, h("h2", {}, "Feeds"), fault.element,
        h("ul", { class: "rows" }, list.items.map((each) => feedRow(each, { fault, again }))))
      : empty("No feeds yet", "Send what your suppliers offer: you see what competitors’ products would cost you."),
    pager(list, (to) => { location.hash = address("/suppliers", { page: to }); }),
    list.total > 0 && sourceSearch(signal));
}
