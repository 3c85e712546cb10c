// Has a link mailed that sets another password.

import { post } from "./api.js";
import { h, show } from "./dom.js";
import { attempt, faultBox } from "./notices.js";

export function forgotten(main, back, known) {
  const fault = faultBox();
  const button = h("button", {}, "Mail me a link");
  const email = h("input", {
    id: "email", name: "email", type: "email", autocomplete: "username", required: true,
    maxlength: 254, value: known,
  });

  function submit(event) {
    event.preventDefault();
    attempt(button, fault, async () =>
      back((await post("/auth/forgot-password", { email: email.value })).message));
  }

  document.title = "Another password – Peregrine";
  show(main, h("section", { class: "card narrow" },
    h("p", { class: "brand" }, "Peregrine"),
    h("h1", {}, "Another password"),
    h("p", { class: "faint" }, "You are mailed a link, with which you choose another one."),
    fault.element,
    h("form", { onsubmit: submit }, h("label", { for: "email" }, "E-mail"), email, button),
    h("button", { type: "button", class: "link", onclick: () => back(null) }, "Log in")));
  email.focus();
}
