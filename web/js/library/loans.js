/** 借りている資料: when each is due, and whether it can be kept longer. */

import { list } from "../api.js";
import { dayInWords } from "../dates.js";
import { el } from "../dom.js";
import { choice, tellFaults, tickedIn } from "../inputs.js";
import { placeNames } from "../places.js";
import { api } from "../session.js";
import { me, warnings } from "./me.js";
import { outlookOf, runsThatLend } from "./outlook.js";
import { factList, grouped, nothing, row, rows } from "./parts.js";

export const loansView = { id: "loans", label: "借りている", title: "借りている資料", load };

/** @param {App} app */
async function load(app) {
  const [record, loans, runs, named] = await Promise.all([
    me(),
    list("/me/loans", api.get),
    runsThatLend(),
    placeNames(),
  ]);
  return [
    ...warnings(record),
    ...(loans.length
      ? [
          el("p", {}, `${loans.length}冊を借りています(${record.loan_cap}冊まで。返送中の本も数えます)。`),
          outlookOf(runs),
          renewalForm(loans, named, app),
          el(
            "p",
            {},
            "{{partner_word}}の窓口か、{{owner_word}}に返してください。{{partner_word}}のブックポストは使えません。専用袋が足りないときは、",
            el("a", { href: "label.html" }, "返却用ラベル"),
            "を貼った袋で返せます。",
          ),
        ]
      : nothing("借りている資料は、ありません。")),
  ];
}

/**
 * The loans by the day they are due; those that can be renewed are ticked and renewed together.
 *
 * @param {Answer[]} loans
 * @param {Named} named
 * @param {App} app
 */
function renewalForm(loans, named, app) {
  const renewable = loans.filter((loan) => loan.renewable);
  const entries = grouped(loans, (loan) => loan.due_on).map((group) => [
    el("h2", { class: "where" }, `返却期限 ${dayInWords(group[0].due_on)}`),
    rows(group.map((loan) => entry(loan, named, renewable.length === 1))),
  ]);
  const button = el("button", { class: "button" }, "選んだ資料を貸出延長する");
  return app.form(
    (form) => renewTicked(form, loans, app),
    entries,
    renewable.length ? el("div", { class: "actions" }, button) : null,
  );
}

/**
 * @param {Answer} loan
 * @param {Named} named
 * @param {boolean} only
 */
function entry(loan, named, only) {
  const { barcode, title, renewable, renewals_left: left } = loan;
  const note = loan.past_due_note ? el("p", { class: "hint" }, loan.past_due_note) : null;
  return row(
    title,
    [
      el("span", { class: `state ${loan.state}` }, loan.state_label),
      loan.overdue ? el("strong", { class: "late" }, " 期限を過ぎています") : null,
      renewable ? " 延長できます" : ` ${loan.reserved ?? ""}`,
    ],
    [factList(facts(loan, named)), note, renewable ? null : whyNot(loan), givenBack(loan)],
    renewable ? choice("checkbox", "barcodes", barcode, `貸出延長する(あと${left}回)`, only, title) : null,
  );
}

/**
 * @param {Answer} loan
 * @param {Named} named
 * @returns {Fact[]}
 */
function facts(loan, named) {
  const uncollected = ["in_transit", "to_collect", "window_over"].includes(loan.state);
  return [
    [
      "受取期間",
      uncollected && loan.pickup_from ? `${dayInWords(loan.pickup_from)}～${dayInWords(loan.pickup_until)}` : "",
    ],
    ["受取館", named(loan.pickup_place)],
    ["貸出延長", loan.renewable ? `あと${loan.renewals_left}回できます` : ""],
    ["貸出日", dayInWords(loan.lent_on)],
    ["返却の連絡", loan.declared ? `${dayInWords(loan.declared.on)}に${named(loan.declared.place)}へ` : ""],
    ["資料番号", el("span", { class: "number" }, loan.barcode)],
  ];
}

/**
 * The way to say that a book at home was given back (RULES 52).
 *
 * @param {Answer} loan
 */
function givenBack({ barcode, title, state }) {
  if (!["to_collect", "window_over", "on_loan"].includes(state)) return null;
  const link = { href: `#returned/${encodeURIComponent(barcode)}`, "aria-label": `「${title}」を返しました` };
  return el("p", {}, el("a", link, "返しました"));
}

/** @param {Answer} loan */
function whyNot({ reasons }) {
  const why = reasons.map((/** @type {Fault} */ { message }) => message).join(" ");
  return el("p", { class: "why" }, el("strong", {}, "貸出延長: "), why);
}

/**
 * Renew all that is ticked, and say of each what became of it.
 *
 * @param {HTMLFormElement} form
 * @param {Answer[]} loans
 * @param {App} app
 */
async function renewTicked(form, loans, app) {
  const ticked = tickedIn(form, "barcodes");
  if (tellFaults(form, ticked.length ? [] : [{ message: "貸出延長する資料を選んでください。" }])) return;
  const { items: results } = await api.post("/me/renewals", { barcodes: ticked });
  const titles = new Map(loans.map(({ barcode, title }) => [barcode, title]));
  await app.reload(
    results.map((/** @type {Answer} */ { barcode, renewed, due_on: due, reasons }) =>
      renewed
        ? `「${titles.get(barcode)}」の返却期限を、${dayInWords(due)}まで延ばしました。`
        : `「${titles.get(barcode)}」は延長できませんでした。${reasons.map((/** @type {Fault} */ { message }) => message).join(" ")}`,
    ),
  );
}
