/** お知らせ as pages show them: of the library and the service first, then of single facilities. */

import { el } from "./dom.js";

/**
 * All of them, in two parts under headings.
 *
 * @param {Answer[]} items
 */
export function noticeList(items) {
  if (!items.length) return [el("p", {}, "現在、お知らせはありません。")];
  const everywhere = items.filter(({ facility }) => !facility);
  const somewhere = items.filter(({ facility }) => facility);
  return [
    el("h2", {}, "{{owner_word}}とサービス全体"),
    everywhere.length ? messages(everywhere) : el("p", {}, "現在、お知らせはありません。"),
    el("h2", {}, "{{partner_word}}"),
    somewhere.length ? messages(somewhere) : el("p", {}, "現在、お知らせはありません。"),
  ];
}

/**
 * The first ones.
 *
 * @param {Answer[]} items
 * @param {number} count
 */
export function firstNotices(items, count) {
  if (!items.length) return [el("p", {}, "現在、お知らせはありません。")];
  const first = [...items.filter(({ facility }) => !facility), ...items.filter(({ facility }) => facility)];
  return [
    messages(first.slice(0, count)),
    items.length > count
      ? el("p", {}, el("a", { href: "notices.html" }, `お知らせをすべて見る(${items.length}件)`))
      : null,
  ];
}

/** @param {Answer[]} items */
const messages = (items) =>
  el(
    "ul",
    { class: "notices" },
    items.map(({ message }) => el("li", {}, message)),
  );
