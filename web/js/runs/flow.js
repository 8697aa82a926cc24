/** A run as a stream: the holds on the left, what became of them in the middle, and why on the right. */

import { svg } from "../svg.js";
import { drawing, short, width } from "./figures.js";
import { kindOf } from "./words.js";

const HEIGHT = 360;
const BAR = 14;
const GAP = 14;

/** Where the three columns stand, and how many letters fit beside each. */
const columns = () => (width() > 400 ? [0, 240, 470] : [0, 96, 205]);
const letters = () => (width() > 400 ? [10, 12, 16] : [4, 4, 9]);

/**
 * @typedef {object} Branch  an outcome with its reasons
 * @property {string} name
 * @property {string} label
 * @property {{ name: string, label: string, number: number }[]} reasons
 */

/**
 * @param {string} name
 * @param {Branch[]} branches
 */
export function flow(name, branches) {
  const sums = branches.map(({ reasons }) => reasons.reduce((sum, { number }) => sum + number, 0));
  const all = sums.reduce((sum, number) => sum + number, 0);
  const leaves = branches.reduce((sum, { reasons }) => sum + reasons.length, 0);
  const scale = (HEIGHT - GAP * Math.max(0, leaves - 1)) / Math.max(1, all);
  const [left, middle, right] = [new Column(0), new Column(0), new Column(0)];
  left.at = (HEIGHT - all * scale) / 2;
  const trunk = { y: left.at, height: all * scale };
  middle.at = Math.max(0, (HEIGHT - all * scale - GAP * 2 * (branches.length - 1)) / 2);
  const drawn = branches.map((branch, place) => {
    const height = sums[place] * scale;
    const box = { y: middle.take(height, GAP * 2), height };
    const band = ribbon(columns()[0], left.take(height), columns()[1], box.y, height, kindOf(branch.name));
    return [
      band,
      node(columns()[1], box, branch.label, sums[place], kindOf(branch.name)),
      leavesOf(branch, box, right, scale),
    ];
  });
  return drawing(name, width(), HEIGHT, drawn, node(columns()[0], trunk, "予約", all, "whole"));
}

/**
 * @param {Branch} branch
 * @param {{ y: number }} box
 * @param {Column} right
 * @param {number} scale
 */
function leavesOf({ reasons }, box, right, scale) {
  let from = box.y;
  return reasons.map(({ name, label, number }) => {
    const height = number * scale;
    const y = right.take(Math.max(height, 10), GAP - Math.max(0, 10 - height));
    const band = ribbon(columns()[1], from, columns()[2], y, height, kindOf(name));
    from += height;
    return [band, node(columns()[2], { y, height }, label, number, kindOf(name))];
  });
}

/** Where the next box of a column begins. */
class Column {
  /** @param {number} at */
  constructor(at) {
    this.at = at;
  }

  /**
   * @param {number} height
   * @param {number} [gap]
   */
  take(height, gap = 0) {
    const { at } = this;
    this.at += height + gap;
    return at;
  }
}

/**
 * @param {number} x
 * @param {{ y: number, height: number }} box
 * @param {string} label
 * @param {number} number
 * @param {string} kind
 */
const node = (x, { y, height }, label, number, kind) => [
  svg("rect", { x, y, width: BAR, height: Math.max(2, height), rx: 2, class: kind }),
  svg(
    "text",
    { x: x + BAR + 8, y: y + height / 2 + 5, class: "value over" },
    `${short(label, letters()[columns().indexOf(x)])} `,
    svg("tspan", { class: "count" }, String(number)),
  ),
];

/**
 * @param {number} x1
 * @param {number} y1
 * @param {number} x2
 * @param {number} y2
 * @param {number} height
 * @param {string} kind
 */
function ribbon(x1, y1, x2, y2, height, kind) {
  const [from, to] = [x1 + BAR, x2];
  const half = (from + to) / 2;
  const above = `M${from} ${y1} C${half} ${y1} ${half} ${y2} ${to} ${y2}`;
  const below = `L${to} ${y2 + height} C${half} ${y2 + height} ${half} ${y1 + height} ${from} ${y1 + height} Z`;
  return svg("path", { d: above + below, class: `ribbon ${kind}` });
}
