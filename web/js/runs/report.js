/** 処理の報告: one weekly run as pictures: its days, its stream, its bags, what it took, every decision (RULES 18-27). */

import { dayInWords, momentInWords, nowInTokyo, shortDay } from "../dates.js";
import { el } from "../dom.js";
import { placeNames } from "../places.js";
import { api } from "../session.js";
import { bars, columns } from "./charts.js";
import { decisionsOf, searchable } from "./decisions.js";
import { flow } from "./flow.js";
import { svg } from "../svg.js";
import { drawing, figure, legend, width } from "./figures.js";
import { countsOf, endInWords, LEGEND, outcomeInWords, outcomesOf, reasonInWords } from "./words.js";

export const runView = { id: "run", title: "{{run_name}}の報告", under: "runs", hidden: true, load };

const WEEKS = 10;

/**
 * @param {App} _
 * @param {string} day
 */
async function load(_, day) {
  const path = `/desk/runs/${encodeURIComponent(day)}`;
  const [run, placeName, { items: latest }] = await Promise.all([
    decisionsOf(path),
    placeNames(),
    api.get(`/desk/runs?limit=${WEEKS * 3}`),
  ]);
  const { summary, decisions } = run;
  return [
    el("p", {}, el("a", { href: "#runs" }, "処理の記録へ")),
    el("p", { class: "run-state" }, `${dayInWords(day)}の処理。${stateInWords(run)}`),
    tiles(summary),
    "candidates_answered" in summary ? el("p", {}, answerInWords(summary)) : null,
    decisions.length
      ? el(
          "div",
          { class: "actions" },
          el("a", { class: "button", href: `#replay/${encodeURIComponent(day)}` }, "この処理を再生する"),
        )
      : null,
    run.week ? timeLine(run) : null,
    summary.holds ? stream(run) : null,
    decisions.length ? bagsOf(decisions, placeName) : null,
    cost(latest, day),
    el("h2", {}, "決定をさがす"),
    decisions.length ? searchable(decisions, placeName) : el("p", {}, "予約ごとの記録は、もう消えています。"),
  ];
}

/** @param {Answer} run */
const stateInWords = ({ date, finished, finished_at: at }) =>
  finished ? `${endInWords(at, date)}。` : "まだ終わっていません。";

/** @param {Record<string, number>} summary */
const answerInWords = ({ candidates_answered: answered, candidates_away: away }) =>
  answered
    ? `館内のシステムの回答: 候補のうち${away}冊が貸出中でした。`
    : "館内のシステムから候補への回答がなく、前の晩のファイルのまま処理しました。";

/** @param {Record<string, number>} summary */
const tiles = (summary) =>
  el(
    "ul",
    { class: "tiles" },
    /** @type {[string, string, number][]} */ ([
      ["whole", "対象の予約", summary.holds ?? 0],
      ["lent", "貸出", summary.lend ?? 0],
      ["kept", "確保(上限)", summary.keep_aside ?? 0],
      ...(summary.for_prefectural ? [["other", outcomeInWords("for_prefectural"), summary.for_prefectural]] : []),
      ["waits", "今回はなし", summary.none ?? 0],
    ]).map(([kind, text, number]) => el("li", { class: kind }, el("strong", {}, String(number)), el("span", {}, text))),
  );

/**
 * The days of the run's week on a line, with today on it.
 *
 * @param {Answer} run
 */
function timeLine({ week, finished_at: at }) {
  /** @type {[moment: string, text: string][]} */
  const days = [
    [week.cut_off, "締切"],
    [week.mail_on, "貸出メール"],
    [week.pickup_from, "受取開始"],
    [week.pickup_until, "受取期限"],
    [week.checked_in_by, "返却処理"],
  ];
  const [first, last] = [days[0][0], days[4][0]].map((day) => Date.parse(`${day.slice(0, 10)}T00:00Z`));
  const whole = width();
  /** @param {string} day */
  const x = (day) => 34 + ((Date.parse(`${day.slice(0, 10)}T00:00Z`) - first) / (last - first)) * (whole - 68);
  const today = nowInTokyo();
  const now = today.slice(0, 10) >= week.cut_off.slice(0, 10) && today.slice(0, 10) <= week.checked_in_by;
  const line = drawing(
    "この処理の日程",
    whole,
    112,
    svg("line", { x1: x(week.cut_off), x2: x(week.checked_in_by), y1: 54, y2: 54, class: "track" }),
    svg("line", { x1: x(week.pickup_from), x2: x(week.pickup_until), y1: 54, y2: 54, class: "track open" }),
    days.map(([day, text], place) =>
      milestone(x(day), shortDay(day), text, place % 2 === 1, day.slice(0, 10) <= today),
    ),
    now ? svg("path", { d: `M${x(today)} 46 l-7 -11 h14 Z`, class: "today" }) : null,
  );
  const ended = at ? /** @type {[string, string][]} */ ([["処理の終わり", momentInWords(at)]]) : [];
  return figure("日程", line, ["こと", "日"], [...days.map(([day, text]) => [text, dayInWords(day)]), ...ended]);
}

