/** A sheet of weeks, drawn as on a wall calendar: a row a week, from Sunday on. Its days stand beside it as text, too. */

import { dayAfter, today } from "./dates.js";
import { svg } from "./svg.js";

const WIDTH = 50;
const HEIGHT = 46;
const HEAD = 22;
const GAP = 2;

/**
 * What is drawn on a day: how it looks, and a word.
 *
 * @typedef {{ kind: string, text?: string }} Mark
 */

/**
 * @param {string} first  A Sunday.
 * @param {number} weeks  How many rows.
 * @param {(day: string) => Mark | undefined} markOf
 * @param {string} label  What it shows, for who does not see it.
 */
export function weekSheet(first, weeks, markOf, label) {
  const now = today();
  return svg(
    "svg",
    { viewBox: `0 0 ${7 * WIDTH} ${HEAD + weeks * HEIGHT}`, class: "week-sheet", role: "img", "aria-label": label },
    [..."日月火水木金土"].map((name, place) => svg("text", { class: "weekday", x: middle(place), y: 15 }, name)),
    Array.from({ length: weeks * 7 }, (_, place) => {
      const day = dayAfter(first, place);
      return cell(day, place, markOf(day), day === now);
    }),
  );
}

/** @param {number} place */
const middle = (place) => ((place % 7) + 0.5) * WIDTH;

/**
 * @param {string} day
 * @param {number} place  Its number on the sheet.
 * @param {Mark | undefined} mark
 * @param {boolean} isToday
 */
function cell(day, place, mark, isToday) {
  const top = HEAD + Math.floor(place / 7) * HEIGHT;
  const [, month, date] = day.split("-").map(Number);
  const text = place === 0 || date === 1 ? `${month}/${date}` : String(date);
  return svg(
    "g",
    { class: `day-cell ${mark?.kind ?? ""} ${isToday ? "today" : ""}` },
    svg("rect", {
      x: (place % 7) * WIDTH + GAP / 2,
      y: top + GAP / 2,
      width: WIDTH - GAP,
      height: HEIGHT - GAP,
      rx: 5,
    }),
    svg("text", { class: "date-of-cell", x: middle(place), y: top + 19 }, text),
    mark?.text ? svg("text", { class: "mark", x: middle(place), y: top + 36 }, mark.text) : null,
  );
}
