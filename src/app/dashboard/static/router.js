// What each address shows. Addresses live behind the #, so that the server serves one page.

import { alerts } from "./alerts.js";
import { competitor } from "./competitor.js";
import { competitors } from "./competitors.js";
import { plan } from "./plan.js";
import { product } from "./product.js";
import { products } from "./products.js";
import { suppliers } from "./suppliers.js";

const PLACES = [
  { path: /^\/competitors$/, section: "competitors", title: "Competitors", view: competitors },
  { path: /^\/competitors\/([\w-]+)$/, section: "competitors", title: "Competitor", view: competitor },
  { path: /^\/products$/, section: "products", title: "Products", view: products },
  { path: /^\/products\/([\w-]+)$/, section: "products", title: "Product", view: product },
  { path: /^\/alerts$/, section: "alerts", title: "Alerts", view: alerts },
  { path: /^\/suppliers$/, section: "suppliers", title: "Suppliers", view: suppliers },
  { path: /^\/plan$/, section: "plan", title: "Plan and usage", view: plan },
];

export function placeOf(hash) {
  const [path, search = ""] = hash.slice(1).split("?");
  const place = PLACES.find((each) => each.path.test(path)) ?? PLACES[0];
  const [, id = null] = place.path.exec(path) ?? [];
  return { ...place, id, query: Object.fromEntries(new URLSearchParams(search)) };
}

/** An address of ours, without what is empty. */
export function address(path, query = {}) {
  const given = Object.entries(query).filter(([, value]) => value !== "" && value != null);
  return `#${path}${given.length ? `?${new URLSearchParams(given)}` : ""}`;
}
