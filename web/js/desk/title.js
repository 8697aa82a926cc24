/** One title: its copies and where each lies, its queue, and what is done with all of it (RULES 9, 11, 27, 34). */

import { nextPage } from "../api.js";
import { confirmDialog } from "../confirm-dialog.js";
import { dayInWords, momentInWords } from "../dates.js";
import { el } from "../dom.js";
import { input, missingFault, tellFaults, typedIn } from "../inputs.js";
import { factList } from "../library/parts.js";
import { placeNames } from "../places.js";
import { api } from "../session.js";
import { linkToBook, linkToCopy } from "./books.js";
import { linkToPatron } from "./people.js";
import { row, table } from "./tables.js";

/** @type {View} */
export const bookView = { id: "book", title: "資料の記録", hidden: true, under: "books", load };

/** @param {string} id */
const pathOf = (id) => `/desk/titles/${encodeURIComponent(id)}`;

/**
 * @param {App} app
 * @param {string} id
 */
async function load(app, id = "") {
  const [one, named] = await Promise.all([api.get(`${pathOf(id)}?limit=100`), placeNames()]);
  return [
    el("p", {}, el("a", { class: "back", href: "#books" }, "本にもどる")),
    el("h2", {}, one.title),
    factList([
      ["著者", one.author],
      ["ISBN", one.isbn],
      ["書誌番号", el("span", { class: "number" }, one.title_id)],
      ["予約", one.holdable ? "できます" : "できません(館外に出せる本がありません)"],
    ]),
    el(
      "div",
      { class: "actions" },
      el("a", { class: "button plain", href: `#describe/${encodeURIComponent(id)}` }, "記録を直す"),
    ),
    el("h2", {}, `本 ${one.copies.length}冊`),
    one.copies.length ? copies(one.copies) : el("p", {}, "1冊もありません。"),
    el("h2", {}, `予約 ${one.waiting}人が待っています`),
    ...queue(one, named, app),
    ...cancelAllPart(one, app),
    ...mergePart(one, app),
  ];
}

/** @param {Answer[]} all */
const copies = (all) =>
  table(
    "本",
    ["資料番号", "請求記号", "状態", "置き場所", "返却期限"],
    all.map((copy) =>
      row(
        linkToCopy(copy.barcode),
        el("span", { class: "number" }, copy.call_number),
        [copy.state_label, copy.planned ? "(取り出し予定)" : "", copy.reference_only ? " 禁帯出" : ""].join(""),
        copy.lies_at_label,
        copy.due_on ? dayInWords(copy.due_on) : null,
      ),
    ),
  );

/**
 * @param {Answer} one
 * @param {Named} named
 * @param {App} app
 */
function queue(one, named, app) {
  if (!one.holds.length) return [el("p", {}, "予約は、ありません。")];
  const place = el("div", {});
  const frame = el("div", { class: "actions" });
  let { cursor } = one;
  const draw = () => place.replaceChildren(queueTable(one.holds, named));
  const more = async () => {
    const next = await api.get(nextPage(`${pathOf(one.title_id)}?limit=100`, cursor));
    one.holds.push(...next.holds);
    cursor = next.cursor;
    if (!cursor) frame.remove();
    draw();
  };
  draw();
  if (cursor) frame.append(app.button("続きを見る", "読み込んでいます…", more, { class: "button plain" }));
  return [place, frame];
}

/**
 * @param {Answer[]} holds
 * @param {Named} named
 */
const queueTable = (holds, named) =>
  table(
    "予約",
    ["順番", "利用者番号", "状態", "受取館", "予約した日時", "前回の処理"],
    holds.map((hold) =>
      row(
        hold.position ? `${hold.position}番目` : hold.status_label,
        linkToPatron(hold.card_number),
        hold.position ? hold.status_label : hold.barcode,
        named(hold.pickup_place),
        momentInWords(hold.placed_at),
        hold.last_run ? `${dayInWords(hold.last_run.date)} ${hold.last_run.message}` : null,
      ),
    ),
  );

/**
 * @param {Answer} one
 * @param {App} app
 */
function cancelAllPart(one, app) {
  if (!one.holds.length) return [];
  return [
    el("h2", {}, "予約をすべて取り消す"),
    app.form(
      (form) => cancelAll(form, one, app),
      input("reason", "理由(予約した方に、このままメールで知らせます)", {
        tag: "textarea",
        rows: 2,
        maxlength: 200,
        hint: "たとえば「紛失し、買い直しができないため」。",
      }),
      el("div", { class: "actions" }, el("button", { class: "button plain" }, "予約をすべて取り消す")),
    ),
  ];
}

/**
 * It goes on until none is left.
 *
 * @param {HTMLFormElement} form
 * @param {Answer} one
 * @param {App} app
 */
async function cancelAll(form, one, app) {
  const { reason } = typedIn(form);
  if (tellFaults(form, missingFault("reason", reason, "理由を入力してください。"))) return;
  const question = `「${one.title}」の予約をすべて取り消し、それぞれの方にメールを送ります。もとには戻せません。`;
  if (!(await confirmDialog("予約をすべて取り消しますか", question, "すべて取り消す"))) return;
  let [cancelled, left] = [0, 1];
  /** @type {Answer[]} */
  let back = [];
  while (left) {
    const part = await api.post(`${pathOf(one.title_id)}/holds`, { action: "cancel_all", reason });
    cancelled += part.cancelled;
    ({ left, copies: back } = part);
  }
  const shelve = back.map((copy) => `${copy.barcode}(${copy.lies_at_label ?? copy.state_label})`).join("、");
  await app.reload([`${cancelled}人の予約を取り消しました。`, shelve ? `書架に戻す本: ${shelve}` : ""].filter(Boolean));
}

/**
 * @param {Answer} one
 * @param {App} app
 */
const mergePart = (one, app) => [
  el("h2", {}, "ほかの記録とまとめる"),
  app.form(
    (form) => merge(form, one, app),
    el("p", {}, "同じ資料の記録が2つあるときに、この記録の本と予約を、残す記録へ移します。"),
    input("into", "残す記録の書誌番号", { class: "text number w16", autocomplete: "off" }),
    el("div", { class: "actions" }, el("button", { class: "button plain" }, "まとめる")),
  ),
];

/**
 * @param {HTMLFormElement} form
 * @param {Answer} one
 * @param {App} app
 */
async function merge(form, one, app) {
  const into = typedIn(form).into.normalize("NFKC").trim();
  if (tellFaults(form, missingFault("into", into, "残す記録の書誌番号を入力してください。"))) return;
  const other = await api.get(pathOf(into));
  const question = `「${one.title}」(${one.title_id})の本${one.copies.length}冊と予約を、「${other.title}」(${into})へ移します。もとには戻せません。`;
  if (!(await confirmDialog("まとめますか", question, "まとめる"))) return;
  let done = false;
  while (!done) ({ merged: done } = await api.post(`${pathOf(one.title_id)}/merge`, { into }));
  await app.goTo(linkToBook(into), `「${one.title}」の記録を、ここにまとめました。`);
}
