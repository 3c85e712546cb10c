// What is said to people: a note on the page, or a word for screen readers.

import { h, show } from "./dom.js";

export function announce(text) {
  document.getElementById("announcer").textContent = text;
}

/** A place for faults, empty at first. */
export function faultBox() {
  const box = h("div", { role: "alert" });
  return {
    element: box,
    clear: () => show(box),
    tell: (error) => show(box, fault(error)),
  };
}

/** Do what a button is for: once at a time, and what goes wrong is told in its place. */
export async function attempt(button, faults, work) {
  button.disabled = true;
  faults.clear();
  try {
    await work();
  } catch (error) {
    if (error.name !== "AbortError") faults.tell(error);
  } finally {
    button.disabled = false;
  }
}

export function fault(error, retry = null) {
  if (!error.status && error.status !== 0) console.error(error);
  return h("div", { class: "note bad" },
    h("span", {}, error.message),
    error.code === "plan_limit_exceeded" && h("a", { href: "#/plan" }, "See the plans"),
    retry && h("button", { type: "button", class: "quiet", onclick: retry }, "Try again"));
}

export function empty(title, ...words) {
  return h("div", { class: "empty" }, h("h2", {}, title), h("p", {}, ...words));
}

export const loading = () => h("p", { class: "loading", "aria-busy": "true" }, "Loading…");
