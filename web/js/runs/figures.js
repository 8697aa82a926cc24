/** What every drawing of ours has: a name, and its numbers as a table beneath. */

import { table } from "../desk/tables.js";
import { el } from "../dom.js";
import { svg } from "../svg.js";

/**
 * A whole drawing, `width` by `height`, that a reader hears as one picture with a name.
 *
 * @param {string} name
 * @param {number} width
 * @param {number} height
 * @param {...Child} children
 */
export const drawing = (name, width, height, ...children) =>
  svg("svg", { viewBox: `0 0 ${width} ${height}`, class: "drawing", role: "img", "aria-label": name }, ...children);

/**
 * A drawing with a heading, and its numbers for who would rather read them.
 *
 * @param {string} title
 * @param {Child} picture
 * @param {string[]} columns
 * @param {(string | number)[][]} rows
 * @param {Child} [lead] what to know before looking
 */
export const figure = (title, picture, columns, rows, lead = "") =>
  el(
    "figure",
    { class: "plot" },
    el("figcaption", {}, el("h2", {}, title), lead ? el("p", {}, lead) : null),
    picture,
    el(
      "details",
      {},
      el("summary", {}, "数字で見る"),
      table(
        title,
        columns,
        rows.map((cells) =>
          el(
            "tr",
            {},
            cells.map((cell, place) =>
              place ? el("td", { class: "number" }, String(cell)) : el("th", { scope: "row" }, String(cell)),
            ),
          ),
        ),
      ),
    ),
  );

/**
 * A square of a colour with its meaning, for each.
 *
 * @param {[kind: string, text: string][]} entries
 */
export const legend = (entries) =>
  el(
    "ul",
    { class: "legend" },
    entries.map(([kind, text]) => el("li", {}, el("span", { class: `swatch ${kind}`, "aria-hidden": "true" }), text)),
  );

/** How wide a drawing is: on a phone its letters are to be as large as the text around them. */
export const width = () => (matchMedia("(min-width: 48rem)").matches ? 720 : 360);

/**
 * A text cut to about so many full-width letters.
 *
 * @param {string} text
 * @param {number} most
 */
export const short = (text, most) => (text.length > most ? `${text.slice(0, Math.max(1, most - 1))}…` : text);
