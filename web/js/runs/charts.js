/** Bars and lines of our own: long ones lie down, weeks stand side by side. */

import { svg } from "../svg.js";
import { drawing, short, width as drawingWidth } from "./figures.js";

const ROW = 34;

/** How much of a drawing its names take. */
const nameWidth = () => (drawingWidth() > 400 ? 190 : 126);
/** As many letters fit there. */
const letters = () => Math.floor(nameWidth() / 15.5);

/**
 * Lying bars, one for each name; of `parts` each is drawn in its colour, one behind the other.
 *
 * @param {string} name
 * @param {{ label: string, parts: [kind: string, number: number][] }[]} rows
 */
export function bars(name, rows) {
  const most = Math.max(1, ...rows.map(({ parts }) => total(parts)));
  const [whole, names] = [drawingWidth(), nameWidth()];
  const room = whole - names - 50;
  const drawn = rows.map(({ label, parts }, place) => {
    let at = names;
    const boxes = parts.map(([kind, number]) => {
      const width = (number / most) * room;
      const box = svg("rect", { x: at, y: 5, width, height: ROW - 10, rx: 3, class: kind });
      at += width;
      return box;
    });
    return svg(
      "g",
      { transform: `translate(0 ${place * ROW})` },
      svg("text", { x: names - 10, y: ROW / 2 + 5, class: "name end" }, short(label, letters())),
      boxes,
      svg("text", { x: at + 8, y: ROW / 2 + 5, class: "value" }, String(total(parts))),
    );
  });
  return drawing(name, whole, Math.max(1, rows.length) * ROW, drawn);
}

/** @param {[kind: string, number: number][]} parts */
const total = (parts) => parts.reduce((sum, [, number]) => sum + number, 0);

/**
 * Bars on both sides of a line: less to the left, more to the right.
 *
 * @param {string} name
 * @param {{ label: string, change: number }[]} rows
 */
export function differences(name, rows) {
  const most = Math.max(1, ...rows.map(({ change }) => Math.abs(change)));
  const [whole, names] = [drawingWidth(), nameWidth()];
  const middle = names + (whole - names) / 2;
  const room = (whole - names) / 2 - 45;
  const drawn = rows.map(({ label, change }, place) => {
    const width = (Math.abs(change) / most) * room;
    const x = change < 0 ? middle - width : middle;
    const beside = change < 0 ? { x: x - 8, class: "value end" } : { x: x + width + 8, class: "value" };
    return svg(
      "g",
      { transform: `translate(0 ${place * ROW})` },
      svg("text", { x: names - 10, y: ROW / 2 + 5, class: "name end" }, short(label, letters())),
      svg("rect", { x, y: 5, width, height: ROW - 10, rx: 3, class: change < 0 ? "stopped" : "lent" }),
      svg("text", { y: ROW / 2 + 5, ...beside }, signed(change)),
    );
  });
  const height = Math.max(1, rows.length) * ROW;
  return drawing(name, whole, height, svg("line", { x1: middle, x2: middle, y1: 0, y2: height, class: "axis" }), drawn);
}

/** @param {number} change */
export const signed = (change) => (change > 0 ? `+${change}` : change < 0 ? `−${-change}` : "±0");

const HEIGHT = 240;
const FOOT = 28;
const LEFT = 46;

/**
 * @typedef {object} Series  one number a week, or none where it is not shown
 * @property {string} label
 * @property {string} kind its colour
 * @property {(number | null)[]} numbers
 */

/**
 * Standing bars, the series of a week on top of one another.
 *
 * @param {string} name
 * @param {string[]} weeks
 * @param {Series[]} series
 */
export function columns(name, weeks, series) {
  const most = Math.max(
    1,
    ...weeks.map((_, week) => series.reduce((sum, { numbers }) => sum + (numbers[week] ?? 0), 0)),
  );
  const { x, y, step } = scales(weeks.length, most);
  const width = Math.min(44, step * 0.72);
  const drawn = weeks.map((_, week) => {
    let below = 0;
    return series.map(({ kind, numbers }) => {
      const number = numbers[week] ?? 0;
      const box = svg("rect", {
        x: x(week) - width / 2,
        y: y(below + number),
        width,
        height: y(below) - y(below + number),
        class: kind,
      });
      below += number;
      return number ? box : null;
    });
  });
  return drawing(name, drawingWidth(), HEIGHT, grid(most, y), weekNames(weeks, x), drawn);
}

/**
 * Lines, with a dot for each week; where a number is not shown the line has a gap.
 *
 * @param {string} name
 * @param {string[]} weeks
 * @param {Series[]} series
 */
export function curves(name, weeks, series) {
  const most = Math.max(1, ...series.flatMap(({ numbers }) => numbers.map((number) => number ?? 0)));
  const { x, y } = scales(weeks.length, most);
  const drawn = series.map(({ kind, numbers }) => [
    svg("path", { d: pathOf(numbers, x, y), class: `curve ${kind}` }),
    numbers.map((number, week) =>
      number === null ? null : svg("circle", { cx: x(week), cy: y(number), r: 4, class: kind }),
    ),
  ]);
  return drawing(name, drawingWidth(), HEIGHT, grid(most, y), weekNames(weeks, x), drawn);
}

/**
 * @param {(number | null)[]} numbers
 * @param {(week: number) => number} x
 * @param {(number: number) => number} y
 */
const pathOf = (numbers, x, y) =>
  numbers
    .map((number, week) =>
      number === null ? "" : `${week && numbers[week - 1] !== null ? "L" : "M"}${x(week)} ${y(number)}`,
    )
    .join("");

/**
 * @param {number} weeks
 * @param {number} most
 */
function scales(weeks, most) {
  const step = (drawingWidth() - LEFT - 10) / Math.max(1, weeks);
  return {
    step,
    /** @param {number} week */
    x: (week) => LEFT + step * (week + 0.5),
    /** @param {number} number */
    y: (number) => HEIGHT - FOOT - (number / rounded(most)) * (HEIGHT - FOOT - 14),
  };
}

/**
 * The number at the top of the scale: a round one, not below the highest.
 *
 * @param {number} most
 */
function rounded(most) {
  const power = 10 ** Math.floor(Math.log10(most));
  return [1, 2, 4, 5, 10].map((times) => times * power).find((top) => top >= most) ?? most;
}

/**
 * @param {number} most
 * @param {(number: number) => number} y
 */
function grid(most, y) {
  const top = rounded(most);
  const lines = top % 2 ? [0, top] : [0, top / 2, top];
  return lines.map((number) => [
    svg("line", { x1: LEFT, x2: drawingWidth(), y1: y(number), y2: y(number), class: "axis" }),
    svg("text", { x: LEFT - 8, y: y(number) + 5, class: "name end" }, String(number)),
  ]);
}

/**
 * The weeks' first days, as many as there is room for.
 *
 * @param {string[]} weeks
 * @param {(week: number) => number} x
 */
function weekNames(weeks, x) {
  const every = Math.ceil(weeks.length / (drawingWidth() / 80));
  return weeks.map((week, place) =>
    (weeks.length - 1 - place) % every
      ? null
      : svg("text", { x: x(place), y: HEIGHT - 8, class: "name middle" }, monthAndDay(week)),
  );
}

/** @param {string} day */
const monthAndDay = (day) => `${Number(day.slice(5, 7))}/${Number(day.slice(8, 10))}`;
