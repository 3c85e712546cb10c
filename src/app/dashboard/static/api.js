// Speaks to the platform API, and turns its problems into sentences.

import { mayResume, renew, token } from "./session.js";

const BASE = "/api/v1";
const RENEWALS = 100; // a tab that slept catches up with its duplicate, token by token

export class Problem extends Error {
  constructor(status, body) {
    super(sentence(status, body));
    this.status = status;
    this.code = body?.error;
    this.details = body?.details;
    this.retryAfter = body?.retry_after;
  }
}

export const get = (path, query, signal) => ask("GET", withQuery(path, query), undefined, signal);
export const post = (path, body) => ask("POST", path, body);
export const patch = (path, body) => ask("PATCH", path, body);
export const remove = (path) => ask("DELETE", path);
export const urlOf = (path, query) => BASE + withQuery(path, query);

/** Read a list to its end, or to a thousand things. */
export async function all(path, query = {}, signal = undefined) {
  const items = [];
  for (let page = 1; page <= 10; page += 1) {
    const part = await get(path, { ...query, page, per_page: 100 }, signal);
    items.push(...part.items);
    if (items.length >= part.total || part.items.length === 0) break;
  }
  return items;
}

async function ask(method, path, body, signal) {
  let answer;
  for (let tries = 0; tries <= RENEWALS; tries += 1) {
    const used = token();
    answer = await send(method, path, body, signal);
    if (answer.status !== 401 || !used) break;
    if (used === token() && !await renewed()) break;
  }
  const content = await read(answer);
  if (!answer.ok) throw new Problem(answer.status, content);
  return content;
}

async function renewed() {
  if (await renew().catch(unreachable)) return true;
  if (mayResume()) throw new Problem(0, { detail: "You could not be logged in again just now." });
  dispatchEvent(new Event("session-ended"));
  return false;
}

async function send(method, path, body, signal) {
  const headers = {};
  if (token()) headers.Authorization = `Bearer ${token()}`;
  if (body !== undefined) headers["Content-Type"] = "application/json";
  try {
    return await fetch(BASE + path, { method, headers, body: JSON.stringify(body), signal });
  } catch (error) {
    return unreachable(error);
  }
}

export function unreachable(error) {
  if (error?.name === "AbortError") throw error;
  throw new Problem(0, { detail: "The server cannot be reached. Are you online?" });
}

async function read(answer) {
  const type = answer.headers.get("Content-Type") ?? "";
  if (!type.includes("json") || answer.status === 204) return null;
  try {
    return await answer.json();
  } catch (error) {
    return unreachable(error); // it broke off
  }
}

function withQuery(path, query = {}) {
  const given = Object.entries(query).filter(([, value]) => value !== "" && value != null);
  return given.length ? `${path}?${new URLSearchParams(given)}` : path;
}

function sentence(status, body) {
  const said = body?.detail ?? `Something went wrong (${status}).`;
  if (body?.error !== "validation_error") return said;
  const faults = Object.entries(body.details).map(([field, fault]) => `${field}: ${fault}`);
  return faults.length ? `${said} ${faults.join(". ")}.` : said;
}
