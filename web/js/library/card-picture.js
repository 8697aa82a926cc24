/** The card as a scanner and people read it: number, bar code, last day (RULES 28). */

import { codabar } from "../codabar.js";
import { dateInWords } from "../dates.js";
import { el } from "../dom.js";

/**
 * The card, with a way to see it as large as the screen.
 *
 * @param {{ card_number: string, expires_on: string }} card
 */
export const cardPicture = ({ card_number: number, expires_on: expiry }) =>
  el(
    "div",
    { class: "stack" },
    el(
      "div",
      { class: "library-card stack" },
      el("p", { class: "card-owner" }, "{{library_name}} {{card_word}}"),
      codabar(number),
      el("p", { class: "number card-number", id: "card-number" }, number),
      el("p", {}, `有効期限 ${dateInWords(expiry)}`),
    ),
    el("button", { type: "button", class: "button plain", onclick: () => showLarge(number) }, "画面いっぱいに表示する"),
  );

/**
 * The bar code along the longer side of the screen, until it is closed.
 *
 * @param {string} number
 */
function showLarge(number) {
  const dialog = el(
    "dialog",
    { class: "large-card", "aria-label": "{{card_word}}" },
    el(
      "form",
      { method: "dialog" },
      el(
        "div",
        { class: "large-code" },
        codabar(number),
        el("p", { class: "number card-number" }, number),
        el("button", { class: "button plain" }, "閉じる"),
      ),
    ),
  );
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}
