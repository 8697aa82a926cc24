/** A month as a sheet of days that are pressed, with the arrow keys to go from one to another. */

import { dayInWords } from "./dates.js";
import { daysOfMonth, weekdayOf } from "./desk/year-days.js";
import { el } from "./dom.js";

const WEEKDAYS = "日月火水木金土";
/** @type {Record<string, number>} */
const STEPS = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 };

/**
 * @param {string} month `2026-06`
 * @param {(date: string) => { text: string, state: string, fixed?: boolean }} told what a day is; a fixed one is not pressed
 * @param {(date: string) => unknown} press
 */
export function monthSheet(month, told, press) {
  const [year, number] = month.split("-").map(Number);
  const days = daysOfMonth(year, number);
  const cells = [...Array(weekdayOf(days[0])).fill(null), ...days];
  const weeks = Array.from({ length: Math.ceil(cells.length / 7) }, (_, n) => cells.slice(n * 7, n * 7 + 7));
  const sheet = el(
    "table",
    { class: "month" },
    el("caption", {}, `${year}年${number}月`),
    el(
      "thead",
      {},
      el(
        "tr",
        {},
        [...WEEKDAYS].map((name) => el("th", { scope: "col" }, name)),
      ),
    ),
    el(
      "tbody",
      {},
      weeks.map((week) =>
        el(
          "tr",
          {},
          week.map((date) => el("td", {}, date && dayButton(date, told(date), press))),
        ),
      ),
    ),
  );
  sheet.addEventListener("keydown", walk);
  // One stop of the Tab key; from there the arrows lead on.
  sheet.querySelector("button:not(:disabled)")?.setAttribute("tabindex", "0");
  return sheet;
}

/**
 * @param {string} date
 * @param {{ text: string, state: string, fixed?: boolean }} told
 * @param {(date: string) => unknown} press
 */
function dayButton(date, { text, state, fixed }, press) {
  return el(
    "button",
    {
      type: "button",
      class: `day ${state}`,
      "data-date": date,
      "aria-label": `${dayInWords(date)} ${text}`,
      disabled: fixed,
      tabindex: -1,
      onclick: () => press(date),
    },
    el("span", {}, String(Number(date.slice(8)))),
    el("small", {}, text),
  );
}

/** @param {KeyboardEvent} event */
function walk(event) {
  const sheet = /** @type {HTMLElement} */ (event.currentTarget);
  const step = STEPS[event.key];
  const here = event.target instanceof Element ? event.target.closest("button") : null;
  if (!step || !here) return;
  event.preventDefault();
  const days = [...sheet.querySelectorAll("button")];
  goTo(sheet, days[days.indexOf(here) + step]?.dataset.date ?? "");
}

/**
 * Stand at a day, if the sheet has it.
 *
 * @param {HTMLElement} sheet
 * @param {string} date
 */
export function goTo(sheet, date) {
  const day = /** @type {HTMLButtonElement | null} */ (
    sheet.querySelector(`button[data-date="${date}"]:not(:disabled)`)
  );
  if (!day) return;
  for (const other of sheet.querySelectorAll("button")) other.tabIndex = -1;
  day.tabIndex = 0;
  day.focus();
}
