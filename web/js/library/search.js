/** 資料をさがす: what a patron can do with what is found. */

import { el, element } from "../dom.js";
import { api } from "../session.js";
import { searchViewWith, titleViewWith } from "../titles.js";

export const searchView = { ...searchViewWith(actionsFor), aside: true };
export const titleView = titleViewWith(actionsFor);

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
