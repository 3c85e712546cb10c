// Which products are wanted, and in which order.

import { field, h } from "./dom.js";

const STATUS = [["", "All"], ["active", "On sale"], ["removed", "Removed"]];
const ORDER = [
  ["title", "Title"], ["price", "Price"], ["first_seen", "Newest"], ["last_seen", "Seen last"],
];
const TYPING = 300;

export function productFilter(competitors, query, changed) {
  const q = h("input", {
    type: "search", name: "q", value: query.q ?? "", maxlength: 200, autocomplete: "off",
    oninput: soon,
  });
  const competitor = choice("competitor_id", query,
    [["", "All"], ...competitors.map(({ id, name }) => [id, name])]);
  const status = choice("status", query, STATUS);
  const order = choice("sort_by", query, ORDER);
  let timer = null;

  const value = () => ({
    q: q.value.trim(), competitor_id: competitor.value, status: status.value, sort_by: order.value,
  });

  let told = JSON.stringify(value());

  /** Leaving the field changes nothing: what one is about to press must stay where it is. */
  function tell() {
    clearTimeout(timer);
    if (told === (told = JSON.stringify(value()))) return;
    changed(value());
  }

  function now(event) {
    event.preventDefault();
    tell();
  }

  function soon() {
    clearTimeout(timer);
    timer = setTimeout(tell, TYPING);
  }

  const element = h("form", { class: "card filter", role: "search", onsubmit: now, onchange: now },
    field("Search", q), field("Competitor", competitor), field("Status", status),
    field("Sorted by", order));
  return { element, value };
}

function choice(name, query, options) {
  return h("select", { name }, options.map(([value, words]) =>
    h("option", { value, selected: value === (query[name] ?? "") }, words)));
}
