/** How a book looks in the views of My Library. */

import { el } from "../dom.js";

/**
 * A book: its title, who wrote it, lines of `[term, text]`, and what can be done. Lines without a text are left out.
 *
 * @param {Answer} title
 * @param {Fact[]} facts
 * @param {...Child} below
 */
export function book({ title, author }, facts, ...below) {
  return el(
    "li",
    { class: "book stack" },
    el("div", {}, el("h2", { class: "book-title" }, title), author ? el("p", { class: "hint" }, author) : null),
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
