/** 本: a book by its bar code, a title by its words, and the lists of books that staff go through (RULES 9, 16, 20, 23, 34, 43). */

import { get, nextPage, Problem } from "../api.js";
import { dateInWords, dayInWords } from "../dates.js";
import { el } from "../dom.js";
import { input, tellFaults, typedIn } from "../inputs.js";
import { placeNames } from "../places.js";
import { api } from "../session.js";
import { linkToPatron } from "./people.js";
import { scanned } from "./scanner.js";
import { row, table } from "./tables.js";

/** @type {Record<string, { label: string, lead: string }>} */
export const LISTS = {
  missing: {
    label: "見つからなかった本",
    lead: "取り出しで見つからなかった本です。見つかったら、本のページで記録します。",
  },
  kept_aside: { label: "取置きの棚の本", lead: "冊数の上限のため、次回以降に貸し出す本です。" },
  ready: { label: "カウンターで受取を待つ本", lead: "受取期限の早い順です。" },
  to_clear: { label: "取置棚から戻す本", lead: "受け取られなかったか、予約が取り消された本です。" },
  without_copy: { label: "貸せる本のない資料", lead: "予約があるのに、館外に出せる本が1冊もありません。" },
  lost: { label: "紛失の本", lead: "弁償が済んだら、本のページで記録します。" },
  damaged: { label: "破損の本", lead: "直ったら、本のページで「見つかった・直った」と記録します。" },
  differences: {
    label: "館内のシステムと食い違う本",
    lead: "ここでは使っているのに、館内のシステムでは貸出中の本です。確かめて、違っている方を直します。",
  },
  overdue: { label: "返却期限を過ぎた本", lead: "返却期限を過ぎ、便でも届いていない本です。" },
};

/** @type {View} */
export const booksView = { id: "books", label: "本", aside: true, load };
/** @type {View} */
export const listView = { id: "list", title: "本の一覧", hidden: true, under: "books", load: loadList };

/** @param {string} id */
export const linkToBook = (id) => `#book/${encodeURIComponent(id)}`;
/** @param {string} barcode */
export const linkToCopy = (barcode) =>
  el("a", { class: "number", href: `#copy/${encodeURIComponent(barcode)}` }, barcode);

/**
 * @param {App} app
 * @param {string} words
 */
async function load(app, words = "") {
  return [
    app.form(
      (form) => find(form, app),
      input("q", "資料番号、題名、著者、ISBN", {
        value: words,
        autocomplete: "off",
        spellcheck: "false",
        enterkeyhint: "search",
        hint: "バーコードを読み取ると、その本のページを開きます。",
      }),
      el("div", { class: "actions" }, el("button", { class: "button" }, "探す")),
    ),
    words ? await results(words) : null,
    el("h2", {}, "本の一覧"),
    el(
      "ul",
      { class: "links doors" },
      Object.entries(LISTS).map(([name, { label }]) => el("li", {}, el("a", { href: `#list/${name}` }, label))),
    ),
    el("div", { class: "actions" }, el("a", { class: "button plain", href: "#describe" }, "新しい資料を登録する")),
  ];
}

/**
 * @param {HTMLFormElement} form
 * @param {App} app
 */
async function find(form, app) {
  const wanted = scanned(typedIn(form).q);
  if (tellFaults(form, wanted ? [] : [{ field: "q", message: "資料番号か、題名などの言葉を入力してください。" }]))
    return;
  const copy = /^[0-9A-Za-z-]+$/.test(wanted) && (await isCopy(wanted));
  await app.goTo(`#${copy ? "copy" : "books"}/${encodeURIComponent(wanted)}`);
}

/** @param {string} code */
async function isCopy(code) {
  try {
    await api.get(`/desk/copies/${encodeURIComponent(code)}`);
    return true;
  } catch (error) {
    if (error instanceof Problem && error.status === 404) return false;
    throw error;
  }
}

/** @param {string} words */
async function results(words) {
  const { items, cursor } = await get(`/titles?q=${encodeURIComponent(words)}&limit=50`);
  if (!items.length) return el("p", { role: "status" }, `「${words}」に当たる資料は、ありません。`);
  return [
    el(
      "p",
      { role: "status" },
      cursor ? `はじめの${items.length}点です。言葉を足すと、少なくなります。` : `${items.length}点あります。`,
    ),
    table(
      "見つかった資料",
      ["題名", "著者", "所蔵", "予約"],
      items.map((/** @type {Answer} */ item) =>
        row(
          el("a", { href: linkToBook(item.title_id) }, item.title),
          item.author,
          `${item.copies}冊(棚に${item.copies_available}冊)`,
          `${item.holds_waiting}人`,
        ),
      ),
    ),
  ];
}

/**
 * @param {App} app
 * @param {string} name
 */
async function loadList(app, name = "missing") {
  const { label, lead } = LISTS[name] ?? LISTS.missing;
  const path = `/desk/lists/${name in LISTS ? name : "missing"}?limit=100`;
  const [page, named] = await Promise.all([api.get(path), placeNames()]);
  const place = el("div", { class: "stack" });
  const heading = el("h2", {}, label);
  drawList(place, label, page.items, named);
  const frame = el("div", { class: "actions" });
  let cursor = page.cursor;
  const more = async () => {
    const next = await api.get(nextPage(path, cursor));
    page.items.push(...next.items);
    cursor = next.cursor;
    if (!cursor) frame.remove();
    drawList(place, label, page.items, named);
  };
  if (cursor) frame.append(app.button("続きを見る", "読み込んでいます…", more, { class: "button plain" }));
  return [
    el("p", {}, el("a", { class: "back", href: "#books" }, "本にもどる")),
    heading,
    el("p", {}, lead),
    place,
    frame,
  ];
}

/**
 * @param {HTMLElement} place
 * @param {string} label
 * @param {Answer[]} lines
 * @param {Named} named
 */
function drawList(place, label, lines, named) {
  if (!lines.length) {
    place.replaceChildren(el("p", { role: "status" }, "ありません。"));
    return;
  }
  place.replaceChildren(
    el("p", { role: "status" }, `${lines.length}件です。`),
    table(
      label,
      ["題名", "資料番号", "請求記号", "いつから", "利用者番号", "受取館", "期限", "待つ人"],
      lines.map((line) => lineOf(line, named)),
    ),
  );
}

/** @param {Answer} line */
function deadlineOf(line) {
  const ours = line.due_on ?? line.pickup_until;
  const theirs = line.elsewhere_until && `館内のシステムでは${dayInWords(line.elsewhere_until)}`;
  return [ours && dayInWords(ours), theirs].filter(Boolean).join("、") || null;
}

/**
 * @param {Answer} line
 * @param {Named} named
 */
const lineOf = (line, named) =>
  row(
    el("a", { href: linkToBook(line.title_id) }, line.title || line.title_id),
    line.barcode ? linkToCopy(line.barcode) : null,
    line.call_number,
    line.since ? dateInWords(line.since) : null,
    line.card_number ? linkToPatron(line.card_number) : null,
    line.pickup_place ? named(line.pickup_place) : null,
    deadlineOf(line),
    line.waiting ? `${line.waiting}人` : null,
  );
