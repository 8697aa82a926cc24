/** 予約: where each hold stands, and, once it is opened, why it got no book last time (RULES 27). */

import { list, Offline, Problem, reasonsOf } from "../api.js";
import { confirmDialog } from "../confirm-dialog.js";
import { dayInWords, nowInTokyo } from "../dates.js";
import { el } from "../dom.js";
import { expectedInWords, weeksLine } from "../expected.js";
import { choice, tellFaults, tickedIn } from "../inputs.js";
import { placeNames } from "../places.js";
import { api } from "../session.js";
import { me, warnings } from "./me.js";
import { pauseInWords } from "./pace.js";
import { factList, grouped, nothing, row, rows } from "./parts.js";
import { inOwnOrder, offeredOrder, ownStops, tiesOf } from "./wishes.js";

const BY_PHONE = "取消は、お電話で承ります。{{counter_phone}}({{counter_hours_inside}})";

export const holdsView = { id: "holds", label: "予約", title: "予約した資料", load };

/** @param {App} app */
async function load(app) {
  const [record, holds, named] = await Promise.all([me(), list("/me/holds", api.get), placeNames()]);
  const find = el("a", { class: "button", href: "#search" }, "資料をさがす");
  return [
    ...warnings(record),
    record.paused_until ? el("p", { class: "note" }, pauseInWords(record), " ", toSettings()) : null,
    ...(holds.length
      ? [
          el("p", {}, `${holds.length}冊を予約しています(${record.hold_limit}冊まで)。`),
          holds.length > 1 && holds.some(canCancel) && offeredOrder(record).length
            ? el("p", {}, el("a", { href: "#order" }, "読む順番を決める"))
            : null,
          holdsForm(inOwnOrder(holds), named, app),
        ]
      : nothing("予約している資料は、ありません。", find)),
  ];
}

const toSettings = () => el("a", { href: "#settings" }, "お休みを変える");

/**
 * The holds by their pickup place; those that wait are ticked and cancelled together (RULES 12).
 *
 * @param {Answer[]} holds
 * @param {Named} named
 * @param {App} app
 */
function holdsForm(holds, named, app) {
  const button = el("button", { class: "button plain" }, "選んだ予約を取り消す");
  return app.form(
    (form) => cancelTicked(form, holds, app),
    grouped(holds, (hold) => hold.pickup_place).map((group) => [
      el("h2", { class: "where" }, named(group[0].pickup_place)),
      rows(group.map((hold) => entry(hold, holds, named))),
    ]),
    holds.some(canCancel) ? el("div", { class: "actions" }, button) : null,
  );
}

/** @param {Answer} hold */
const canCancel = ({ status }) => status === "waiting";

/**
 * @param {Answer} hold
 * @param {Answer[]} holds all of the patron's
 * @param {Named} named
 */
function entry(hold, holds, named) {
  const { title_id: id, title, status, position, of, stopped_by: stops, last_run: run } = hold;
  const state = el("span", { class: `state ${status}` }, hold.status_label);
  const place = position ? ` ${position}番目(お待ちの方 ${of}人)` : "";
  const until = status === "ready" ? ` ${dayInWords(hold.pickup_until)}まで` : "";
  const why = run ? [{ when: `${dayInWords(run.date)}の処理: `, message: run.message }] : [];
  const to_come = stops.map((/** @type {Fault} */ { message }) => ({ when: "つぎの処理: ", message }));
  return row(
    title,
    [state, place, until, ...ownStops(stops).map((stop) => ` ${stop}`)],
    [
      factList([...facts(hold, named), ...tiesOf(hold, holds)]),
      status === "waiting" ? weeksLine(hold.expected_pickup, nowInTokyo()) : null,
      [...why, ...to_come].map(({ when, message }) => el("p", { class: "why" }, el("strong", {}, when), message)),
      canCancel(hold) ? null : el("p", { class: "hint" }, BY_PHONE),
    ],
    canCancel(hold) ? choice("checkbox", "title_ids", id, "取り消す予約に選ぶ", false, title) : null,
  );
}

/**
 * @param {Answer} hold
 * @param {Named} named
 * @returns {Fact[]}
 */
const facts = (hold, named) => [
  ["著者", hold.author],
  ["受取館の変更", change(hold, named)],
  ["受取の見込み", hold.status === "waiting" ? expectedInWords(hold) : ""],
  ["受取期限", dayInWords(hold.pickup_until)],
  ["予約した日", dayInWords(hold.placed_at)],
];

/**
 * @param {Answer} hold
 * @param {Named} named
 */
function change({ next_pickup_place: place, next_pickup_from: from }, named) {
  return place ? `${dayInWords(from)}の処理から ${named(place)}` : "";
}

/**
 * Cancel what is ticked, one after the other, and say of each what became of it.
 *
 * @param {HTMLFormElement} form
 * @param {Answer[]} holds
 * @param {App} app
 */
async function cancelTicked(form, holds, app) {
  const ids = tickedIn(form, "title_ids");
  if (tellFaults(form, ids.length ? [] : [{ message: "取り消す予約を選んでください。" }])) return;
  const ticked = holds.filter(({ title_id: id }) => ids.includes(id));
  const all = ticked.map(({ title }) => `「${title}」`).join("");
  if (!(await confirmDialog("予約を取り消しますか", `${all}の予約を取り消します。`, "取り消す"))) return;
  const news = [];
  for (const hold of ticked) news.push(await cancel(hold));
  await app.reload(news);
}

/**
 * @param {Answer} hold
 * @returns {Promise<string>} what became of it
 */
async function cancel({ title_id: id, title }) {
  try {
    await api.remove(`/me/holds/${encodeURIComponent(id)}`);
    return `「${title}」の予約を取り消しました。`;
  } catch (error) {
    if (!(error instanceof Problem || error instanceof Offline)) throw error;
    const why = reasonsOf(error).map(({ message }) => message);
    return `「${title}」の予約は、取り消せませんでした。${why.join(" ")}`;
  }
}
