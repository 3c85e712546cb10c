// Asks once more before something is gone.

import { h } from "./dom.js";

/** Resolves to whether it shall be done. */
export function confirmed(title, words, act) {
  return new Promise((resolve) => {
    const close = (answer) => () => { dialog.close(); resolve(answer); };
    const dialog = h("dialog", {
      "aria-labelledby": "confirm-title",
      oncancel: () => resolve(false),
      onclose: () => dialog.remove(),
    },
    h("h2", { id: "confirm-title" }, title),
    h("p", {}, words),
    h("div", { class: "actions" },
      h("button", { type: "button", class: "quiet", autofocus: true, onclick: close(false) }, "Keep it"),
      h("button", { type: "button", class: "danger", onclick: close(true) }, act)));
    document.body.append(dialog);
    dialog.showModal();
  });
}
