/** 借りている資料: when each is due, and whether it can be kept longer. */

import { list } from "../api.js";
import { dayInWords } from "../dates.js";
import { el } from "../dom.js";
import { placeNames } from "../places.js";
import { api } from "../session.js";
import { me, warnings } from "./me.js";
import { book, books, nothing } from "./parts.js";

export const loansView = { id: "loans", label: "借りている資料", load };

/** @param {App} app */
async function load(app) {
  const [record, loans, named] = await Promise.all([me(), list("/me/loans", api.get), placeNames()]);
  return [
    ...warnings(record),
    ...(loans.length
      ? [
          el("p", {}, `${loans.length}冊を借りています(${record.loan_cap}冊まで。返送中の本も数えます)。`),
          books(loans.map((loan) => entry(loan, named, app))),
          el(
            "p",
            {},
            "協力館の窓口か、県立図書館に返してください。協力館のブックポストは使えません。専用袋が足りないときは、",
            el("a", { href: "label.html" }, "返却用ラベル"),
            "を貼った袋で返せます。",
          ),
        ]
      : nothing("借りている資料は、ありません。")),
  ];
}

/**
 * @param {Answer} loan
 * @param {Named} named
 * @param {App} app
 */
function entry(loan, named, app) {
  const uncollected = ["in_transit", "to_collect", "window_over"].includes(loan.state);
  /** @type {Fact[]} */
  const facts = [
    ["状態", el("span", { class: `state ${loan.state}` }, loan.state_label)],
    [
      "返却期限",
      loan.overdue
        ? el("strong", { class: "late" }, `${dayInWords(loan.due_on)} 期限を過ぎています`)
        : dayInWords(loan.due_on),
    ],
    [
      "受取期間",
      uncollected && loan.pickup_from ? `${dayInWords(loan.pickup_from)}～${dayInWords(loan.pickup_until)}` : "",
    ],
    ["受取館", named(loan.pickup_place)],
    ["予約", loan.reserved],
    ["貸出日", dayInWords(loan.lent_on)],
    ["資料番号", el("span", { class: "number" }, loan.barcode)],
  ];
  const note = loan.past_due_note ? [el("p", { class: "hint" }, loan.past_due_note)] : [];
  return book(loan, facts, ...note, ...renewal(loan, app));
}

/**
 * @param {Answer} loan
 * @param {App} app
 */
function renewal(loan, app) {
  if (!loan.renewable)
    return [
      el(
        "p",
        { class: "why" },
        el("strong", {}, "貸出延長: "),
        loan.reasons.map((/** @type {Fault} */ { message }) => message).join(" "),
      ),
    ];
  const renew = async () => {
    const { due_on: due } = await api.post(`/me/loans/${encodeURIComponent(loan.barcode)}/renewals`);
    await app.reload(`「${loan.title}」の返却期限を、${dayInWords(due)}まで延ばしました。`);
  };
  const name = `「${loan.title}」を貸出延長する`;
  return [
    el(
      "div",
      { class: "actions" },
      app.button("貸出延長する", "延長しています…", renew, { "aria-label": name }),
      el("span", {}, `あと${loan.renewals_left}回`),
    ),
  ];
}
