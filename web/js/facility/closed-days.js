/** What closed days make of one day, and what pressing it in a month's sheet means (RULES 40). */

import { covers } from "../desk/year-days.js";

/**
 * A day: shut or open, and what says so. An exception stands above all that it is an exception to.
 *
 * @param {Answer[]} closures
 * @param {string} date
 */
export function dayOf(closures, date) {
  const about = closures.filter((closure) => covers(closure, date));
  const [shut, open] = ["closed", "open"].map((kind) => about.filter((closure) => closure.kind === kind));
  return { isShut: shut.length > 0 && !open.length, shut, open };
}

/**
 * What is to be recorded and what taken back so that a day becomes the other of shut and open. Nothing of both: a longer
 * exception stands above it, and that one is to be taken back as a whole.
 *
 * @param {Answer[]} closures
 * @param {string} date
 * @returns {{ add: "closed" | "open" | null, remove: string[] }}
 */
export function pressed(closures, date) {
  const { isShut, shut, open } = dayOf(closures, date);
  const own = (isShut ? shut : open).filter(({ from, until }) => from === until);
  const remove = own.map(({ id }) => id);
  if (isShut) return { add: shut.length > own.length ? "open" : null, remove };
  return open.length > own.length ? { add: null, remove: [] } : { add: shut.length ? null : "closed", remove };
}
