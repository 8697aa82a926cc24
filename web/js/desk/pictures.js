/** An applicant's photo: looked at closely, and numbers that nobody should see painted black for good (RULES 3). */

import { confirmDialog } from "../confirm-dialog.js";
import { el } from "../dom.js";
import { api } from "../session.js";
import { PictureMarks } from "./picture-marks.js";
import { PictureView } from "./picture-view.js";

/**
 * A photo with what can be done with it.
 *
 * @param {Answer} image
 * @param {string} receipt
 * @param {App} app
 */
export function picture({ slot, label, url }, receipt, app) {
  const img = el("img", { src: url, alt: `${label}の写真`, class: "preview", draggable: "false" });
  const said = el("span", { role: "status" });
  const marks = new PictureMarks(label, () => (said.textContent = count(marks.parts.length)));
  const view = new PictureView(img, marks.canvas, label);
  marks.at = (event) => view.at(event);
  const path = `/desk/applications/${encodeURIComponent(receipt)}/images/${encodeURIComponent(slot)}/blackout`;
  const paint = async () => {
    if (!marks.parts.length) {
      app.showFault(`「${label}」の写真の、黒く塗る部分を選んでください。`);
      return;
    }
    const rectangles = marks.parts.map((part) => inPixels(part, img));
    if (!(await confirmDialog("黒く塗りますか", "選んだ部分を黒く塗ります。もとの写真には戻せません。", "黒く塗る")))
      return;
    await api.post(path, { rectangles });
    await app.reload("写真の一部を黒く塗りました。");
  };
  return el("figure", {}, el("figcaption", {}, label), view.element, tools(label, marks, said, app, paint));
}

/**
 * @param {string} label
 * @param {PictureMarks} marks
 * @param {HTMLElement} said
 * @param {App} app
 * @param {() => unknown} paint
 */
function tools(label, marks, said, app, paint) {
  /**
   * @param {string} text
   * @param {() => void} work
   */
  const button = (text, work) =>
    el("button", { type: "button", class: "link-button", "aria-label": `${label} ${text}`, onclick: work }, text);
  return el(
    "div",
    { class: "actions" },
    button("塗る部分を選ぶ", () => marks.begin()),
    button("選び直す", () => marks.clear()),
    app.button("選んだ部分を黒く塗る", "塗っています…", paint, { class: "link-button" }),
    said,
  );
}

/** @param {number} number */
const count = (number) => (number ? `${number}か所を選んでいます。` : "");

/**
 * @param {Part} part
 * @param {HTMLImageElement} image
 */
const inPixels = ({ left, top, right, bottom }, { naturalWidth: width, naturalHeight: height }) => ({
  left: Math.floor(left * width),
  top: Math.floor(top * height),
  right: Math.ceil(right * width),
  bottom: Math.ceil(bottom * height),
});
