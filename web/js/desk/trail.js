/** 操作の記録: what staff did with a patron, and what one of them did; and taking a patron out (RULES 41). */

import { nextPage } from "../api.js";
import { confirmDialog } from "../confirm-dialog.js";
import { dateInWords, momentInWords } from "../dates.js";
import { el } from "../dom.js";
import { input, tellFaults, typedIn } from "../inputs.js";
import { api } from "../session.js";
import { PERSON } from "./people.js";
import { table } from "./tables.js";

/** What a record can be looked at for; a look's note is one of these, or in words of its own. */
export const PURPOSES = /** @type {[value: string, text: string][]} */ ([
  ["counter", "窓口での対応"],
  ["phone", "電話での対応"],
  ["contact", "メールが届かないための連絡"],
  ["lending", "貸出・返却の確認"],
]);
/** @type {Map<string, string>} */
const NOTES = new Map([
  ...PURPOSES,
  ...Object.entries(PERSON).map(([name, [label]]) => /** @type {[string, string]} */ ([name, label])),
  ["review", "審査"],
  ["contacts", "連絡の一覧"],
  ["letters", "手紙の一覧"],
  ["list", "一覧"],
  ["mails", "メール"],
  ["trail", "操作の記録"],
  ["left", "抹消"],
  ["pulls", "取り出しの一覧"],
  ["crates", "コンテナの一覧"],
  ["runs", "{{lending_word}}処理の結果"],
  ["reports", "{{partner_word}}からの連絡の一覧"],
  ["applications", "申請の一覧"],
  ["suspensions", "休止の一覧"],
  ["blocked", "貸出の停止"],
  ["expires_on", "有効期限"],
  ["loan_cap", "上限"],
  ["mail_to", "予約関連メール配信先"],
  ["online_lending", "{{lending_word}}"],
]);
/** @type {Record<string, string>} */
const ON = { patron: "利用者", application: "申請", title: "書誌", list: "一覧" };

/** @param {string | null | undefined} note */
const noteInWords = (note) =>
  (note ?? "")
    .split(", ")
    .map((each) => NOTES.get(each) ?? each)
    .join("、");
/** @param {number} count */
const times = (count) => (count > 1 ? `${count}回` : "");
/** @param {Answer} trace */
const done = (trace) => [momentInWords(trace.at), trace.label, noteInWords(trace.note), times(trace.times)];
/** @param {string[]} cells */
const row = (cells) =>
  el(
    "tr",
    {},
    cells.map((text) => el("td", {}, text)),
  );

/**
 * What was done with a patron, fetched once it is wanted: reading it is an act itself.
 *
 * @param {string} path
 * @param {App} app
 */
export function trailOf(path, app) {
  const place = el("div", { class: "stack" });
  /** @param {Answer} trace */
  const fill = async ({ target }) => {
    if (!target.open || place.firstChild) return;
    const columns = ["日時", "操作", "内容", "回数", "職員"];
    await app.attempt(() => more(place, `${path}/trail`, columns, (trace) => [...done(trace), trace.by], app));
  };
  return el("details", { ontoggle: fill }, el("summary", {}, "操作の記録"), place);
}

/**
 * A page of traces, and a button for the next.
 *
 * @param {HTMLElement} place
 * @param {string} path
 * @param {string[]} columns
 * @param {(trace: Answer) => string[]} cells
 * @param {App} app
 * @param {string} cursor
 */
async function more(place, path, columns, cells, app, cursor = "") {
  const page = await api.get(nextPage(path, cursor));
  if (place.lastElementChild?.matches(".actions")) place.lastElementChild.remove();
  place.append(
    page.items.length
      ? table(
          "操作の記録",
          columns,
          page.items.map((/** @type {Answer} */ trace) => row(cells(trace))),
        )
      : el("p", {}, cursor ? "ここまでです。" : "記録は、ありません。"),
  );
  if (!page.cursor) return;
  const next = () => more(place, path, columns, cells, app, page.cursor);
  place.append(
    el("div", { class: "actions" }, app.button("続きを見る", "読み込んでいます…", next, { class: "button plain" })),
  );
}

export const trailView = {
  id: "trail",
  label: "操作の記録",
  title: "職員の操作の記録",
  under: "patron",
  hidden: true,
  load,
};

/** @param {App} app */
async function load(app) {
  const found = el("div", { class: "stack", id: "found", role: "status" });
  /** @param {HTMLFormElement} form */
  const show = async (form) => {
    const { staff, from } = typedIn(form);
    if (tellFaults(form, staff.trim() ? [] : [{ field: "staff", message: "職員IDを入力してください。" }])) return;
    const asked = new URLSearchParams({ staff: staff.trim(), ...(from ? { from } : {}) });
    found.replaceChildren();
    const columns = ["日時", "操作", "内容", "回数", "対象"];
    /** @param {Answer} trace */
    const on = (trace) => `${ON[trace.on]} ${NOTES.get(trace.number) ?? trace.number}`;
    await more(found, `/desk/trail?${asked}`, columns, (trace) => [...done(trace), on(trace)], app);
  };
  return [
    app.form(
      show,
      el("p", {}, "誰が、いつ、どの利用者や申請に何をしたかを確かめます。この記録を見たことも、記録されます。"),
      input("staff", "職員ID", { class: "text w16", autocomplete: "off", autocapitalize: "none" }),
      input("from", "いつから", { type: "date", class: "text w16" }),
      el("div", { class: "actions" }, el("button", { class: "button" }, "記録を見る")),
    ),
    found,
  ];
}

/**
 * For who asks for it: nothing is kept of them.
 *
 * @param {Answer} one
 * @param {string} path
 * @param {App} app
 */
export function closeAccountForm(one, path, app) {
  const work = async () => {
    const text = `${one.name || one.card_number} 様(${dateInWords(one.birth_date)}生)の登録、メール、記録などを消去します。元に戻せません。カードの番号は、もう使えません。`;
    if (!(await confirmDialog("利用者登録を抹消しますか", text, "抹消する"))) return;
    await api.remove(path);
    await app.goTo("#patron", "利用者登録を抹消しました。");
  };
  const button = app.button("利用者登録を抹消する", "消去しています…", work, { class: "button plain" });
  return el(
    "details",
    {},
    el("summary", {}, "利用者登録の抹消"),
    el("p", {}, "ご本人から申し出があったときに、予約と貸出がなければ、抹消できます。"),
    el("div", { class: "actions" }, button),
  );
}
