/** 利用者: one patron's record, holds and loans, for the counter and the phone (RULES 12-14, 19). */

import { dateInWords, dayInWords } from "../dates.js";
import { el } from "../dom.js";
import { input, tellFaults, typedIn } from "../inputs.js";
import { factList } from "../library/parts.js";
import { facilities, placeNames } from "../places.js";
import { api } from "../session.js";
import { mailsOf } from "./mails.js";
import { anotherCard, changes, password } from "./patron-changes.js";
import { holds } from "./patron-holds.js";
import { table } from "./tables.js";
import { closeAccountForm, PURPOSES, trailOf } from "./trail.js";

/** @type {Record<string, string>} */
const LOAN_STATES = {
  in_transit: "受取館へ運搬中",
  to_collect: "受取できます",
  window_over: "受取期間は終わりました",
  on_loan: "貸出",
  returning: "返送中",
  declared_returned: "返却手続き中(ご本人の連絡)",
};

export const patronView = { id: "patron", label: "利用者", aside: true, title: "利用者の記録", load };

/**
 * @param {App} app
 * @param {string} card
 * @param {string} purpose
 */
async function load(app, card = "", purpose = "counter") {
  const ask = lookUp(app, card, purpose);
  if (!card) return [ask, withoutCard()];
  const path = `/desk/patrons/${encodeURIComponent(card)}`;
  const [one, items, named] = await Promise.all([
    api.get(`${path}?for=${encodeURIComponent(purpose)}`),
    facilities(),
    placeNames(),
  ]);
  return [
    ask,
    record(one),
    el("h2", {}, `予約 ${one.holds.length}冊`),
    ...holds(one, path, items, named, app),
    el("h2", {}, `貸出 ${one.loans_now.length}冊`),
    loans(one, named),
    mailsOf(path, one, app),
    changes(one, path, app),
    anotherCard(one, path, app),
    password(one, path, app),
    trailOf(path, app),
    closeAccountForm(one, path, app),
  ];
}

const withoutCard = () =>
  el(
    "div",
    { class: "actions" },
    el("a", { class: "button plain", href: "#people" }, "カードのない方を探す"),
    el("a", { class: "button plain", href: "#register" }, "窓口で登録する"),
    el("a", { class: "button plain", href: "#cards" }, "カードの在庫を見る"),
    el("a", { class: "button plain", href: "#trail" }, "職員の操作の記録を見る"),
  );

/**
 * Looking at a record leaves a trace: who, when, what for (RULES 41).
 *
 * @param {App} app
 * @param {string} card
 * @param {string} purpose
 */
function lookUp(app, card, purpose) {
  /** @param {[value: string, text: string]} choice */
  const option = ([value, text]) => el("option", { value, selected: value === purpose }, text);
  return app.form(
    (form) => {
      const { card_number: typed, for: why } = typedIn(form);
      const number = typed.normalize("NFKC").replace(/[^0-9]/g, "");
      if (tellFaults(form, number ? [] : [{ field: "card_number", message: "利用者番号を入力してください。" }]))
        return undefined;
      return app.goTo(`#patron/${number}/${why}`);
    },
    input("card_number", "利用者番号", {
      class: "text number w16",
      inputmode: "numeric",
      autocomplete: "off",
      value: card,
    }),
    input("for", "見る目的", {
      tag: "select",
      children: PURPOSES.map(option),
      hint: "見たことは、目的とともに記録されます。",
    }),
    el("div", { class: "actions" }, el("button", { class: "button plain" }, "記録を見る")),
  );
}

/** @param {Patron} one */
function record(one) {
  /**
   * @param {string} address
   * @param {boolean} reachable
   */
  const bad = (address, reachable) => (address ? `${address}${reachable ? "" : " (届きません)"}` : "");
  const cap =
    one.loan_cap === one.loan_cap_now
      ? `${one.loan_cap}冊`
      : `${one.loan_cap_now}冊(${dayInWords(one.loan_cap_from)}から${one.loan_cap}冊)`;
  return factList([
    ["お名前", `${one.name}(${one.kana})`],
    ["生年月日", dateInWords(one.birth_date)],
    ["保護者", one.guardian],
    ["利用者番号", `${one.card_number}${one.card_retired ? " (入力された番号は、使用を終えたカードのものです)" : ""}`],
    ["有効期限", `${dateInWords(one.expires_on)}${one.expired ? " (切れています)" : ""}`],
    ["貸出", one.blocked ? "止めています" : "できます"],
    ["{{lending_word}}", one.online_lending ? "申込み済み" : "申込みなし"],
    ["上限", cap],
    ["予約のお休み", one.paused_until ? `${dayInWords(one.paused_until)}まで(ご本人の設定)` : ""],
    ["1回に受け取る冊数", one.books_a_run ? `${one.books_a_run}冊まで(ご本人の設定)` : ""],
    ["返送中", one.returning ? `${one.returning}冊` : ""],
    ["電話番号", one.phone],
    ["ご住所", `${one.postal_code} ${one.address}`],
    ["メールアドレス", bad(one.email, one.email_reachable)],
    ["予約関連メール配信先", one.mail_to ? bad(one.mail_to, one.mail_to_reachable) : ""],
    ["メモ", one.note],
  ]);
}

/**
 * @param {Patron} one
 * @param {Named} named
 */
function loans(one, named) {
  if (!one.loans_now.length) return el("p", {}, "貸出は、ありません。");
  const rows = one.loans_now.map((loan) =>
    el(
      "tr",
      {},
      el("th", { scope: "row" }, loan.title),
      el("td", { class: "number" }, loan.barcode),
      el("td", {}, LOAN_STATES[loan.state], loan.lost ? " 紛失" : "", loan.damaged ? " 破損" : ""),
      el("td", {}, named(loan.pickup_place)),
      el("td", {}, dayInWords(loan.due_on)),
      el("td", {}, `${loan.renewals}回`),
    ),
  );
  return table("貸出", ["題名", "資料番号", "状態", "受取館", "返却期限", "延長"], rows);
}
