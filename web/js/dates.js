/** Days as people say them. The API's texts carry Tokyo's time, so a day is read off, never reckoned. */

import { travelledTo } from "./moment.js";

const WEEKDAYS = "日月火水木金土";

/**
 * 「6月7日(日)」 of `2026-06-07` or of a moment that begins so; "" of nothing.
 *
 * @param {string | null | undefined} text
 */
export function dayInWords(text) {
  if (!text) return "";
  const [year, month, day] = text.slice(0, 10).split("-").map(Number);
  return `${month}月${day}日(${WEEKDAYS[new Date(Date.UTC(year, month - 1, day)).getUTCDay()]})`;
}

/**
 * 「6/7(日)」, where it is to be short
 *
 * @param {string | null | undefined} text
 */
export function shortDay(text) {
  return dayInWords(text).replace("月", "/").replace("日(", "(");
}

/**
 * 「2026年6月7日」
 *
 * @param {string | null | undefined} text
 */
export function dateInWords(text) {
  if (!text) return "";
  const [year, month, day] = text.slice(0, 10).split("-").map(Number);
  return `${year}年${month}月${day}日`;
}

/**
 * 「6月7日(日) 9:05」
 *
 * @param {string | null | undefined} text
 */
export function momentInWords(text) {
  if (!text) return "";
  const [hour, minute] = text.slice(11, 16).split(":");
  return `${dayInWords(text)} ${Number(hour)}:${minute}`;
}

/** The moment as the API's texts have it, by the device's clock or as travelled to: `2026-06-07T09:05:00`. */
export const nowInTokyo = () =>
  travelledTo().slice(0, 19) || new Date().toLocaleString("sv-SE", { timeZone: "Asia/Tokyo" }).replace(" ", "T");

/**
 * The day so many days after one, both as `2026-06-07`.
 *
 * @param {string} day
 * @param {number} count
 */
export function dayAfter(day, count) {
  const [year, month, date] = day.slice(0, 10).split("-").map(Number);
  return new Date(Date.UTC(year, month - 1, date + count)).toISOString().slice(0, 10);
}

/**
 * The Sunday on which the week of a day begins, as a sheet shows it.
 *
 * @param {string} day
 */
export const sundayOf = (day) => dayAfter(day, -new Date(`${day.slice(0, 10)}T00:00Z`).getUTCDay());

/** Today in Tokyo, as `2026-06-07`. */
export const today = () => nowInTokyo().slice(0, 10);
