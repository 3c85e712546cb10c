// Speaks to the platform API, and turns its problems into sentences.

import { mayResume, renew, token } from "./session.js";

const BASE = "/api/v1";

export class Problem extends Error {
  constructor(status, body) {
    super(sentence(status, body));
    this.status = status;
    this.code = body?.error;
    this.retryAfter = body?.retry_after;
  }
}

export const get = (path, query, signal) => ask("GET", withQuery(path, query), undefined, signal);
export const post = (path, body) => ask("POST", path, body);
export const patch = (path, body) => ask("PATCH", path, body);
export const remove = (path) => ask("DELETE", path);

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
  let answer = await send(method, path, body, signal);
  if (answer.status === 401 && token()) {
    if (await renew().catch(unreachable)) answer = await send(method, path, body, signal);
    else if (!mayResume()) dispatchEvent(new Event("session-ended"));
  }
  const content = await read(answer);
  if (!answer.ok) throw new Problem(answer.status, content);
  return content;
}

async function send(method, path, body, signal) {
  const headers = {};
  if (token()) headers.Authorization = `Bearer ${token()}`;
  if (body !== undefined) headers["Content-Type"] = "application/json";
  try {
    return await fetch(BASE + path, { method, headers, body: JSON.stringify(body), signal });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    return unreachable();
  }
}

function unreachable() {
  throw new Problem(0, { detail: "The server cannot be reached. Are you online?" });
}

async function read(answer) {
  const type = answer.headers.get("Content-Type") ?? "";
  return type.includes("json") && answer.status !== 204 ? answer.json() : null;
}

function withQuery(path, query = {}) {
  const given = Object.entries(query).filter(([, value]) => value !== "" && value != null);
  return given.length ? `${path}?${new URLSearchParams(given)}` : path;
}

function sentence(status, body) {
  const said = body?.detail ?? `Something went wrong (${status}).`;
  if (status !== 422 || !body?.details) return said;
  const faults = Object.entries(body.details).map(([field, fault]) => `${field}: ${fault}`);
  return faults.length ? `${said} ${faults.join(". ")}.` : said;
}
