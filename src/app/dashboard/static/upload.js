// Sends a file as it lies on the disk, and tells how much of it has gone.

import { Problem, get, unreachable, urlOf } from "./api.js";
import { token } from "./session.js";

/** gone: is told the part of the file that has been sent, from 0 to 1. */
export async function upload(path, query, file, headers, { gone, signal }) {
  await get("/usage", {}, signal); // renews a token that has expired: the file is sent only once
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const failed = (error) => {
      try { unreachable(error); } catch (problem) { reject(problem); }
    };
    request.upload.addEventListener("progress", ({ loaded, total }) => gone(loaded / total));
    request.addEventListener("load", () => {
      if (request.status < 300 && request.response) resolve(request.response);
      else reject(new Problem(request.status, request.response));
    });
    request.addEventListener("error", () => failed());
    request.addEventListener("abort", () => failed(signal.reason));
    signal.addEventListener("abort", () => request.abort(), { once: true });
    request.open("POST", urlOf(path, query));
    request.responseType = "json";
    request.setRequestHeader("Authorization", `Bearer ${token()}`);
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
    request.send(file);
  });
}
