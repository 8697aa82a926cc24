/** きょう: what is to be done now, by the days that are true (RULES 27, 35), and the card. */

import { list, Offline } from "../api.js";
import { dayInWords } from "../dates.js";
import { el } from "../dom.js";
import { placeNames } from "../places.js";
import { api } from "../session.js";
import { capBar } from "./cap-bar.js";
import { cardPicture } from "./card-picture.js";
import { firstSteps } from "./first-steps.js";
import { keptCard } from "./kept-card.js";
import { me, warnings } from "./me.js";
import { noticesAt } from "./notices.js";
import { outlookOf, runsThatLend } from "./outlook.js";
import { grouped } from "./parts.js";

export const todayView = { id: "today", label: "きょう", load };

/** @param {App} app */
async function load(app) {
  try {
    return await ofToday();
  } catch (error) {
    const kept = keptCard();
    if (!kept || !(error instanceof Offline)) throw error;
    return withoutNetwork(kept, app);
  }
}

async function ofToday() {
  const [record, runs, holds, loans, notices, named] = await Promise.all([
    me(),
    runsThatLend(),
    list("/me/holds", api.get),
    list("/me/loans", api.get),
    list("/notices"),
    placeNames(),
  ]);
  const coming = loans.filter(({ state }) => state === "in_transit");
  const toCollect = [
    ...loans.filter(({ state }) => state === "to_collect"),
    ...holds.filter(({ status }) => status === "ready"),
  ];
  return [
    ...warnings(record),
    noticesAt(notices, [record.usual_pickup_place, ...[...holds, ...loans].map((book) => book.pickup_place)]),
    el(
      "div",
      { class: "day-parts" },
      holds.length || loans.length ? null : firstSteps(record),
      part("受け取れる本", batches(toCollect, "pickup_until", "まで", named)),
      part("返却期限を過ぎた本", late(loans.filter((loan) => loan.overdue))),
      part("つぎに返す本", next(loans)),
      part("これから届く本", batches(coming, "pickup_from", "から受け取れます", named)),
      part("つぎの貸出", outlookOf(runs.slice(0, 1))),
      loans.length ? part("借りられる冊数", [capBar(record.loan_cap, loans)]) : null,
      holds.length ? part("予約", onHold(holds, record)) : null,
      part("カード", [cardPicture(record)]),
    ),
  ];
}

/**
 * @param {{ card_number: string, expires_on: string }} card
 * @param {App} app
 */
const withoutNetwork = (card, app) => [
  cardPicture(card),
  el("p", {}, "インターネットにつながらないため、前に表示したカードだけを表示しています。"),
  app.button("もう一度読み込む", "読み込んでいます…", () => app.open(), { class: "button plain" }),
];

/**
 * A part of the day; none without anything in it.
 *
 * @param {string} title
 * @param {Child[]} content
 */
const part = (title, content) =>
  content.length ? el("section", { class: "part stack" }, el("h2", {}, title), content) : null;

/**
 * Books by the place and the day they share.
 *
 * @param {Answer[]} books
 * @param {"pickup_from" | "pickup_until"} day which of their days
 * @param {string} what is said of it
 * @param {Named} named
 */
function batches(books, day, what, named) {
  return grouped(books, (book) => `${book.pickup_place} ${book[day]}`).map((group) =>
    el(
      "div",
      {},
      el("p", { class: "where" }, named(group[0].pickup_place)),
      el("p", {}, el("strong", {}, `${dayInWords(group[0][day])}${what}`), ` ${group.length}冊`),
      titles(group),
    ),
  );
}

/** @param {Answer[]} loans */
const late = (loans) =>
  loans.length
    ? [
        el(
          "ul",
          {},
          loans.map(({ title, due_on: due }) =>
            el("li", {}, title, el("strong", { class: "late" }, ` 返却期限 ${dayInWords(due)}`)),
          ),
        ),
        el("p", {}, "{{partner_word}}の窓口か、{{owner_word}}に返してください。"),
      ]
    : [];

/** @param {Answer[]} loans the first due first */
function next(loans) {
  const atHome = loans.filter(({ state, overdue }) => ["on_loan", "window_over"].includes(state) && !overdue);
  if (!atHome.length) return [];
  const first = atHome.filter(({ due_on: due }) => due === atHome[0].due_on);
  const renewable = first.filter((loan) => loan.renewable).length;
  const notes = new Set(first.map((loan) => loan.past_due_note).filter(Boolean));
  return [
    el("p", {}, el("strong", {}, `${dayInWords(first[0].due_on)}まで`), ` ${first.length}冊`),
    titles(first.map((loan) => (loan.state === "on_loan" ? loan : { title: `${loan.title}(${loan.state_label})` }))),
    ...[...notes].map((note) => el("p", { class: "hint" }, note)),
    renewable ? el("p", {}, el("a", { href: "#loans" }, `${renewable}冊は、貸出延長できます`)) : null,
  ];
}

/** @param {{ title: string }[]} books */
const titles = (books) =>
  el(
    "ul",
    {},
    books.map(({ title }) => el("li", {}, title)),
  );

/**
 * How many there are, and why the next run would pass them over.
 *
 * @param {Answer[]} holds
 * @param {Answer} record
 */
function onHold(holds, record) {
  const stops = holds.flatMap(({ stopped_by: each }) => each).map(({ message }) => message);
  return [
    el("p", {}, el("a", { href: "#holds" }, `${holds.length}冊を予約しています`), `(${record.hold_limit}冊まで)`),
    ...[...new Set(stops)].map((message) => el("p", { class: "why" }, el("strong", {}, "つぎの処理: "), message)),
  ];
}
