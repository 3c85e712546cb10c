// Logging in, and opening an account.

import { post } from "./api.js";
import { h, show } from "./dom.js";
import { forgotten } from "./forgotten.js";
import { faultBox } from "./notices.js";
import { begin } from "./session.js";

const WAYS = {
  login: {
    title: "Log in", path: "/auth/login", password: "current-password",
    other: "Open an account", otherWay: "register", hint: null,
  },
  register: {
    title: "Open an account", path: "/auth/register", password: "new-password",
    other: "I have an account", otherWay: "login", hint: "8 characters or more.",
  },
};

/** said: why one has to log in again. */
export function logIn(main, done, said = null, way = "login") {
  const { title, path, password, other, otherWay, hint } = WAYS[way];
  const fault = faultBox();
  const button = h("button", {}, title);
  const email = h("input", {
    id: "email", name: "email", type: "email", autocomplete: "username", required: true,
    maxlength: 254,
  });
  const secret = h("input", {
    id: "password", name: "password", type: "password", autocomplete: password, required: true,
    minlength: hint && 8, maxlength: 256, "aria-describedby": hint && "hint",
  });

  async function submit(event) {
    event.preventDefault();
    button.disabled = true;
    fault.clear();
    try {
      begin(await post(path, { email: email.value, password: secret.value }));
      done();
    } catch (error) {
      fault.tell(error);
      button.disabled = false;
      secret.focus();
    }
  }

  const back = (words) => logIn(main, done, words);
  document.title = `${title} – Peregrine`;
  show(main, h("section", { class: "card narrow" },
    h("p", { class: "brand" }, "Peregrine"),
    h("h1", {}, title),
    said && h("p", { class: "note", role: "status" }, said),
    fault.element,
    h("form", { onsubmit: submit },
      h("label", { for: "email" }, "E-mail"), email,
      h("label", { for: "password" }, "Password"), secret,
      hint && h("p", { class: "faint", id: "hint" }, hint),
      button),
    h("div", { class: "ways" },
      h("button", { type: "button", class: "link", onclick: () => logIn(main, done, null, otherWay) }, other),
      h("button", { type: "button", class: "link", onclick: () => forgotten(main, back, email.value) },
        "I forgot my password"))));
  email.focus();
}
