/** Titles as anyone may see them: the search, whose words stand in the address so that Back leads to them, and each one. */

import { get, nextPage } from "./api.js";
import { dayInWords } from "./dates.js";
import { el } from "./dom.js";
import { input, tellFaults, typedIn } from "./inputs.js";
import { book, books, factList } from "./library/parts.js";
import { facilities, placeOptions, PREFECTURAL } from "./places.js";

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
  load: async (app, words = "") => [searchForm(app, words), ...(words ? await results(words, app, actions) : [])],
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
      el("h2", { class: "book-title" }, title.title),
      factList([["著者", title.author], ["ISBN", title.isbn], ...factsOf(title)]),
      title.holdable ? placeForm(title, place, places, app) : null,
      offered(title, app, actions),
    ];
  },
});

/**
 * @param {App} app
 * @param {string} words
 */
function searchForm(app, words) {
  const form = app.form(
    () => startSearch(form, app),
    input("q", "さがす言葉", {
      type: "search",
      hint: "題名、書いた人の名前、ISBNの一部でさがせます。",
      value: words,
      enterkeyhint: "search",
    }),
    el("div", { class: "actions" }, el("button", { class: "button" }, "さがす")),
  );
  form.setAttribute("role", "search");
  return form;
}

/**
 * @param {HTMLFormElement} form
 * @param {App} app
 */
function startSearch(form, app) {
  const wanted = typedIn(form).q.trim();
  if (tellFaults(form, wanted ? [] : [{ field: "q", message: "さがす言葉を入力してください。" }])) return undefined;
  return app.goTo(`#search/${encodeURIComponent(wanted)}`);
}

/**
 * @param {string} words
 * @param {App} app
 * @param {Actions} actions
 */
async function results(words, app, actions) {
  const path = `/titles?q=${encodeURIComponent(words)}`;
  const { items, cursor } = await get(path);
  if (!items.length) return [el("p", { role: "status" }, `「${words}」に当たる資料は、ありません。`)];
  const found = books(items.map((/** @type {Answer} */ item) => entry(item, app, actions)));
  return [
    el("p", { role: "status" }, cursor ? `はじめの${items.length}点です。` : `${items.length}点あります。`),
    found,
    cursor ? more(path, cursor, found, (item) => entry(item, app, actions), app) : null,
  ];
}

/**
 * @param {string} path
 * @param {string} cursor
 * @param {HTMLElement} found
 * @param {(item: Answer) => HTMLElement} show
 * @param {App} app
 */
function more(path, cursor, found, show, app) {
  const frame = el("div", { class: "actions" });
  let next = cursor;
  const button = app.button(
    "続きを見る",
    "読み込んでいます…",
    async () => {
      const page = await get(nextPage(path, next));
      const added = page.items.map(show);
      found.append(...added);
      next = page.cursor;
      if (!next) frame.remove();
      added[0]?.querySelector("a, button")?.focus();
    },
    { class: "button plain" },
  );
  frame.append(button);
  return frame;
}

/**
 * @param {Answer} item
 * @param {App} app
 * @param {Actions} actions
 */
function entry(item, app, actions) {
  const name = el("a", { href: `#title/${encodeURIComponent(item.title_id)}` }, item.title);
  return book({ ...item, title: name }, factsOf(item), offered(item, app, actions));
}

/**
 * @param {Answer} item
 * @returns {Fact[]}
 */
const factsOf = (item) => [
  ["所蔵", `${item.copies}冊(うち棚にある本 ${item.copies_available}冊)`],
  ["予約", item.holds_waiting ? `${item.holds_waiting}人が待っています` : "なし"],
  ["受取の見込み", item.holdable && item.earliest_pickup ? `早くて ${dayInWords(item.earliest_pickup)}` : ""],
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
