/** The pull list on paper, thirty books a page, for who goes to the shelves with it (RULES 15, 23). */

import { dayInWords } from "../dates.js";
import { el } from "../dom.js";
import { PREFECTURAL } from "../places.js";
import { place, printing, pulls } from "./pulls.js";
import { table } from "./tables.js";

const BOOKS_A_PAGE = 30;

export const pullSheetView = {
  id: "pull-sheet",
  title: "取り出しリスト(印刷)",
  hidden: true,
  under: "pulls",
  load,
};

async function load() {
  const books = await pulls();
  if (!books.length) return [printing("#pulls"), el("p", {}, "取り出す本は、ありません。")];
  const pages = Array.from({ length: Math.ceil(books.length / BOOKS_A_PAGE) }, (_, n) =>
    books.slice(n * BOOKS_A_PAGE, (n + 1) * BOOKS_A_PAGE),
  );
  return [
    printing("#pulls"),
    el(
      "div",
      { class: "sheet" },
      pages.map((page, n) => sheet(page, books, `${n + 1}/${pages.length}ページ`)),
    ),
  ];
}

/**
 * @param {Answer[]} page
 * @param {Answer[]} books
 * @param {string} number
 */
const sheet = (page, books, number) =>
  el(
    "section",
    { class: "pull-page", "aria-label": number },
    el(
      "p",
      { class: "pull-head" },
      el("strong", {}, `取り出しリスト ${dayInWords(books[0].run)} ${books.length}冊`),
      el("span", {}, number),
    ),
    table(`取り出す本 ${number}`, ["済", "請求記号", "題名、著者", "置き場所", "資料番号", "行き先"], page.map(line)),
  );

/** @param {Answer} book */
const line = (book) =>
  el(
    "tr",
    {},
    el("td", {}, "□"),
    el("th", { scope: "row", class: "number" }, book.call_number),
    el(
      "td",
      { class: "wide" },
      el("div", { class: "two-lines" }, [book.title, book.author].filter(Boolean).join(" / ")),
    ),
    el("td", {}, place(book)),
    el("td", { class: "number" }, book.barcode),
    el("td", {}, book.pickup_place === PREFECTURAL ? "カウンター" : `No.${book.pickup_place}`),
  );
