/** A photo that is looked at closely: larger, and turned until it can be read. */

import { el } from "../dom.js";

const ZOOMS = [1, 1.5, 2, 3, 4];
const QUARTER = 90;
const BORDER = 1;

export class PictureView {
  /**
   * @param {HTMLImageElement} image
   * @param {HTMLElement} over  what lies on the photo and is turned with it
   * @param {string} label
   */
  constructor(image, over, label) {
    this.image = image;
    this.zoom = 0;
    this.turns = 0;
    this.picture = el("div", { class: "picture" }, image, over);
    this.box = el("div", { class: "picture-box" }, this.picture);
    this.view = el(
      "div",
      { class: "picture-view", role: "region", "aria-label": `${label}の写真`, tabindex: 0 },
      this.box,
    );
    const name = { class: "button plain" };
    this.element = el(
      "div",
      { class: "stack" },
      this.view,
      el(
        "div",
        { class: "actions picture-tools" },
        this.tool("大きくする", label, () => this.zoomBy(1), name),
        this.tool("小さくする", label, () => this.zoomBy(-1), name),
        this.tool("右に回す", label, () => this.turn(), name),
      ),
    );
    image.addEventListener("load", () => this.lay());
    new ResizeObserver(() => this.lay()).observe(this.view);
  }

  /**
   * @param {string} text
   * @param {string} label
   * @param {() => void} work
   * @param {Attributes} look
   */
  tool(text, label, work, look) {
    return el("button", { type: "button", onclick: work, "aria-label": `${label}の写真を${text}`, ...look }, text);
  }

  /** @param {number} step */
  zoomBy(step) {
    this.zoom = Math.min(ZOOMS.length - 1, Math.max(0, this.zoom + step));
    this.lay();
  }

  turn() {
    this.turns = (this.turns + 1) % 4;
    this.lay();
  }

  /** The photo as wide as its place, times the zoom, whichever way it lies. */
  lay() {
    const { naturalWidth: width, naturalHeight: height } = this.image;
    const room = this.view.offsetWidth - 2 * BORDER;
    if (!width || !room) return;
    const across = this.turns % 2 === 1;
    const shownWidth = room * ZOOMS[this.zoom] * (across ? width / height : 1);
    const shownHeight = (shownWidth * height) / width;
    size(this.picture, shownWidth, shownHeight);
    size(this.box, across ? shownHeight : shownWidth, across ? shownWidth : shownHeight);
    this.picture.style.transform = `translate(-50%, -50%) rotate(${this.turns * QUARTER}deg)`;
  }

  /**
   * Where a pointer is, in parts of the photo as it is stored.
   *
   * @param {PointerEvent} event
   */
  at(event) {
    const { left, top, width, height } = this.picture.getBoundingClientRect();
    return unturned(within((event.clientX - left) / width), within((event.clientY - top) / height), this.turns);
  }
}

/**
 * @param {HTMLElement} element
 * @param {number} width
 * @param {number} height
 */
function size(element, width, height) {
  element.style.width = `${width}px`;
  element.style.height = `${height}px`;
}

/** @param {number} value */
const within = (value) => Math.min(1, Math.max(0, value));

/**
 * A point of a photo that was turned to the right some times, as it was before.
 *
 * @param {number} x
 * @param {number} y
 * @param {number} turns
 * @returns {{ x: number, y: number }}
 */
const unturned = (x, y, turns) => (turns ? unturned(y, 1 - x, turns - 1) : { x, y });
