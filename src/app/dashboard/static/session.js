// Who is logged in. The access token is in memory only; the refresh token stays in this tab.

import { pause } from "./dom.js";

const KEPT = "peregrine.refresh";
const TRIES = 5;

let access = null;
let account = null;
let renewing = null;

export const token = () => access;
export const user = () => account;
export const mayResume = () => sessionStorage.getItem(KEPT) !== null;

export function begin(tokens) {
  access = tokens.access_token;
  account = tokens.user;
  sessionStorage.setItem(KEPT, tokens.refresh_token);
}

/** Trade the refresh token for the next pair, once for all who ask meanwhile. */
export function renew() {
  renewing ??= trade().finally(() => { renewing = null; });
  return renewing;
}

/** Log out, and whoever it is in other tabs of this browser, too. */
export function end() {
  tabs.postMessage(account?.id);
  leave();
}

// What was said in another tab.
const tabs = new BroadcastChannel("peregrine");
tabs.addEventListener("message", ({ data: left }) => {
  if (!account || account.id !== left) return;
  leave();
  dispatchEvent(new Event("session-ended"));
});

function leave() {
  const kept = sessionStorage.getItem(KEPT);
  forget();
  if (kept) send("logout", kept).catch(() => null); // it ends by itself in a week
}

function forget() {
  access = account = null;
  sessionStorage.removeItem(KEPT);
}

async function trade() {
  const kept = sessionStorage.getItem(KEPT);
  if (!kept) return false;
  let answer = await send("refresh", kept);
  for (let tries = 1; answer.status === 409 && tries < TRIES; tries += 1) {
    await pause(300); // the same page in another tab is asking
    answer = await send("refresh", kept);
  }
  const tokens = answer.ok ? await answer.json() : null;
  if (sessionStorage.getItem(KEPT) !== kept) return false; // logged out meanwhile: so it stays
  if (tokens) begin(tokens);
  else if (isRefusal(answer.status)) forget();
  return answer.ok;
}

const isRefusal = (status) => status >= 400 && status < 500 && status !== 409 && status !== 429;

// A refresh token is good for one use, and a second one ends the session. Yet a page may be
// reloaded before it has the answer, and a duplicated tab has a copy: under a key that follows
// from the token, whoever asks again is given the same answer.
function send(what, kept) {
  return fetch(`/api/v1/auth/${what}`, {
    method: "POST",
    headers: { "Content-Type": "application/json", "Idempotency-Key": `${what}-${kept.slice(-12)}` },
    body: JSON.stringify({ refresh_token: kept }),
    keepalive: true, // logging out goes on when the tab is closed
  });
}
