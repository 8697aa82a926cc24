/** A month as a sheet of days that are pressed, with the arrow keys to go from one to another. */

import { el } from "./dom.js";

const WEEKDAYS = "日月火水木金土";
const DAY_MS = 86_400_000;
/** @type {Record<string, number>} */
const STEPS = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 };

/**
 * @param {string} month `2026-06`
 * @param {(date: string) => { text: string, state: string, fixed?: boolean }} told what a day is; a fixed one is not pressed
 * @param {(date: string) => unknown} press
 */
export function monthSheet(month, told, press) {
  const days = daysOf(month);
  const blank = new Date(`${days[0]}T00:00Z`).getUTCDay();
  const cells = [...Array(blank).fill(null), ...days];
  const weeks = Array.from({ length: Math.ceil(cells.length / 7) }, (_, n) => cells.slice(n * 7, n * 7 + 7));
  const [year, number] = month.split("-").map(Number);
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

/** @param {string} month */
function daysOf(month) {
  const first = Date.parse(`${month}-01T00:00Z`);
  const days = Array.from({ length: 31 }, (_, n) => new Date(first + n * DAY_MS).toISOString().slice(0, 10));
  return days.filter((date) => date.startsWith(month));
}

/**
 * @param {string} date
 * @param {{ text: string, state: string, fixed?: boolean }} told
 * @param {(date: string) => unknown} press
 */
function dayButton(date, { text, state, fixed }, press) {
  const [, month, day] = date.split("-").map(Number);
  const weekday = WEEKDAYS[new Date(`${date}T00:00Z`).getUTCDay()];
  return el(
    "button",
    {
      type: "button",
      class: `day ${state}`,
      "data-date": date,
      "aria-label": `${month}月${day}日(${weekday}) ${text}`,
      disabled: fixed,
      tabindex: -1,
      onclick: () => press(date),
    },
    el("span", {}, String(day)),
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
