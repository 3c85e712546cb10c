// Asks once more before something is gone.

import { h } from "./dom.js";

const GONE = ["hashchange", "session-ended"]; // what it was about is no more to be seen

/** Resolves to whether it shall be done. */
export function confirmed(title, words, act) {
  return new Promise((resolve) => {
    const keep = () => dialog.close();
    const dialog = h("dialog", {
      "aria-labelledby": "confirm-title",
      onclose: () => {
        GONE.forEach((event) => removeEventListener(event, keep));
        dialog.remove();
        resolve(dialog.returnValue === act);
      },
    },
    h("h2", { id: "confirm-title" }, title),
    h("p", {}, words),
    h("div", { class: "actions" },
      h("button", { type: "button", class: "quiet", autofocus: true, onclick: keep }, "Keep it"),
      h("button", { type: "button", class: "danger", onclick: () => dialog.close(act) }, act)));
    GONE.forEach((event) => addEventListener(event, keep));
    document.body.append(dialog);
    dialog.showModal();
  });
}
