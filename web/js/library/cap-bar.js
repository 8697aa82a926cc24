/** What fills the number of books a patron may have: a bar to look at, with its numbers as text (RULES 19). */

import { el } from "../dom.js";
import { svg } from "../svg.js";

const STATES = ["on_loan", "to_collect", "in_transit", "window_over", "declared_returned", "returning"];
const CELL = 20;
const GAP = 3;

/**
 * The bar, what its marks mean, and how many books are left.
 *
 * @param {number} cap
 * @param {Answer[]} loans
 */
export function capBar(cap, loans) {
  const counted = STATES.map((state) => ({ state, of: loans.filter((loan) => loan.state === state) }));
  const filled = counted.flatMap(({ state, of }) => of.map(() => state));
  const left = cap - filled.length;
  return el(
    "div",
    { class: "cap stack" },
    el(
      "p",
      {},
      el("strong", {}, `${cap}冊のうち${filled.length}冊`),
      left > 0
        ? `を借りています。あと${left}冊借りられます。`
        : "を借りています。返した本が{{owner_word}}に届くまで、つぎの本は貸し出されません。",
    ),
    drawing([...filled, ...Array(Math.max(left, 0)).fill("free")]),
    el(
      "ul",
      { class: "legend" },
      counted
        .filter(({ of }) => of.length)
        .map(({ state, of }) => el("li", {}, drawing([state]), `${of[0].state_label} ${of.length}冊`)),
    ),
  );
}

/**
 * A row of cells, each of its state; what it shows is said beside it.
 *
 * @param {string[]} cells
 */
function drawing(cells) {
  const width = cells.length * (CELL + GAP) - GAP;
  return svg(
    "svg",
    { viewBox: `0 0 ${width} ${CELL}`, "aria-hidden": "true", class: cells.length > 1 ? "cells" : "cell" },
    cells.map((state, place) => cell(state, place * (CELL + GAP))),
  );
}

// How much of a cell is full: all of it for a book in its patron's hands.
/** @type {Record<string, number>} */
const FULL = { on_loan: 1, to_collect: 0.6, in_transit: 0.25 };

/**
 * A book's cell: the fuller, the nearer it is to its patron; struck through once it is, or may be, on its way back.
 *
 * @param {string} state
 * @param {number} x
 */
function cell(state, x) {
  const full = (CELL - 2) * (FULL[state] ?? 0);
  const strokes = ["returning", "declared_returned", "window_over"].includes(state)
    ? `M${x + 2} ${CELL - 2}L${x + CELL - 2} 2`
    : "";
  return [
    svg("rect", { x: x + 1, y: 1, width: CELL - 2, height: CELL - 2, class: state === "free" ? "free" : "taken" }),
    full ? svg("rect", { x: x + 1, y: CELL - 1 - full, width: CELL - 2, height: full, class: "full" }) : null,
    strokes ? svg("path", { d: strokes, class: "taken" }) : null,
  ];
}
