/** One book: what state it is in, where it lies, who has it or waits; what happened to it is recorded here (RULES 23, 34). */

import { confirmDialog } from "../confirm-dialog.js";
import { dateInWords, dayInWords } from "../dates.js";
import { el } from "../dom.js";
import { factList } from "../library/parts.js";
import { placeNames } from "../places.js";
import { api } from "../session.js";
import { linkToBook } from "./books.js";
import { linkToPatron } from "./people.js";

/** @type {View} */
export const copyView = { id: "copy", title: "本の記録", hidden: true, under: "books", load };

/** What can happen to a book: in which states it is offered, and what is asked before. */
const ACTS = [
  {
    path: "found",
    text: "見つかった・直った",
    states: ["missing", "lost", "damaged"],
    question: "書架に戻せる本として記録します。貸出が残っているときは、貸出中に戻ります。",
  },
  {
    path: "replaced",
    text: "弁償が済んだ",
    states: ["lost", "damaged"],
    question: "利用者の貸出を終わらせます。この本の記録は、紛失・破損のまま残ります。",
    lent: true,
  },
  {
    path: "lost",
    text: "紛失",
    states: ["on_shelf", "kept_aside", "ready", "on_loan", "missing", "damaged"],
    question: "貸出は、弁償が済むか本が返るまで残ります。予約の方は、次の本を待ちます。",
  },
  {
    path: "damaged",
    text: "破損",
    states: ["on_shelf", "kept_aside", "ready", "on_loan", "missing", "lost"],
    question: "貸出は、弁償が済むか本が返るまで残ります。予約の方は、次の本を待ちます。",
  },
];

/**
 * @param {App} app
 * @param {string} barcode
 */
async function load(app, barcode = "") {
  const path = `/desk/copies/${encodeURIComponent(barcode)}`;
  const [one, named] = await Promise.all([api.get(path), placeNames()]);
  return [
    el("p", {}, el("a", { class: "back", href: "#books" }, "本にもどる")),
    el("h2", {}, el("a", { href: linkToBook(one.title_id) }, one.title || one.title_id)),
    el("p", {}, el("span", { class: `state ${one.state}` }, one.state_label), one.reference_only ? " 禁帯出" : null),
    facts(one),
    concerned(one, named),
    el("h2", {}, "この本を記録する"),
    el(
      "div",
      { class: "actions" },
      ACTS.filter(({ states, lent }) => states.includes(one.state) && (!lent || one.loan)).map((act) =>
        actButton(app, path, one, act),
      ),
    ),
  ];
}

/** @param {Answer} one */
const facts = (one) =>
  factList([
    ["資料番号", el("span", { class: "number" }, one.barcode)],
    ["請求記号", el("span", { class: "number" }, one.call_number)],
    ["著者", one.author],
    ["置き場所", one.lies_at_label],
    ["この状態の日", dateInWords(one.since)],
    ["待つ人", one.waiting ? `${one.waiting}人` : "いません"],
  ]);

/**
 * Who has the book, whom it is kept or planned for, and who is next.
 *
 * @param {Answer} one
 * @param {Named} named
 */
function concerned({ loan, kept_for: kept, planned_for: planned, next_in_queue: next }, named) {
  /** @param {Answer} of */
  const whose = (of) => [linkToPatron(of.card_number), ` ${named(of.pickup_place)} `];
  return factList([
    ["借りている方", loan ? [whose(loan), `返却期限 ${dayInWords(loan.due_on)} 延長${loan.renewals}回`] : null],
    [
      "取り置いた方",
      kept ? [whose(kept), kept.pickup_until ? `受取期限 ${dayInWords(kept.pickup_until)}` : "次回以降に貸出"] : null,
    ],
    ["取り出しの行き先", planned ? whose(planned) : null],
    ["次に待つ方", next ? whose(next) : null],
  ]);
}

/**
 * @param {App} app
 * @param {string} path
 * @param {Answer} one
 * @param {{ path: string, text: string, question: string }} act
 */
function actButton(app, path, one, act) {
  const work = async () => {
    if (!(await confirmDialog(`「${act.text}」と記録しますか`, act.question, "記録する"))) return;
    await api.post(`${path}/${act.path}`);
    await app.goTo(`#copy/${encodeURIComponent(one.barcode)}`, `「${act.text}」と記録しました。`);
  };
  return app.button(act.text, "記録しています…", work, { class: "button plain" });
}
