/** A temporary password on a slip of paper (RULES 6, 44). */

import { confirmDialog } from "../confirm-dialog.js";
import { el } from "../dom.js";
import { api } from "../session.js";

/**
 * A button that asks for one and shows it, once, below `place`.
 *
 * @param {string} path
 * @param {Element} place
 * @param {App} app
 */
export function slipButton(path, place, app) {
  const work = async () => {
    const text = "新しい仮パスワードの票を作ります。今のパスワードは、使えなくなります。表示されるのは1回だけです。";
    if (!(await confirmDialog("仮パスワードの票を作りますか", text, "作る"))) return;
    place.after(slip(await api.post(`${path}/password-slip`, {})));
    app.announce("仮パスワードの票を作りました。この画面を閉じる前に、印刷してください。");
  };
  return app.button("仮パスワードの票を作る", "作っています…", work, { class: "button plain" });
}

/** @param {Answer} slip */
const slip = ({ card_number: card, name, temporary_password: password, valid_days: days }) =>
  el(
    "section",
    { class: "sheet stack", "aria-label": "仮パスワードの票" },
    el("h2", {}, "{{library_name}} {{service_name}}"),
    el("p", {}, `${name} 様`),
    el("p", {}, "利用者番号 ", el("span", { class: "slip-card number" }, card)),
    el("p", {}, "仮パスワード ", el("span", { class: "slip-card password" }, password)),
    el(
      "ol",
      {},
      el("li", {}, "Myライブラリを開きます。", el("br"), `${location.origin}/library.html`),
      el("li", {}, "利用者番号と、この仮パスワードを入力します。"),
      el("li", {}, "新しいパスワードを決めます。"),
    ),
    el("p", {}, `仮パスワードは${days}日間有効です。`),
    el(
      "div",
      { class: "actions" },
      el("button", { type: "button", class: "button", onclick: () => print() }, "印刷する"),
    ),
  );
