/** 記録: the weekly runs, and the ways to what else is recorded (RULES 18-27). */

import { list } from "../api.js";
import { dayInWords, shortDay } from "../dates.js";
import { el } from "../dom.js";
import { api } from "../session.js";
import { columns } from "./charts.js";
import { figure, legend } from "./figures.js";
import { endInWords } from "./words.js";

export const runsView = { id: "runs", label: "記録", aside: true, title: "{{run_name}}の記録", load };

/** @type {[view: string, text: string][]} */
const BESIDE = [
  ["runs", "処理"],
  ["what-if", "試算"],
  ["statistics", "統計"],
  ["operations", "運用のようす"],
];

/**
 * The ways between the views of what is recorded.
 *
 * @param {string} current
 */
export const beside = (current) =>
  el(
    "nav",
    { "aria-label": "記録" },
    el(
      "ul",
      { class: "in-line tabs" },
      BESIDE.map(([view, text]) =>
        el("li", {}, el("a", { href: `#${view}`, "aria-current": view === current ? "page" : null }, text)),
      ),
    ),
  );

const PLOTTED = 26;

async function load() {
  const runs = await list("/desk/runs", api.get);
  if (!runs.length) return [beside("runs"), el("p", {}, "まだ一度も処理していません。")];
  return [beside("runs"), history(runs.slice(0, PLOTTED).reverse()), el("ul", { class: "runs" }, runs.map(entry))];
}

/** @param {Answer[]} runs */
const history = (runs) =>
  figure(
    "週ごとの結果",
    [
      columns(
        "週ごとの貸出と確保と待ち",
        runs.map(({ cycle }) => cycle),
        SERIES.map(([kind, label, name]) => ({ kind, label, numbers: runs.map(({ summary }) => summary[name] ?? 0) })),
      ),
      legend(SERIES.map(([kind, text]) => [kind, text])),
    ],
    ["処理の日", ...SERIES.map(([, text]) => text)],
    runs.map(({ date, summary }) => [shortDay(date), ...SERIES.map(([, , name]) => summary[name] ?? 0)]),
  );

/** @type {[kind: string, label: string, name: string][]} */
const SERIES = [
  ["lent", "貸出", "lend"],
  ["kept", "確保(上限)", "keep_aside"],
  ["waits", "今回はなし", "none"],
];

/** @param {Answer} run */
function entry({ date, finished, finished_at: at, suspended, summary }) {
  const state = suspended ? "お休みしました" : finished ? endInWords(at, date) : "まだ終わっていません";
  return el(
    "li",
    { class: finished || suspended ? "" : "late" },
    el("a", { href: `#run/${encodeURIComponent(date)}`, class: "run-day" }, dayInWords(date)),
    el("span", {}, state),
    el(
      "span",
      { class: "run-sums" },
      `予約${summary.holds ?? 0}件から 貸出${summary.lend ?? 0}冊・確保${summary.keep_aside ?? 0}冊`,
    ),
    el("a", { href: `#replay/${encodeURIComponent(date)}` }, "再生する"),
  );
}
