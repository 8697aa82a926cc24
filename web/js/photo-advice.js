/** What to mind before a photo is taken (RULES 3). */

import { el } from "./dom.js";
import { documentOf, slotNote } from "./kinds.js";

/**
 * What must be known first. Numbers must be covered before the camera can be opened (RULES 3).
 *
 * @param {string} slot
 * @param {HTMLElement} picker
 */
export function beforeTheCamera(slot, picker) {
  const note = slotNote(slot);
  if (!note) return null;
  const warning = el(
    "div",
    { class: "note warning", id: "warning" },
    el("h2", {}, "写真をとる前に"),
    el("p", {}, note),
  );
  if (documentOf(slot) === "insurance_certificate") {
    picker.hidden = true;
    const done = el("input", { type: "checkbox", id: "masked", onchange: () => (picker.hidden = !done.checked) });
    warning.append(
      el(
        "div",
        { class: "choice" },
        done,
        el("label", { for: "masked" }, "番号を隠しました(チェックすると、写真をとれます)"),
      ),
    );
  }
  return warning;
}

/** @param {string} slot */
export function advice(slot) {
  const what = documentOf(slot) ? "書類" : "カード";
  return el(
    "ul",
    { id: "advice" },
    el("li", {}, `${what}の全体が入るように、明るいところで、まっすぐ上からとってください。`),
    el(
      "li",
      {},
      documentOf(slot)
        ? "文字が読めるか、光が反射していないか、確かめてください。"
        : "書いたお名前と、バーコードの番号が読めるようにしてください。",
    ),
    el("li", {}, "とっておいた写真も選べます(JPEGまたはPNG)。"),
  );
}
