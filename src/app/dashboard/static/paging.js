// Which part of a list one sees, and the way to the others.

import { h } from "./dom.js";
import { number } from "./format.js";

export function pager({ items, total, page, per_page: size }, turn) {
  if (total <= size && page === 1) return null;
  const first = (page - 1) * size + 1;
  const last = first + items.length - 1;
  const end = Math.max(1, Math.ceil(total / size)); // one may be beyond it: things get deleted
  const words = items.length ? `${number(first)}–${number(last)} of ${number(total)}` : "Nothing here";
  return h("nav", { class: "pager", "aria-label": "Pages" },
    step("Previous", page > 1, () => turn(Math.min(page - 1, end))),
    h("span", {}, words),
    step("Next", last < total && items.length > 0, () => turn(page + 1)));
}

function step(words, possible, onclick) {
  return h("button", { type: "button", class: "quiet", disabled: !possible, onclick }, words);
}
