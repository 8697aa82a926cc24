/** Days of a year as `YYYY-MM-DD`, and what the calendar's entries make of each (RULES 21, 22, 40). */

import { dayInWords } from "../dates.js";

const DAY_MS = 86_400_000;

/** @param {string} day */
const timeOf = (day) => Date.parse(`${day}T00:00:00Z`);

/**
 * The day some days after another.
 *
 * @param {string} day
 * @param {number} count
 */
export const daysAfter = (day, count) => new Date(timeOf(day) + count * DAY_MS).toISOString().slice(0, 10);

/**
 * Sunday is 0.
 *
 * @param {string} day
 */
export const weekdayOf = (day) => new Date(timeOf(day)).getUTCDay();

/**
 * The days of a month, which is 1 to 12.
 *
 * @param {number} year
 * @param {number} month
 */
export function daysOfMonth(year, month) {
  const first = `${year}-${String(month).padStart(2, "0")}-01`;
  const count = new Date(Date.UTC(year, month, 0)).getUTCDate();
  return Array.from({ length: count }, (_, n) => daysAfter(first, n));
}

/**
 * Whether an entry of closed days, or a suspension, is about a day. The API counts weekdays from Monday.
 *
 * @param {Answer} entry
 * @param {string} day
 */
export function covers({ from, until, weekdays = [] }, day) {
  return from <= day && day <= until && (!weekdays.length || weekdays.includes((weekdayOf(day) + 6) % 7));
}

/**
 * Whether doors are shut on a day; an exception outweighs what it is one to.
 *
 * @param {Answer[]} closures  of one place
 * @param {string} day
 */
export function closedOn(closures, day) {
  const kinds = closures.filter((each) => covers(each, day)).map(({ kind }) => kind);
  return kinds.length > 0 && !kinds.includes("open");
}

/**
 * The entries of a place: the prefectural library's with the service's suspensions, or a facility's.
 *
 * @param {Answer[]} entries
 * @param {string} facility
 */
export const ofPlace = (entries, facility) => entries.filter((each) => (each.facility ?? "") === facility);

/**
 * 「6月8日(月)」 or 「6月8日(月)～6月12日(金)」
 *
 * @param {string} from
 * @param {string} until
 */
export const daysInWords = (from, until) =>
  from === until ? dayInWords(from) : `${dayInWords(from)}～${dayInWords(until)}`;
