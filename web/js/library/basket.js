/** 予約かご: titles to hold later. They count for nothing. */

import { list } from "../api.js";
import { el } from "../dom.js";
import { api } from "../session.js";
import { book, books, nothing } from "./parts.js";

export const basketView = { id: "basket", label: "予約かご", load };

/** @param {App} app */
async function load(app) {
  const items = await list("/me/basket", api.get);
  const find = el("a", { class: "button", href: "#search" }, "資料をさがす");
  if (!items.length) return nothing("予約かごは、空です。", find);
  return [
    el("p", {}, "予約かごに入れただけでは、予約になりません。"),
    books(items.map((item) => book(item, [], actionsFor(item, app)))),
  ];
}

/**
 * @param {Answer} title
 * @param {App} app
 */
function actionsFor({ title_id: id, title, holdable }, app) {
  const take = async () => {
    await api.remove(`/me/basket/${encodeURIComponent(id)}`);
    await app.reload(`「${title}」を予約かごから出しました。`);
  };
  return el(
    "div",
    { class: "actions" },
    holdable
      ? el(
          "a",
          { class: "button", href: `#place/${encodeURIComponent(id)}`, "aria-label": `「${title}」を予約する` },
          "予約する",
        )
      : el("p", {}, "館内でご覧いただく本(禁帯出)のため、予約できません。"),
    app.button("かごから出す", "出しています…", take, {
      class: "button plain",
      "aria-label": `「${title}」をかごから出す`,
    }),
  );
}
