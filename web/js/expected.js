/** Between which days a book can be expected: in words, and on a line of the weeks to come (RULES 50). */

import { dayAfter, dayInWords, shortDay } from "./dates.js";
import { el } from "./dom.js";
import { svg } from "./svg.js";

const DAY_WIDTH = 5;
const HEIGHT = 22;
const WEEK = 7;
const LONGEST = 26 * WEEK;

/**
 * 「6月14日(日)～6月28日(日)(目安 6月21日(日))」; a single day can only become later; "" where no day can be told.
 *
 * @param {Answer} item a hold or a title
 */
export function expectedInWords({ expected_pickup: expected, earliest_pickup: first }) {
  const [from, until] = [expected?.earliest ?? first, expected?.latest];
  if (!from) return "";
  if (!expected || from === until) return `早くて ${dayInWords(from)}`;
  return `${dayInWords(from)}～${dayInWords(until)}(目安 ${dayInWords(expected.middle)})`;
}

/**
 * The weeks from a day on with the range in them, and on what it rests; nothing where it is a single day.
 *
 * @param {Answer} expected
 * @param {string} today
 * @returns {Child[]}
 */
export function weeksLine(expected, today) {
  if (!expected) return [];
  const far = daysFrom(today, expected.latest) > LONGEST;
  const line =
    expected.earliest === expected.latest || far ? null : el("div", { class: "weeks" }, drawing(expected, today));
  return [line, el("p", { class: "hint" }, expected.assumption)];
}

/**
 * A stroke for each week, a bar from the first day to the last, a mark at the middle: all is said in words beside it.
 *
 * @param {Answer} expected
 * @param {string} today
 */
function drawing({ earliest, middle, latest }, today) {
  const weeks = Math.ceil(daysFrom(today, latest) / WEEK) + 1;
  const width = weeks * WEEK * DAY_WIDTH;
  const at = (/** @type {string} */ day) => daysFrom(today, day) * DAY_WIDTH + 1;
  const strokes = Array.from({ length: weeks }, (_, week) => `M${week * WEEK * DAY_WIDTH + 1} 4V${HEIGHT - 4}`);
  return [
    svg(
      "svg",
      { viewBox: `0 0 ${width + 2} ${HEIGHT}`, "aria-hidden": "true" },
      svg("path", { class: "line", d: `M1 ${HEIGHT / 2}H${width}${strokes.join("")}` }),
      svg("rect", {
        class: "range",
        x: at(earliest),
        y: 6,
        width: at(latest) - at(earliest) + DAY_WIDTH,
        height: HEIGHT - 12,
      }),
      svg("circle", { class: "middle", cx: at(middle) + DAY_WIDTH / 2, cy: HEIGHT / 2, r: 5 }),
    ),
    el(
      "p",
      { class: "ends", "aria-hidden": "true" },
      el("span", {}, shortDay(today)),
      el("span", {}, shortDay(dayAfter(today, weeks * WEEK))),
    ),
  ];
}

/**
 * @param {string} first
 * @param {string} day
 */
const daysFrom = (first, day) => Math.max(0, (Date.parse(day) - Date.parse(first.slice(0, 10))) / 86_400_000);
