/** Titles as anyone may see them: the search, whose words stand in the address so that Back leads to them, and each one. */

import { get } from "./api.js";
import { el } from "./dom.js";
import { expectedInWords } from "./expected.js";
import { foundTitles } from "./found-titles.js";
import { choice, input, tellFaults, typedIn } from "./inputs.js";
import { book, factList } from "./library/parts.js";
import { facilities, placeOptions, PREFECTURAL } from "./places.js";

/** @type {[value: string, text: string][]} */
const KINDS = [
  ["book", "図書"],
  ["children", "児童書"],
  ["picture_book", "絵本"],
  ["comic", "まんが"],
  ["large_print", "大活字本"],
  ["braille", "点字"],
  ["magazine", "雑誌"],
  ["newspaper", "新聞"],
  ["map", "地図"],
  ["score", "楽譜"],
  ["cd", "CD・録音"],
  ["dvd", "DVD・映像"],
  ["digital", "電子資料"],
  ["other", "そのほか"],
];

/** @type {[value: string, text: string][]} */
const ORDERS = [
  ["relevance", "さがす言葉に近い順"],
  ["year", "出版年の新しい順"],
  ["title", "題名の五十音順"],
];

/**
 * What can be done with a title that can be held.
 *
 * @callback Actions
 * @param {Answer} title
 * @param {App} app
 * @returns {Child}
 */

/**
 * The view that searches.
 *
 * @param {Actions} actions
 * @returns {View}
 */
export const searchViewWith = (actions) => ({
  id: "search",
  label: "資料をさがす",
  load: async (app, words = "", narrowed = "") => [
    searchForm(app, words, new URLSearchParams(narrowed)),
    ...(words ? await results(words, narrowed, app, actions) : []),
  ],
});

/**
 * The view of one title, with the days for a place.
 *
 * @param {Actions} actions
 * @returns {View}
 */
export const titleViewWith = (actions) => ({
  id: "title",
  title: "資料",
  hidden: true,
  under: "search",
  load: async (app, id, place = "") => {
    const path = `/titles/${encodeURIComponent(id)}`;
    const [title, places] = await Promise.all([
      get(place ? `${path}?pickup_place=${encodeURIComponent(place)}` : path),
      facilities(),
    ]);
    return [
      el("h2", { class: "book-title" }, nameOf(title)),
      title.title_kana ? el("p", { class: "hint" }, title.title_kana) : null,
      factList([["著者", title.author], ...printedIn(title), ["ISBN", title.isbn], ...factsOf(title)]),
      title.expected_pickup ? el("p", { class: "hint" }, title.expected_pickup.assumption) : null,
      title.holdable ? placeForm(title, place, places, app) : null,
      offered(title, app, actions),
    ];
  },
});

/**
 * @param {App} app
 * @param {string} words
 * @param {URLSearchParams} narrowed
 */
function searchForm(app, words, narrowed) {
  const form = app.form(
    () => startSearch(form, app),
    input("q", "さがす言葉", {
      type: "search",
      hint: "題名、書いた人の名前、出版社、ISBNなどの一部でさがせます。漢字でも、よみがなでもかまいません。",
      value: words,
      enterkeyhint: "search",
    }),
    el(
      "details",
      { open: [...narrowed].length > 0 },
      el("summary", {}, "しぼりこみと並べかえ"),
      el(
        "div",
        { class: "stack" },
        input("kind", "資料の種類", {
          tag: "select",
          children: options([["", "すべて"], ...KINDS], narrowed.get("kind") ?? ""),
        }),
        choice("checkbox", "available", "true", "棚にある本だけ", narrowed.has("available")),
        input("sort", "並べかえ", { tag: "select", children: options(ORDERS, narrowed.get("sort") ?? "") }),
      ),
    ),
    el("div", { class: "actions" }, el("button", { class: "button" }, "さがす")),
  );
  form.setAttribute("role", "search");
  return form;
}

/**
 * @param {[value: string, text: string][]} all
 * @param {string} chosen
 */
