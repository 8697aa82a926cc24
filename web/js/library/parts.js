/** How a book looks in the views of My Library. */

import { el } from "../dom.js";

/**
 * A book: its title with its reading, who wrote it, lines of `[term, text]`, and what can be done. Lines without a text are left out.
 *
 * @param {Answer} title
 * @param {Fact[]} facts
 * @param {...Child} below
 */
export function book({ title, title_kana: reading, author }, facts, ...below) {
  return el(
    "li",
    { class: "book stack" },
    el(
      "div",
      {},
      el("h2", { class: "book-title" }, title),
      reading ? el("p", { class: "hint" }, reading) : null,
      author ? el("p", { class: "hint" }, author) : null,
    ),
    factList(facts),
    ...below,
  );
}

/**
 * Terms and what they are.
 *
 * @param {Fact[]} facts
 */
export function factList(facts) {
  const known = facts.filter((fact) => fact?.[1]);
  if (!known.length) return null;
  return el(
    "dl",
    { class: "facts" },
    known.map(([term, text]) => el("div", {}, el("dt", {}, term), el("dd", {}, text))),
  );
}

/** @param {Answer[]} items */
export const books = (items) => el("ul", { class: "books" }, items);

/**
 * @param {string} text
 * @param {...Child} links
 */
export const nothing = (text, ...links) => [
  el("p", {}, text),
  links.length ? el("div", { class: "actions" }, links) : null,
];

/**
 * A line that says the least, and all of it once it is opened.
 *
 * @param {Child} title
 * @param {Child} line
 * @param {Child} folded
 * @param {Child} [tick] what stands before it
 */
export const row = (title, line, folded, tick = null) =>
  el(
    "li",
    { class: "row" },
    tick,
    el(
      "details",
      {},
      el("summary", {}, el("span", { class: "row-title" }, title), el("span", { class: "row-line" }, line)),
      el("div", { class: "stack" }, folded),
    ),
  );

/** @param {Child} items */
export const rows = (items) => el("ul", { class: "rows" }, items);

/**
 * Items by what they share, in their order.
 *
 * @param {Answer[]} items
 * @param {(item: Answer) => string} key
 * @returns {Answer[][]}
 */
export function grouped(items, key) {
  const groups = new Map();
  for (const item of items) groups.set(key(item), [...(groups.get(key(item)) ?? []), item]);
  return [...groups.values()];
}
