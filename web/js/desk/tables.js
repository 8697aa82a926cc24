/** Lists of the desk as tables; on a narrow screen each line is a card that names what it tells. */

import { el } from "../dom.js";

/**
 * A table with a caption for readers; `rows` are its lines. What looks like a card is still read as a table.
 *
 * @param {string} caption
 * @param {string[]} columns
 * @param {Child[]} rows
 */
export function table(caption, columns, rows) {
  for (const row of rows) if (row instanceof HTMLElement) named(row, columns);
  return el(
    "div",
    { class: "table-frame", role: "region", "aria-label": caption, tabindex: 0 },
    el(
      "table",
      { role: "table" },
      el("caption", { class: "unseen" }, caption),
      el(
        "thead",
        { role: "rowgroup" },
        el(
          "tr",
          { role: "row" },
          columns.map((name) =>
            name ? el("th", { scope: "col", role: "columnheader" }, name) : el("td", { role: "cell" }),
          ),
        ),
      ),
      el("tbody", { role: "rowgroup" }, rows),
    ),
  );
}

/**
 * Tell each cell of a line what column it stands in, for where the columns are not seen.
 *
 * @param {HTMLElement} row
 * @param {string[]} columns
 */
function named(row, columns) {
  row.setAttribute("role", "row");
  [...row.children].forEach((cell, place) => {
    cell.setAttribute("role", cell.tagName === "TH" ? "rowheader" : "cell");
    if (columns[place]) cell.setAttribute("data-column", columns[place]);
  });
}

/**
 * A line of a table of which the first cell is its heading.
 *
 * @param {Child} heading
 * @param {...Child} cells
 */
export const row = (heading, ...cells) =>
  el(
    "tr",
    {},
    el("th", { scope: "row" }, heading),
    cells.map((cell) => el("td", {}, cell)),
  );
