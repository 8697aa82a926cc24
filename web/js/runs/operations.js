/** 運用のようす: did it go well? The week's jobs as dots, its mails, and what is stuck, with what to do about it. */

import { dayInWords, momentInWords, shortDay } from "../dates.js";
import { el } from "../dom.js";
import { table } from "../desk/tables.js";
import { api } from "../session.js";
import { columns } from "./charts.js";
import { JOBS } from "./jobs.js";
import { beside } from "./list.js";
import { mailInWords } from "./numbers.js";
import { figure, legend } from "./figures.js";
import { TROUBLES } from "./troubles.js";

export const operationsView = { id: "operations", title: "運用のようす", under: "runs", hidden: true, load };

/** @type {Record<string, [sign: string, text: string]>} */
const STATES = {
  done: ["●", "済み"],
  late: ["▲", "遅れています"],
  failed: ["✕", "していません"],
  to_come: ["○", "これから"],
  closed: ["－", "休館日"],
};
const DAYS = 7;

/**
 * @param {App} _
 * @param {string} week
 */
async function load(_, week) {
  const found = await api.get(week ? `/desk/operations?week=${encodeURIComponent(week)}` : "/desk/operations");
  return [beside("operations"), verdict(found), troubles(found), jobs(found), mails(found)];
}

/**
 * The one sentence: all well, or how much is not.
 *
 * @param {Answer} found
 */
function verdict({ troubles: of, jobs: all, moment }) {
  const wrong = Object.values(of).filter(Boolean).length;
  const undone = all.filter((/** @type {Answer} */ { state }) => state === "failed" || state === "late").length;
  const well = !wrong && !undone;
  const text = well
    ? "すべて、うまくいっています。"
    : [wrong && `気をつけること ${wrong}件`, undone && `していない仕事 ${undone}件`].filter(Boolean).join("、");
  return el(
    "div",
    { class: well ? "verdict well" : "verdict", role: "status" },
    el("strong", {}, text),
    el("span", {}, `${momentInWords(moment)}現在`),
  );
}

/** @param {Answer} found */
function troubles({ troubles: of }) {
  const there = Object.entries(of).filter(([, number]) => number);
  if (!there.length) return null;
  return [
    el("h2", {}, "気をつけること"),
    el(
      "ul",
      { class: "troubles" },
      there.map(([name, number]) => {
        const { says, then, command, alarm } = TROUBLES[name];
        return el(
          "li",
          {},
          el("strong", {}, says(Number(number))),
          el("p", {}, then),
          command ? el("code", { class: "command" }, command) : null,
          alarm ? el("p", { class: "hint" }, `警報の名前: ${alarm}`) : null,
        );
      }),
    ),
  ];
}

/** @param {Answer} found */
function jobs({ jobs: all, week_from: monday }) {
  const days = Array.from({ length: DAYS }, (_, number) => later(monday, number));
  return [
    el("h2", {}, "この週の仕事"),
    table(
      "この週の仕事",
      ["", ...days.map(shortDay)],
      JOBS.map(([job, text]) => jobRow(all, job, text, days)),
    ),
    signs(),
    el(
      "div",
      { class: "actions" },
      el("a", { class: "button plain", href: `#operations/${later(monday, -DAYS)}` }, "前の週"),
      el("a", { class: "button plain", href: `#operations/${later(monday, DAYS)}` }, "次の週"),
    ),
  ];
}

/**
 * @param {Answer[]} all
 * @param {string} job
 * @param {string} text
 * @param {string[]} days
 */
const jobRow = (all, job, text, days) =>
  el(
    "tr",
    { class: "jobs" },
    el("th", { scope: "row" }, text),
    days.map((day) => el("td", {}, dots(all, job, day))),
  );

const signs = () =>
  el(
    "ul",
    { class: "legend" },
    Object.entries(STATES).map(([state, [sign, text]]) =>
      el("li", {}, el("span", { class: `dot ${state}`, "aria-hidden": "true" }, sign), text),
    ),
  );

/**
 * @param {Answer[]} all
 * @param {string} job
 * @param {string} day
 */
const dots = (all, job, day) =>
  all
    .filter((each) => each.job === job && each.due_at.startsWith(day))
    .map(({ state, due_at: due, finished_at: at }) => {
      const [sign, text] = STATES[state];
      const time = due.slice(11, 16);
      const said = at ? `${time} ${text}(${momentInWords(at)})` : `${time} ${text}`;
      return el("span", { class: `dot ${state}`, role: "img", "aria-label": said, title: said }, sign);
    });

/**
 * @param {string} day
 * @param {number} days
 */
const later = (day, days) => new Date(Date.parse(`${day}T00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);

/** @type {[kind: string, state: string][]} */
const STATES_OF_MAILS = [
  ["lent", "delivered"],
  ["waits", "sent"],
  ["kept", "delayed"],
  ["whole", "unsent"],
  ["stopped", "bounced"],
  ["stopped", "complained"],
  ["stopped", "rejected"],
];

/** @param {Answer} found */
function mails({ mails: known, week_from: monday }) {
  const days = Array.from({ length: DAYS }, (_, number) => later(monday, number));
  /** @param {string} day */
  const counts = (day) => known.find((/** @type {Answer} */ each) => each.date === day)?.counts ?? {};
  const series = STATES_OF_MAILS.map(([kind, state]) => ({
    kind,
    label: mailInWords(state),
    numbers: days.map((day) => Math.max(0, counts(day)[state] ?? 0)),
  }));
  if (!series.some((of) => of.numbers.some(Boolean)))
    return [el("h2", {}, "この週のメール"), el("p", {}, "まだ、ありません。")];
  return figure(
    "この週のメール",
    [
      columns("この週のメールのようす", days, series),
      legend([
        ["lent", "届いた"],
        ["waits", "送信済み"],
        ["kept", "遅れている"],
        ["whole", "送らなかった"],
        ["stopped", "届かなかった・送れなかった"],
      ]),
    ],
    ["書いた日", ...STATES_OF_MAILS.map(([, state]) => mailInWords(state))],
    days.map((day) => [dayInWords(day), ...series.map(({ numbers }) => numbers[days.indexOf(day)])]),
    "メールを書いた日ごとに、いまどうなっているかです。",
  );
}
