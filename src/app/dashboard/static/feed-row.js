// One supplier's feed, and the way to be rid of it.

import { remove } from "./api.js";
import { confirmed } from "./confirm.js";
import { h, line, name, refocus } from "./dom.js";
import { count, moment } from "./format.js";
import { announce, attempt } from "./notices.js";

export function feedRow(feed, { fault, again }) {
  const drop = async ({ currentTarget: button }) => {
    const sure = await confirmed(["Delete the feed of ", name(feed.supplier), "?"],
      "The sources that were found in it go with it.", "Delete");
    if (sure) await attempt(button, fault, async () => {
      await remove(`/supplier-feeds/${feed.id}`);
      announce("The feed was deleted.");
      await again();
      refocus(feed.id);
    });
  };

  return h("li", {},
    h("div", {},
      h("strong", {}, name(feed.supplier)),
      line(count(feed.offers_count, "offer"), `sent ${moment(feed.created_at)}`)),
    h("button", { type: "button", class: "quiet danger", onclick: drop }, "Delete"));
}
