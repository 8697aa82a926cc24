/** 紙の一覧: a week's bags with boxes to tick, for who has no device at the counter (RULES 24, 28-30). */

import { dayInWords } from "../dates.js";
import { table } from "../desk/tables.js";
import { el } from "../dom.js";
import { BAG_LISTS, loadBags, onList } from "./bag-lists.js";
import { ownFacility } from "./own-facility.js";

export const sheetView = { id: "sheet", title: "1週間の一覧(印刷)", hidden: true, under: "to_hand_over", load };

// What fits on a page of A4 with its heading.
const LINES = 24;
const COLUMNS = ["利用者番号", "冊数", "届く", "お渡し", "お渡しした日", "返送"];

async function load() {
  const [facility] = await Promise.all([ownFacility(), loadBags()]);
  const bags = BAG_LISTS.flatMap(({ id }) => onList(id));
  const weeks = [...new Set(bags.map(week))].sort();
  if (!weeks.length) return [el("p", {}, "印刷する袋は、ありません。")];
  return [
    el("p", {}, "日ごとに印を付けて使えます。あとでこの画面に記録しても、しなくてもかまいません。"),
    el(
      "div",
      { class: "actions" },
      el("button", { type: "button", class: "button", onclick: () => print() }, "印刷する"),
    ),
    el(
      "div",
      { class: "sheet" },
      weeks.flatMap((one) =>
        pages(
          facility,
          bags.filter((bag) => week(bag) === one),
        ),
      ),
    ),
  ];
}

/** @param {Answer} bag */
const week = ({ pickup_from: from, pickup_until: until }) => `${from} ${until}`;

/**
 * @param {Answer} facility
 * @param {Answer[]} bags
 */
function pages(facility, bags) {
  const ordered = [...bags].sort((one, other) => one.card_number.localeCompare(other.card_number));
  const count = Math.ceil(ordered.length / LINES);
  return Array.from({ length: count }, (_, n) =>
    page(facility, ordered, ordered.slice(n * LINES, (n + 1) * LINES), `${n + 1}/${count}`),
  );
}

/**
 * @param {Answer} facility
 * @param {Answer[]} all
 * @param {Answer[]} bags
 * @param {string} number
 */
function page({ number: no, name }, all, bags, number) {
  const [{ pickup_from: from, pickup_until: until }] = all;
  const books = all.reduce((sum, bag) => sum + bag.books, 0);
  const days = `受取 ${dayInWords(from)}～${dayInWords(until)}`;
  return el(
    "section",
    { class: "crate stack", "aria-label": `${days} ${number}ページ` },
    el("h2", {}, `No.${no} ${name}`),
    el("p", { class: "slip-days" }, days),
    el("p", {}, `袋${all.length}個 本${books}冊 ${number}ページ`),
    table(`${days}の袋 ${number}ページ`, COLUMNS, bags.map(row)),
  );
}

/** @param {Answer} bag */
const row = ({ card_number: card, former_card_number: former, books, arrival, list, handed_over_at: at }) =>
  el(
    "tr",
    {},
    el("th", { scope: "row", class: "number" }, card, former ? ` (旧 ${former})` : null),
    el("td", {}, `${books}冊`),
    el("td", {}, box(arrival === "arrived", arrival === "missing" ? "届いていない" : "")),
    el("td", {}, box(list === "done")),
    el("td", {}, dayInWords(at)),
    el("td", {}, box(false)),
  );

/**
 * A box to tick; `instead` is what is known otherwise.
 *
 * @param {boolean} ticked
 * @param {string} [instead]
 */
const box = (ticked, instead = "") => instead || el("span", { class: "tick" }, ticked ? "☑" : "□");
