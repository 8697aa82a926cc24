/** きょうの仕事: what is due, done and left, with the way to each list (RULES 55). */

import { dayInWords, momentInWords, shortDay } from "../dates.js";
import { el } from "../dom.js";
import { factList } from "../library/parts.js";
import { api } from "../session.js";

export const todayView = { id: "today", label: "きょう", title: "きょうの仕事", load };

/** @type {Record<string, { label: string, view: string }>} */
const LISTS = {
  pulls: { label: "取り出す本", view: "pulls" },
  applications: { label: "確認を待つ申請", view: "applications" },
  contacts: { label: "連絡する方", view: "contacts" },
  letters: { label: "郵送するお知らせ", view: "letters" },
  reports: { label: "{{partner_word}}からの連絡", view: "reports" },
  to_clear: { label: "取置棚から戻す本", view: "list/to_clear" },
  missing: { label: "見つからなかった本", view: "list/missing" },
};

/** @param {App} app */
async function load(app) {
  const { date, next_run: next, latest_run: latest, packing, open_work: work } = await api.get("/desk/today");
  app.tellCounts(counts(work));
  return [
    el("p", {}, dayInWords(date)),
    weekLine(date, latest, packing, work),
    el("h2", {}, "残っている仕事"),
    el("ul", { class: "work" }, work.map(entry)),
    el("h2", {}, "{{run_name}}"),
    factList([
      ["前回", latest ? runInWords(latest) : "まだありません"],
      ["次回", next ? nextInWords(next) : ""],
    ]),
    el("h2", {}, `コンテナ(受取 ${dayInWords(packing.pickup_from)}～${dayInWords(packing.pickup_until)})`),
    factList([
      ["袋と本", packing.bags ? `${packing.crates}館、袋${packing.bags}、本${packing.books}冊` : "まだありません"],
      ["発送", packing.crates ? `${packing.crates}館のうち${packing.dispatched}館` : ""],
    ]),
    packing.crates ? el("p", {}, el("a", { href: "#crates" }, "袋詰めを見る")) : null,
  ];
}

/**
 * A step of the week: done, being done, or to come.
 *
 * @typedef {{ name: string, text: string, view?: string, done: boolean, now: boolean }} Step
 */

/**
 * The week from its run to the pickup, as a line of what is done and what comes next.
 *
 * @param {string} today
 * @param {Answer} latest
 * @param {Answer} packing
 * @param {Answer[]} work
 */
function weekLine(today, latest, packing, work) {
  const left = work.find(({ name }) => name === "pulls")?.left ?? 0;
  /** @type {Step[]} */
  const steps = [
    { name: "貸出処理", text: latest ? shortDay(latest.date) : "", done: Boolean(latest?.finished), now: false },
    { name: "取り出し", text: left ? `残り${left}冊` : "", view: "pulls", done: !left, now: left > 0 },
    ...crateSteps(packing, left, today),
  ];
  return el("ol", { class: "week-line" }, steps.map(stepOf));
}

/**
 * @param {Answer} packing
 * @param {number} left
 * @param {string} today
 * @returns {Step[]}
 */
function crateSteps({ crates, bags, books, dispatched, pickup_from: from, pickup_until: until }, left, today) {
  const [packed, gone] = [bags > 0 && !left, crates > 0 && dispatched === crates];
  const [inBags, onTheirWay] = [
    bags ? `袋${bags}、本${books}冊` : "",
    crates ? `${crates}館のうち${dispatched}館` : "",
  ];
  return [
    { name: "袋詰め", text: inBags, view: "crates", done: packed, now: bags > 0 && !packed },
    { name: "発送", text: onTheirWay, view: "crates", done: gone, now: dispatched > 0 && !gone },
    {
      name: "受取",
      text: `${shortDay(from)}～${shortDay(until)}`,
      done: until < today,
      now: from <= today && today <= until,
    },
  ];
}

/** @param {Step} step */
const stepOf = ({ name, text, view, done, now }) =>
  el(
    "li",
    { class: done ? "done" : now ? "now" : "" },
    el("span", { class: "sign" }, done ? "済" : now ? "いま" : "これから"),
    view ? el("a", { href: `#${view}` }, name) : el("span", {}, name),
    el("span", {}, text),
  );

/**
 * What is left, by the view that leads to it.
 *
 * @param {Answer[]} work
 */
const counts = (work) =>
  new Map(
    work.filter(({ left }) => left).map(({ name, left, more }) => [LISTS[name].view, more ? `${left}+` : String(left)]),
  );

/** @param {Answer} list */
function entry({ name, left, more, late }) {
  const { label, view } = LISTS[name];
  return el(
    "li",
    { class: left ? "left" : "" },
    el("a", { href: `#${view}` }, label),
    el("strong", {}, more ? `${left}件以上` : `${left}件`),
    late ? el("span", { class: "late" }, `うち${late}件は、日数を過ぎています`) : null,
  );
}

/** @param {Answer} run */
function runInWords({ date, finished, finished_at: at, suspended, summary }) {
  if (suspended) return `${dayInWords(date)} お休みしました`;
  if (!finished) return `${dayInWords(date)} まだ終わっていません`;
  return `${momentInWords(at)}に終わりました。貸出${summary.lend ?? 0}冊、確保${summary.keep_aside ?? 0}冊`;
}

/** @param {Answer} run */
const nextInWords = ({ cut_off: at, suspended, reason }) =>
  suspended ? `${dayInWords(at)} お休みします${reason ? `(${reason})` : ""}` : `${momentInWords(at)} 締切`;
