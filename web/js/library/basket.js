/** 予約かご: titles to hold later, ticked and held together. They count for nothing. */

import { list } from "../api.js";
import { el } from "../dom.js";
import { choice, tellFaults, tickedIn, typedIn } from "../inputs.js";
import { placeNames, PREFECTURAL } from "../places.js";
import { api } from "../session.js";
import { me } from "./me.js";
import { books, nothing } from "./parts.js";
import { BY_THURSDAY, placeInput, rememberPlace } from "./place.js";

export const basketView = { id: "basket", label: "予約かご", aside: true, load };

/** @param {App} app */
async function load(app) {
  const items = await list("/me/basket", api.get);
  const find = el("a", { class: "button", href: "#search" }, "資料をさがす");
  if (!items.length) return nothing("予約かごは、空です。", find);
  const holdable = items.some((item) => item.holdable);
  return [
    el("p", {}, "予約かごに入れただけでは、予約になりません。予約する資料を選んで、受取館を決めてください。"),
    app.form(
      (sent) => holdTicked(sent, items, app),
      books(items.map((item) => entry(item, app))),
      ...(holdable
        ? [
            await placeInput(await me()),
            el("div", { class: "actions" }, el("button", { class: "button" }, "選んだ資料を予約する")),
          ]
        : []),
    ),
  ];
}

/**
 * @param {Answer} item
 * @param {App} app
 */
function entry({ title_id: id, title, author, holdable, copies_available: free, holds_waiting: waiting }, app) {
  const take = async () => {
    await api.remove(`/me/basket/${encodeURIComponent(id)}`);
    await app.reload(`「${title}」を予約かごから出しました。`);
  };
  return el(
    "li",
    { class: "book" },
    el(
      "div",
      { class: "ticked" },
      holdable
        ? choice("checkbox", "title_ids", id, title, true)
        : el(
            "div",
            {},
            el("p", { class: "book-title" }, title),
            el("p", {}, "館内でご覧いただく本(禁帯出)のため、予約できません。"),
          ),
      app.button("かごから出す", "出しています…", take, {
        class: "button plain",
        type: "button",
        "aria-label": `「${title}」をかごから出す`,
      }),
    ),
    author ? el("p", { class: "hint" }, author) : null,
    holdable ? el("p", {}, `棚にある本 ${free}冊 / お待ちの方 ${waiting}人`) : null,
  );
}

/**
 * Hold all that is ticked. What could not be held stays in the basket, and is told with its reasons.
 *
 * @param {HTMLFormElement} form
 * @param {Answer[]} items
 * @param {App} app
 */
async function holdTicked(form, items, app) {
  const { pickup_place: place } = typedIn(form);
  const ticked = tickedIn(form, "title_ids");
  const missing = [
    ...(ticked.length ? [] : [{ message: "予約する資料を選んでください。" }]),
    ...(place ? [] : [{ field: "pickup_place", message: "受取館を選んでください。" }]),
  ];
  if (tellFaults(form, missing)) return;
  rememberPlace(place);
  const { items: results } = await api.post("/me/holds/batch", { title_ids: ticked, pickup_place: place });
  const named = await placeNames();
  const titles = new Map(items.map(({ title_id: id, title }) => [id, title]));
  const placed = results.filter((/** @type {Answer} */ result) => result.placed);
  const refused = results.filter((/** @type {Answer} */ result) => !result.placed);
  const news = [
    ...(placed.length ? [`${placed.length}冊を予約しました。受取館は、${named(place)}です。`] : []),
    ...(placed.length && place !== PREFECTURAL ? [BY_THURSDAY] : []),
    ...refused.map((/** @type {Answer} */ result) => whyNot(titles.get(result.title_id), result)),
  ];
  await (refused.length ? app.reload(news) : app.goTo("#holds", news));
}

/**
 * @param {string} title
 * @param {Answer} result
 */
const whyNot = (title, { reasons }) =>
  `「${title}」は予約できませんでした。${reasons.map((/** @type {Fault} */ { message }) => message).join(" ")}`;
