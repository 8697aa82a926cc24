/** 手紙: the mails of those whom no mail reaches, to be printed (RULES 44). */

import { confirmDialog } from "../confirm-dialog.js";
import { dayInWords, momentInWords } from "../dates.js";
import { el } from "../dom.js";
import { api } from "../session.js";
import { linkToPatron } from "./people.js";
import { table } from "./tables.js";

export const lettersView = { id: "letters", label: "手紙", aside: true, title: "お知らせの手紙", load };

/** @param {App} app */
async function load(app) {
  const { items, cursor } = await api.get("/desk/lists/letters");
  if (!items.length) return [el("p", {}, "印刷する手紙は、ありません。")];
  return [
    el("p", {}, `メールでお知らせできない方への手紙が、${items.length}通あります。${cursor ? "続きもあります。" : ""}`),
    el(
      "div",
      { class: "actions" },
      el("button", { type: "button", class: "button", onclick: () => print() }, "印刷する"),
      app.button("すべて印刷した", "記録しています…", () => recordPrinted(items, app), { class: "button plain" }),
    ),
    table(
      "手紙",
      ["利用者番号", "お名前", "内容", "日時", "手紙にするわけ", ""],
      items.map((/** @type {Answer} */ letter) => row(letter, app)),
    ),
    el("div", { class: "sheet letters" }, items.map(sheet)),
  ];
}

/**
 * @param {Answer} letter
 * @param {App} app
 */
const row = (letter, app) =>
  el(
    "tr",
    {},
    el("th", { scope: "row" }, linkToPatron(letter.card_number)),
    el("td", {}, letter.name, letter.address ? null : ` (住所の登録がありません。電話 ${letter.phone || "なし"})`),
    el("td", {}, letter.mail.label, letter.with_slip ? " (仮パスワードの票を同封してください)" : null),
    el("td", {}, momentInWords(letter.since)),
    el("td", {}, letter.why_label),
    el(
      "td",
      {},
      app.button("印刷した", "記録しています…", () => recordPrinted([letter], app), {
        class: "link-button",
        "aria-label": `${letter.name} 様への「${letter.mail.label}」を印刷した`,
      }),
    ),
  );

/**
 * @param {Answer[]} letters
 * @param {App} app
 */
async function recordPrinted(letters, app) {
  const text = `${letters.length}通の手紙を、この一覧から除きます。`;
  if (!(await confirmDialog("印刷しましたか", text, "印刷した"))) return;
  await api.post("/desk/lists/letters", { printed: letters.map(({ id }) => id) });
  await app.reload(`${letters.length}通の手紙を、印刷したと記録しました。`);
}

/** @param {Answer} letter */
const sheet = ({ name, guardian, postal_code: code, address, since, subject, text }) =>
  el(
    "section",
    { class: "letter stack", "aria-label": `${name} 様への手紙` },
    el(
      "div",
      { class: "letter-to" },
      code ? el("p", {}, `〒${code}`) : null,
      el("p", {}, address),
      el("p", { class: "letter-name" }, `${name} 様`),
      guardian ? el("p", {}, `(保護者 ${guardian} 様)`) : null,
    ),
    el("p", {}, dayInWords(since)),
    // The library's name in front of it is for mailboxes.
    el("h2", {}, subject.replace(/^【[^】]*】/, "")),
    el("p", { class: "letter-text" }, text),
  );