/**
 * @param {number} x
 * @param {string} day
 * @param {string} text
 * @param {boolean} above
 * @param {boolean} over
 */
const milestone = (x, day, text, above, over) => [
  svg("circle", { cx: x, cy: 54, r: 8, class: over ? "stop over" : "stop" }),
  svg("text", { x, y: above ? 16 : 82, class: "value middle" }, text),
  svg("text", { x, y: above ? 33 : 100, class: "name middle" }, day),
];

/** @param {Answer} run */
function stream({ summary, decisions }) {
  const branches = outcomesOf(summary).map(([name]) => ({
    name,
    label: outcomeInWords(name),
    reasons: reasonsOf(name, summary, decisions).map(([code, number]) => ({
      name: code,
      label: reasonInWords(code),
      number,
    })),
  }));
  const rows = branches.flatMap(({ label, reasons }) =>
    reasons.map((each) => [`${label}: ${each.label}`, each.number]),
  );
  return figure("予約のゆくえ", [flow("予約が何になったか", branches), legend(LEGEND)], ["結果と理由", "件"], rows);
}

/**
 * The reasons of an outcome, of the decisions where they are kept, else of the counts that always are.
 *
 * @param {string} outcome
 * @param {Record<string, number>} summary
 * @param {Answer[]} decisions
 * @returns {[code: string, number: number][]}
 */
function reasonsOf(outcome, summary, decisions) {
  if (!decisions.length) return countsOf(summary, "code_").filter(([code]) => (OF[code] ?? "none") === outcome);
  /** @type {Record<string, number>} */
  const sums = {};
  for (const { decision, code } of decisions) if (decision === outcome) sums[code] = (sums[code] ?? 0) + 1;
  return countsOf(sums, "");
}

/** @type {Record<string, string>} */
const OF = { lent: "lend", cap: "keep_aside", prefectural: "for_prefectural" };

/**
 * @param {Answer[]} decisions
 * @param {Named} placeName
 */
function bagsOf(decisions, placeName) {
  /** @type {Map<string, { bags: Set<string>, books: number }>} */
  const places = new Map();
  for (const { decision, pickup_place: place, card_number: card } of decisions) {
    if (decision !== "lend") continue;
    const of = places.get(place) ?? { bags: new Set(), books: 0 };
    of.bags.add(card);
    of.books += 1;
    places.set(place, of);
  }
  const rows = [...places].sort((one, other) => other[1].books - one[1].books);
  const named = rows.map(([place, of]) => /** @type {[string, typeof of]} */ ([placeName(place), of]));
  return figure(
    "{{partner_word}}ごとの袋と本",
    [
      bars(
        "{{partner_word}}ごとの本の冊数",
        named.map(([label, { bags, books }]) => ({
          label,
          parts: [
            ["lent", bags.size],
            ["lent-soft", books - bags.size],
          ],
        })),
      ),
      legend([
        ["lent", "袋(1人に一つ)"],
        ["lent-soft", "袋の2冊目から"],
      ]),
    ],
    ["{{partner_word}}", "袋", "本"],
    named.map(([label, { bags, books }]) => [label, bags.size, books]),
    `${places.size}館へ、本${rows.reduce((sum, [, { books }]) => sum + books, 0)}冊の予定です。`,
  );
}

/**
 * What this run took beside the ten before it: table units and seconds.
 *
 * @param {Answer[]} latest
 * @param {string} day
 */
function cost(latest, day) {
  const runs = latest
    .filter((run) => run.cost && run.date <= day)
    .slice(0, WEEKS + 1)
    .reverse();
  if (!runs.length) return null;
  /** @param {Answer} run */
  const seconds = ({ cost: { seconds: of } }) => of.reading + of.planning + of.writing;
  return figure(
    "かかったもの",
    [
      columns(
        "処理ごとの、表への書き込みと読み出し",
        runs.map(({ date }) => date),
        [
          { kind: "lent", label: "書き込み", numbers: runs.map((run) => Math.round(run.cost.write_units)) },
          { kind: "lent-soft", label: "読み出し", numbers: runs.map((run) => Math.round(run.cost.read_units)) },
        ],
      ),
      legend([
        ["lent", "書き込み(単位)"],
        ["lent-soft", "読み出し(単位)"],
      ]),
    ],
    ["処理の日", "予約", "書き込み", "読み出し", "問い合わせ", "秒"],
    runs.map((run) => [
      shortDay(run.date),
      run.summary.holds ?? 0,
      Math.round(run.cost.write_units),
      Math.round(run.cost.read_units),
      run.cost.requests,
      seconds(run).toFixed(1),
    ]),
    `この処理は${seconds(runs[runs.length - 1]).toFixed(1)}秒、いちばん右の棒です。`,
  );
}
