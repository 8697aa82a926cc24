/** The parts of a photo that are to be painted black: marked by mouse, finger or keyboard (RULES 3). */

import { el } from "../dom.js";

const STEP = 0.02;
const LEAST = 0.005;
/** @type {Record<string, [x: number, y: number]>} */
const MOVES = { ArrowLeft: [-STEP, 0], ArrowRight: [STEP, 0], ArrowUp: [0, -STEP], ArrowDown: [0, STEP] };
/** What the keys begin with. @type {Part} */
const MIDDLE = { left: 0.35, top: 0.45, right: 0.65, bottom: 0.55 };

export class PictureMarks {
  /**
   * @param {string} label
   * @param {() => void} changed
   */
  constructor(label, changed) {
    this.changed = changed;
    /** @type {Part[]} */
    this.parts = [];
    /** @type {Part | null} */
    this.drawn = null;
    /** @type {{ x: number, y: number } | null} */
    this.start = null;
    /** Where a pointer is on the photo. @type {(event: PointerEvent) => { x: number, y: number }} */
    this.at = () => ({ x: 0, y: 0 });
    this.on = false;
    this.canvas = el("canvas", {
      class: "marked",
      role: "application",
      "aria-label": `${label}の写真の塗る部分。矢印キーで動かし、Shiftと矢印キーで大きさを変え、Enterで決めます。`,
    });
    this.listen();
  }

  /** Let fingers and keys mark, too; a mouse always may. */
  begin() {
    this.on = true;
    this.canvas.classList.add("on");
    this.canvas.tabIndex = 0;
    this.drawn = { ...MIDDLE };
    this.draw();
    this.canvas.focus();
  }

  end() {
    this.on = false;
    this.canvas.classList.remove("on");
    this.canvas.removeAttribute("tabindex");
    this.drawn = null;
    this.draw();
  }

  clear() {
    this.parts = [];
    this.end();
    this.changed();
  }

  listen() {
    const { canvas } = this;
    canvas.addEventListener("pointerdown", (event) => {
      if (event.pointerType !== "mouse" && !this.on) return;
      this.start = this.at(event);
      canvas.setPointerCapture(event.pointerId);
    });
    canvas.addEventListener("pointermove", (event) => {
      if (!this.start) return;
      this.drawn = between(this.start, this.at(event));
      this.draw();
    });
    canvas.addEventListener("pointerup", () => {
      if (this.start) this.keep();
      this.start = null;
    });
    canvas.addEventListener("keydown", (event) => this.pressed(event));
  }

  /** @param {KeyboardEvent} event */
  pressed(event) {
    if (event.key === "Enter" && this.drawn) this.keep();
    else if (event.key in MOVES) this.drawn = moved(this.drawn ?? MIDDLE, MOVES[event.key], event.shiftKey);
    else return;
    event.preventDefault();
    this.draw();
  }

  /** What is drawn is one of the parts, if it is large enough to be meant. */
  keep() {
    const part = this.drawn;
    this.drawn = null;
    if (part && part.right - part.left > LEAST && part.bottom - part.top > LEAST) this.parts.push(part);
    this.draw();
    this.changed();
  }

  draw() {
    const { canvas } = this;
    canvas.width = canvas.clientWidth;
    canvas.height = canvas.clientHeight;
    const pen = canvas.getContext("2d");
    if (!pen) return;
    for (const part of this.parts) paint(pen, canvas, part, 0.6);
    if (this.drawn) paint(pen, canvas, this.drawn, 0.35);
  }
}

/**
 * @param {CanvasRenderingContext2D} pen
 * @param {HTMLCanvasElement} canvas
 * @param {Part} part
 * @param {number} alpha
 */
function paint(pen, canvas, { left, top, right, bottom }, alpha) {
  const [x, y] = [left * canvas.width, top * canvas.height];
  const [width, height] = [right * canvas.width - x, bottom * canvas.height - y];
  pen.fillStyle = "black";
  pen.globalAlpha = alpha;
  pen.fillRect(x, y, width, height);
  pen.globalAlpha = 1;
  pen.strokeStyle = "white";
  pen.strokeRect(x, y, width, height);
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
 * A part moved, or with its lower right corner moved, within the photo.
 *
 * @param {Part} part
 * @param {[x: number, y: number]} by
 * @param {boolean} corner
 */
function moved({ left, top, right, bottom }, [x, y], corner) {
  const [dx, dy] = [room(x, left, right, corner), room(y, top, bottom, corner)];
  return {
    left: corner ? left : left + dx,
    top: corner ? top : top + dy,
    right: right + dx,
    bottom: bottom + dy,
  };
}

/**
 * How far something may move between the edges.
 *
 * @param {number} by
 * @param {number} low
 * @param {number} high
 * @param {boolean} corner
 */
const room = (by, low, high, corner) => Math.min(1 - high, Math.max(by, corner ? low + STEP - high : -low));
