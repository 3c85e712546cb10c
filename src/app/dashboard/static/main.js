// Begins: resumes a session or asks to log in, and shows what the address is about.

import { Problem } from "./api.js";
import { show } from "./dom.js";
import { logIn } from "./login.js";
import { fault, loading } from "./notices.js";
import { placeOf } from "./router.js";
import { end, mayResume, renew, user } from "./session.js";

const main = document.getElementById("main");
const bar = document.getElementById("bar");
let leaving = new AbortController();
let current = null;

async function begin() {
  if (mayResume() && !user()) {
    show(main, loading());
    const renewed = await renew().catch(() => false);
    if (!renewed && mayResume()) {
      show(main, fault(new Problem(0, { detail: "The server cannot be reached." }), begin));
      return;
    }
  }
  open();
}

async function open(said = null) {
  leaving.abort();
  current = null;
  bar.hidden = !user();
  if (!user()) {
    logIn(main, () => open(), said);
    return;
  }
  document.getElementById("who").textContent = user().email;
  const place = placeOf(location.hash);
  const visit = {};
  mark(place.section);
  document.title = `${place.title} – Peregrine`;
  show(main, loading());
  try {
    await render(visit);
    if (visit === current) main.querySelector("h1")?.focus({ preventScroll: true });
  } catch (error) {
    if (visit === current) show(main, fault(error, () => open()));
  }
}

/** Show the place as it is now, in the same visit to it. What was under way there is called off. */
async function render(visit) {
  leaving.abort();
  leaving = new AbortController();
  current = visit;
  const { signal } = leaving;
  const place = placeOf(location.hash);
  try {
    await place.view(main, { ...place, visit, signal, again: () => render(visit) });
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

function mark(section) {
  for (const link of bar.querySelectorAll("nav a")) {
    if (link.hash === `#/${section}`) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
}

document.getElementById("log-out").addEventListener("click", () => {
  end();
  open();
});
document.querySelector(".skip").addEventListener("click", (event) => {
  event.preventDefault(); // the part behind the # is where we are
  main.focus();
});
addEventListener("hashchange", () => { scrollTo(0, 0); open(); });
addEventListener("session-ended", () => {
  if (!bar.hidden) open("Your session has ended. Please log in again.");
});
begin();
