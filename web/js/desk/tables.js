/** Lists of the desk as tables; on a narrow screen they scroll sideways in their own frame. */

import { el } from "../dom.js";

/**
 * A table with a caption for readers; `rows` are its lines.
 *
 * @param {string} caption
 * @param {string[]} columns
 * @param {Child} rows
 */
export function table(caption, columns, rows) {
  return el(
    "div",
    { class: "table-frame", role: "region", "aria-label": caption, tabindex: 0 },
    el(
      "table",
      {},
      el("caption", { class: "unseen" }, caption),
      el(
        "thead",
        {},
        el(
          "tr",
          {},
          columns.map((name) => (name ? el("th", { scope: "col" }, name) : el("td", {}))),
        ),
      ),
      el("tbody", {}, rows),
    ),
  );
}
