/** An applicant's photo, on which numbers that nobody should see are painted black for good (RULES 3). */

import { confirmDialog } from "../confirm-dialog.js";
import { el } from "../dom.js";
import { api } from "../session.js";

/**
 * A photo; dragging over it marks a part, which is painted black when it is asked for.
 *
 * @param {Answer} image
 * @param {string} receipt
 * @param {App} app
 */
export function picture({ slot, label, url }, receipt, app) {
  const img = el("img", { src: url, alt: `${label}の写真`, class: "preview", draggable: "false" });
  const marked = el("canvas", { class: "marked", "aria-hidden": "true" });
  const frame = el("div", { class: "picture" }, img, marked);
  /** @type {Part | null} */
  let part = null;
  const paint = async () => {
    if (!part) {
      app.showFault(`「${label}」の写真の、黒く塗る部分を、なぞって選んでください。`);
      return;
    }
    const rectangles = [inPixels(part, img)];
    if (!(await confirmDialog("黒く塗りますか", "選んだ部分を黒く塗ります。もとの写真には戻せません。", "黒く塗る")))
      return;
    await api.post(`/desk/applications/${encodeURIComponent(receipt)}/images/${encodeURIComponent(slot)}/blackout`, {
      rectangles,
    });
    await app.reload("写真の一部を黒く塗りました。");
  };
  mark(marked, (chosen) => (part = chosen));
  return el(
    "figure",
    {},
    frame,
    el("figcaption", {}, label),
    el(
      "div",
      { class: "actions" },
      app.button("選んだ部分を黒く塗る", "塗っています…", paint, { class: "link-button" }),
    ),
  );
}

/**
 * Let a pointer draw one rectangle; `chosen` gets it in parts of the whole, null when it is too small to be meant.
 *
 * @param {HTMLCanvasElement} canvas
 * @param {(part: Part | null) => void} chosen
 */
function mark(canvas, chosen) {
  /** @type {{ x: number, y: number } | null} */
  let start = null;
  /** @param {PointerEvent} event */
  const at = (event) => {
    const { left, top, width, height } = canvas.getBoundingClientRect();
    /** @param {number} value */
    const within = (value) => Math.min(1, Math.max(0, value));
    return { x: within((event.clientX - left) / width), y: within((event.clientY - top) / height) };
  };
  canvas.addEventListener("pointerdown", (event) => {
    start = at(event);
    canvas.setPointerCapture(event.pointerId);
  });
  canvas.addEventListener("pointermove", (event) => start && draw(canvas, between(start, at(event))));
  canvas.addEventListener("pointerup", (event) => {
    if (!start) return;
    const part = between(start, at(event));
    start = null;
    const meant = part.right - part.left > 0.005 && part.bottom - part.top > 0.005;
    draw(canvas, meant ? part : null);
    chosen(meant ? part : null);
  });
}

/**
 * @param {{ x: number, y: number }} a
 * @param {{ x: number, y: number }} b
 */
const between = (a, b) => ({
  left: Math.min(a.x, b.x),
  top: Math.min(a.y, b.y),
  right: Math.max(a.x, b.x),
  bottom: Math.max(a.y, b.y),
});

/**
 * @param {HTMLCanvasElement} canvas
 * @param {Part | null} part
 */
function draw(canvas, part) {
  canvas.width = canvas.clientWidth;
  canvas.height = canvas.clientHeight;
  if (!part) return;
  const pen = canvas.getContext("2d");
  if (!pen) return;
  pen.fillStyle = "rgb(0 0 0 / 60%)";
  const [x, y] = [part.left * canvas.width, part.top * canvas.height];
  pen.fillRect(x, y, part.right * canvas.width - x, part.bottom * canvas.height - y);
}

/**
 * @param {Answer} image
 * @param {Answer} image
 */
const inPixels = ({ left, top, right, bottom }, { naturalWidth: width, naturalHeight: height }) => ({
  left: Math.floor(left * width),
  top: Math.floor(top * height),
  right: Math.ceil(right * width),
  bottom: Math.ceil(bottom * height),
});
