/** A list that people put in order: by dragging, or by buttons for the keyboard and for readers. */

import { el } from "./dom.js";
import { svg } from "./svg.js";

const EDGE = 64;
const STEP = 12;

/**
 * What moves an item of a list: a handle to drag it by, and two buttons.
 *
 * @param {string} name what the item is called
 * @param {(place: number) => void} moved told after each move; the first place is 1
 */
export function movers(name, moved) {
  /** @param {Event} event */
  const itemOf = (event) => /** @type {HTMLElement} */ (/** @type {Element} */ (event.currentTarget).closest("li"));
  /** @param {Element} item */
  const tell = (item) => moved([...(item.parentElement?.children ?? [])].indexOf(item) + 1);
  /**
   * @param {string} text
   * @param {(item: Element) => void} move
   */
  const button = (text, move) =>
    el(
      "button",
      {
        type: "button",
        class: "link-button",
        "aria-label": `「${name}」を${text}`,
        onclick: (/** @type {Event} */ event) => {
          move(itemOf(event));
          tell(itemOf(event));
          itemOf(event).scrollIntoView({ block: "nearest" });
        },
      },
      text,
    );
  const lines = svg("svg", { viewBox: "0 0 24 24" }, svg("path", { d: "M4 7H20M4 12H20M4 17H20" }));
  const handle = el("span", { class: "handle", "aria-hidden": "true" }, lines);
  handle.addEventListener("pointerdown", (event) => drag(event, handle, itemOf(event), tell));
  return el("div", { class: "movers" }, handle, button("上へ", up), button("下へ", down));
}

// The neighbour is what moves: an item that is moved itself would lose focus and pointer.

/** @param {Element} item */
const up = (item) => item.previousElementSibling && item.after(item.previousElementSibling);

/** @param {Element} item */
const down = (item) => item.nextElementSibling && item.before(item.nextElementSibling);

/**
 * Let an item follow the pointer until it is let go.
 *
 * @param {PointerEvent} begun
 * @param {HTMLElement} handle
 * @param {HTMLElement} item
 * @param {(item: Element) => void} tell
 */
function drag(begun, handle, item, tell) {
  begun.preventDefault();
  handle.setPointerCapture(begun.pointerId);
  item.classList.add("dragged");
  /** @param {PointerEvent} event */
  const follow = ({ clientY: y }) => {
    while (isAbove(y, item.previousElementSibling)) up(item);
    while (isBelow(y, item.nextElementSibling)) down(item);
    if (y < EDGE) window.scrollBy(0, -STEP);
    if (y > window.innerHeight - EDGE) window.scrollBy(0, STEP);
  };
  const end = () => {
    handle.removeEventListener("pointermove", follow);
    item.classList.remove("dragged");
    tell(item);
  };
  handle.addEventListener("pointermove", follow);
  handle.addEventListener("lostpointercapture", end, { once: true });
}

/**
 * @param {number} y
 * @param {Element | null} item
 */
const isAbove = (y, item) => item !== null && y < middle(item);

/**
 * @param {number} y
 * @param {Element | null} item
 */
const isBelow = (y, item) => item !== null && y > middle(item);

/** @param {Element} item */
function middle(item) {
  const { top, height } = item.getBoundingClientRect();
  return top + height / 2;
}
