/** 資料をさがす: titles by any part of title, author or ISBN. The words stand in the address, so that Back leads to them. */

import { get, nextPage } from "../api.js";
import { dayInWords } from "../dates.js";
import { el, element } from "../dom.js";
import { input, tellFaults, typedIn } from "../inputs.js";
import { api } from "../session.js";
import { book, books } from "./parts.js";

export const searchView = { id: "search", label: "資料をさがす", load };

/**
 * @param {App} app
 * @param {string} words
 */
async function load(app, words = "") {
  const form = app.form(
    () => startSearch(form, words, app),
    input("q", "さがす言葉", {
      type: "search",
      hint: "題名、書いた人の名前、ISBNの一部でさがせます。",
      value: words,
      enterkeyhint: "search",
    }),
    el("div", { class: "actions" }, el("button", { class: "button" }, "さがす")),
  );
  form.setAttribute("role", "search");
  return [form, ...(words ? await results(words, app) : [])];
}

/**
 * @param {HTMLFormElement} form
 * @param {string} words
 * @param {App} app
 */
function startSearch(form, words, app) {
  const wanted = typedIn(form).q.trim();
  if (tellFaults(form, wanted ? [] : [{ field: "q", message: "さがす言葉を入力してください。" }])) return undefined;
  return app.goTo(`#search/${encodeURIComponent(wanted)}`);
}

/**
 * @param {string} words
 * @param {App} app
 */
async function results(words, app) {
  const path = `/titles?q=${encodeURIComponent(words)}`;
  const { items, cursor } = await get(path);
  if (!items.length) return [el("p", { role: "status" }, `「${words}」に当たる資料は、ありません。`)];
  const found = books(items.map((/** @type {Answer} */ item) => entry(item, app)));
  return [
    el("p", { role: "status" }, cursor ? `はじめの${items.length}点です。` : `${items.length}点あります。`),
    found,
    cursor ? more(path, cursor, found, app) : null,
  ];
}

/**
 * @param {string} path
 * @param {string} cursor
 * @param {HTMLElement} found
 * @param {App} app
 */
function more(path, cursor, found, app) {
  const frame = el("div", { class: "actions" });
  let next = cursor;
  const button = app.button(
    "続きを見る",
    "読み込んでいます…",
    async () => {
      const page = await get(nextPage(path, next));
      const added = page.items.map((/** @type {Answer} */ item) => entry(item, app));
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
 */
function entry(item, app) {
  /** @type {Fact[]} */
  const facts = [
    ["所蔵", `${item.copies}冊(今すぐ貸せる本 ${item.copies_available}冊)`],
    ["予約", item.holds_waiting ? `${item.holds_waiting}人が待っています` : "なし"],
    ["受取の見込み", item.holdable && item.earliest_pickup ? `早くて ${dayInWords(item.earliest_pickup)}` : ""],
  ];
  return book(
    item,
    facts,
    item.holdable ? actionsFor(item, app) : el("p", {}, "館内でご覧いただく本(禁帯出)のため、予約できません。"),
  );
}

/**
 * To hold it now, or to remember it.
 *
 * @param {Answer} title
 * @param {App} app
 */
function actionsFor({ title_id: id, title }, app) {
  const frame = el("div", { class: "actions" });
  const remember = async () => {
    await api.put(`/me/basket/${encodeURIComponent(id)}`);
    const told = el("p", { role: "status", tabindex: -1 }, "予約かごに入れました。");
    element(`remember-${id}`).replaceWith(told);
    told.focus();
  };
  frame.append(
    el(
      "a",
      { class: "button", href: `#place/${encodeURIComponent(id)}`, "aria-label": `「${title}」を予約する` },
      "予約する",
    ),
    app.button("予約かごへ", "入れています…", remember, {
      class: "button plain",
      id: `remember-${id}`,
      "aria-label": `「${title}」を予約かごへ`,
    }),
  );
  return frame;
}
