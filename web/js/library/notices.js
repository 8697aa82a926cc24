/** What is closed or paused where a patron collects, told before it matters (RULES 40). */

import { el } from "../dom.js";

// The nearest are enough: the calendar has them all.
const MOST = 3;

/**
 * The nearest お知らせ for everybody, or about some places.
 *
 * @param {Answer[]} notices
 * @param {Child[]} places
 */
export function noticesAt(notices, places) {
  const numbers = places.filter(Boolean).map(String);
  const ours = notices.filter(({ scope, facility }) => scope === "service" || numbers.includes(facility ?? scope));
  if (!ours.length) return null;
  return el(
    "div",
    { class: "note warning" },
    el("h2", {}, "お知らせ"),
    el(
      "ul",
      {},
      ours.slice(0, MOST).map(({ message }) => el("li", {}, message)),
    ),
  );
}
