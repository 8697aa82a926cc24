/** A question before something that cannot be taken back. */

import { el } from "./dom.js";

/**
 * Ask; answers whether it is to be done.
 *
 * @param {string} question
 * @param {string} text
 * @param {string} yes
 */
export function confirmDialog(question, text, yes) {
  const dialog = el(
    "dialog",
    { "aria-labelledby": "question" },
    el(
      "form",
      { method: "dialog", class: "stack" },
      el("h2", { id: "question" }, question),
      text ? el("p", {}, text) : null,
      el(
        "div",
        { class: "actions" },
        el("button", { class: "button", value: "yes" }, yes),
        el("button", { class: "button plain", value: "no", autofocus: true }, "やめる"),
      ),
    ),
  );
  document.body.append(dialog);
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(dialog.returnValue === "yes");
    });
  });
}
