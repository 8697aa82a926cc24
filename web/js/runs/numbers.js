/** The weekly counts as plots, for the desk and for everybody; what is too small to be shown is a gap (RULES 56). */

import { dateInWords, shortDay } from "../dates.js";
import { el } from "../dom.js";
import { bars, columns, curves } from "./charts.js";
import { figure, legend } from "./figures.js";
import { kindOf, reasonInWords } from "./words.js";

/** @param {string} weeks */
const waitInWords = (weeks) => (weeks === "0" ? "{{first_week_waited}}週未満" : `${weeks}週から`);
/** @type {Record<string, string>} */
const MAILS = {
  sent: "送信済み",
  delivered: "届いた",
  delayed: "遅れている",
  bounced: "届かなかった",
  complained: "迷惑メールの報告",
  rejected: "送れなかった",
  unsent: "送らなかった",
  printed: "手紙にした",
};
const HIDDEN = "―";

/** @param {string} state */
export const mailInWords = (state) => MAILS[state] ?? state;

/** @param {number | null | undefined} number */
const told = (number) => number ?? HIDDEN;

/**
 * All plots of some weeks, the oldest first.
 *
 * @param {Answer[]} weeks
 * @param {Named} placeName
 */
export function numbers(weeks, placeName) {
  if (!weeks.length) return [el("p", {}, "まだ数えた週がありません。")];
  const latest = weeks[weeks.length - 1];
  return [
    el(
      "p",
      { class: "hint" },
      `${dateInWords(weeks[0].week_from)}から${dateInWords(latest.week_until)}まで、${weeks.length}週の数です。`,
    ),
    lent(weeks),
    reasons(weeks),
    waits(weeks),
    facilityBars(weeks, placeName),
    mails(weeks),
    applications(weeks),
  ];
}

/**
 * A plot over the weeks of numbers by their names.
 *
 * @param {string} title
 * @param {typeof columns} plot
 * @param {Answer[]} weeks
 * @param {[kind: string, label: string, of: (week: Answer) => number | null | undefined][]} series
 */
function overWeeks(title, plot, weeks, series) {
  const days = weeks.map(({ week_from: day }) => day);
  const drawn = series.map(([kind, label, of]) => ({ kind, label, numbers: weeks.map((week) => of(week) ?? null) }));
  return figure(
    title,
    [plot(title, days, drawn), legend(series.map(([kind, label]) => [kind, label]))],
    ["週のはじめ", ...series.map(([, label]) => label)],
    weeks.map((week) => [shortDay(week.week_from), ...series.map(([, , of]) => told(of(week)))]),
  );
}

/** @param {Answer[]} weeks */
const lent = (weeks) =>
  overWeeks("{{run_name}}", columns, weeks, [
    ["lent", "貸出", ({ outcomes }) => outcomes.lend],
    ["kept", "確保(上限)", ({ outcomes }) => outcomes.keep_aside],
    ["waits", "今回はなし", ({ outcomes }) => outcomes.none],
  ]);

/**
 * The sums of named numbers over the weeks, the most first; what is not shown counts for nothing.
 *
 * @param {Answer[]} weeks
 * @param {string} of
 * @returns {[name: string, sum: number][]}
 */
function sums(weeks, of) {
  /** @type {Record<string, number>} */
  const found = {};
  for (const week of weeks)
    for (const [name, number] of Object.entries(week[of])) found[name] = (found[name] ?? 0) + Number(number ?? 0);
  return Object.entries(found)
    .filter(([, sum]) => sum)
    .sort((one, other) => other[1] - one[1]);
}

/** @param {Answer[]} weeks */
function reasons(weeks) {
  const found = sums(weeks, "reasons").filter(([name]) => name !== "lent");
  if (!found.length) return null;
  return figure(
    "貸出にならなかった理由",
    bars(
      "貸出にならなかった理由",
      found.map(([name, sum]) => ({ label: reasonInWords(name), parts: [[kindOf(name), sum]] })),
    ),
    ["理由", "件"],
    found.map(([name, sum]) => [reasonInWords(name), sum]),
  );
}

/** @param {Answer[]} weeks */
function waits(weeks) {
  const found = sums(weeks, "waits").sort((one, other) => Number(one[0]) - Number(other[0]));
  if (!found.length) return null;
  return figure(
    "貸出までに待った長さ",
    bars(
      "貸出までに待った長さ",
      found.map(([name, sum]) => ({ label: waitInWords(name), parts: [["lent", sum]] })),
    ),
    ["待った長さ", "冊"],
    found.map(([name, sum]) => [waitInWords(name), sum]),
  );
}

/**
 * @param {Answer[]} weeks
 * @param {Named} placeName
 */
function facilityBars(weeks, placeName) {
  /** @type {Map<string, { bags: number, books: number, uncollected: number }>} */
  const places = new Map();
  for (const { facilities } of weeks)
    for (const { facility, bags, books, uncollected } of facilities) {
      const of = places.get(facility) ?? { bags: 0, books: 0, uncollected: 0 };
      places.set(facility, {
        bags: of.bags + (bags ?? 0),
        books: of.books + (books ?? 0),
        uncollected: of.uncollected + (uncollected ?? 0),
      });
    }
  const rows = [...places].filter(([, { books }]) => books).sort((one, other) => other[1].books - one[1].books);
  if (!rows.length) return null;
  return figure(
    "{{partner_word}}ごとの本",
    [
      bars(
        "{{partner_word}}ごとに届けた本の冊数",
        rows.map(([facility, { books, uncollected }]) => ({
          label: placeName(facility),
          parts: [
            ["lent", books - uncollected],
            ["stopped", uncollected],
          ],
        })),
      ),
      legend([
        ["lent", "届けた本"],
        ["stopped", "うち受け取られなかった本"],
      ]),
    ],
    ["{{partner_word}}", "袋", "本", "受け取られなかった本"],
    rows.map(([facility, { bags, books, uncollected }]) => [placeName(facility), bags, books, uncollected]),
  );
}

/** @param {Answer[]} weeks */
const mails = (weeks) =>
  overWeeks("メール", curves, weeks, [
    ["lent", MAILS.delivered, ({ mails: of }) => of.delivered],
    ["waits", MAILS.sent, ({ mails: of }) => of.sent],
    ["stopped", MAILS.bounced, ({ mails: of }) => of.bounced],
  ]);

/** @param {Answer[]} weeks */
const applications = (weeks) =>
  overWeeks("申請", columns, weeks, [
    ["lent", "受理した申請", ({ applications: of }) => of.registered],
    ["stopped", "不受理", ({ applications: of }) => of.refused],
  ]);