const options = (all, chosen) => all.map(([value, text]) => el("option", { value, selected: value === chosen }, text));

/**
 * @param {HTMLFormElement} form
 * @param {App} app
 */
function startSearch(form, app) {
  const { q, kind, available, sort } = typedIn(form);
  const wanted = q.trim();
  if (tellFaults(form, wanted ? [] : [{ field: "q", message: "さがす言葉を入力してください。" }])) return undefined;
  const told = Object.entries({ kind, available, sort: sort === "relevance" ? "" : sort }).filter(([, value]) => value);
  const narrowed = String(new URLSearchParams(told));
  return app.goTo(`#search/${encodeURIComponent(wanted)}${narrowed ? `/${encodeURIComponent(narrowed)}` : ""}`);
}

/**
 * @param {string} words
 * @param {string} narrowed
 * @param {App} app
 * @param {Actions} actions
 */
async function results(words, narrowed, app, actions) {
  const path = `/titles?q=${encodeURIComponent(words)}${narrowed && `&${narrowed}`}`;
  const { total, elements } = await foundTitles(path, (item) => entry(item, app, actions), app);
  return [el("p", { role: "status" }, foundInWords(words, total, narrowed)), ...elements];
}

/**
 * @param {string} words
 * @param {number | null} total
 * @param {string} narrowed
 */
function foundInWords(words, total, narrowed) {
  if (total === 0)
    return `「${words}」に当たる資料は、ありません。${narrowed ? "しぼりこみを外すと、見つかるかもしれません。" : ""}`;
  return total === null
    ? "たくさん見つかりました。言葉を足すと、しぼりこめます。"
    : `${total.toLocaleString("ja-JP")}点あります。`;
}

/**
 * A title with its volume.
 *
 * @param {Answer} title
 */
const nameOf = ({ title, volume }) => (volume ? `${title} ${volume}` : title);

/**
 * What it is and who brought it out, when.
 *
 * @param {Answer} title
 * @returns {Fact[]}
 */
const printedIn = ({ kind, publisher, year }) => [
  ["種類", kind === "book" ? "" : KINDS.find(([value]) => value === kind)?.[1]],
  ["出版", [publisher, year && `${year}年`].filter(Boolean).join(" ")],
];

/**
 * @param {Answer} item
 * @param {App} app
 * @param {Actions} actions
 */
function entry(item, app, actions) {
  const id = encodeURIComponent(item.title_id);
  const name = el("a", { href: `#title/${id}`, id: `title-${item.title_id}` }, nameOf(item));
  return book({ ...item, title: name }, [...printedIn(item), ...factsOf(item)], offered(item, app, actions));
}

/**
 * @param {Answer} item
 * @returns {Fact[]}
 */
const factsOf = (item) => [
  ["所蔵", `${item.copies}冊(うち棚にある本 ${item.copies_available}冊)`],
  ["予約", item.holds_waiting ? `${item.holds_waiting}人が待っています` : "なし"],
  ["受取の見込み", item.holdable ? expectedInWords(item) : ""],
];

/**
 * @param {Answer} item
 * @param {App} app
 * @param {Actions} actions
 */
const offered = (item, app, actions) =>
  item.holdable ? actions(item, app) : el("p", {}, "館内でご覧いただく本(禁帯出)のため、予約できません。");

/**
 * The choice of a place whose days are told.
 *
 * @param {Answer} title
 * @param {string} place
 * @param {Facility[]} places
 * @param {App} app
 */
function placeForm({ title_id: id }, place, places, app) {
  const form = app.form(
    () => app.goTo(`#title/${encodeURIComponent(id)}/${typedIn(form).pickup_place || PREFECTURAL}`),
    input("pickup_place", "受取館", {
      tag: "select",
      children: placeOptions(places, place),
      hint: "館を選ぶと、その館で受け取るときの見込みが出ます。",
    }),
    el("div", { class: "actions" }, el("button", { class: "button plain" }, "見込みを見る")),
  );
  return form;
}
