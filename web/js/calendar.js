/** カレンダー: the weeks to come as they will be, and closed days, of a facility or the prefectural library (RULES 18, 22, 40). */

import { get } from "./api.js";
import { startApp } from "./app.js";
import { watchConnection } from "./connection.js";
import { dayInWords, momentInWords, sundayOf, today } from "./dates.js";
import { el } from "./dom.js";
import { input, typedIn } from "./inputs.js";
import { factList } from "./library/parts.js";
import { facilities, placeOptions, PREFECTURAL } from "./places.js";
import { weekSheet } from "./week-sheet.js";

/**
 * @param {App} app
 * @param {string} place
 */
async function load(app, place = PREFECTURAL) {
  const facility = place === PREFECTURAL ? "" : place;
  const [{ items: weeks, closed_days: closed }, places] = await Promise.all([
    get(`/calendar?facility=${encodeURIComponent(facility)}`),
    facilities(),
  ]);
  return [
    placeForm(app, place, places),
    el("p", { class: "legend" }, marked("cut-off", "締切"), marked("pickup", "受取開始"), marked("closed", "休館")),
    drawing(weeks, closed),
    el("h2", {}, "休館日"),
    closed.length
      ? el("ul", { class: "closed-days" }, closed.map(day))
      : el("p", {}, "この期間に、休館日の登録はありません。"),
    el("h2", {}, "これからの{{lending_word}}"),
    el("ol", { class: "runs" }, weeks.map(weekEntry)),
  ];
}

/**
 * @param {App} app
 * @param {string} place
 * @param {Facility[]} places
 */
function placeForm(app, place, places) {
  const form = app.form(
    () => app.goTo(`#calendar/${typedIn(form).place || PREFECTURAL}`),
    input("place", "館", { tag: "select", children: placeOptions(places, place) }),
    el("div", { class: "actions" }, el("button", { class: "button plain" }, "カレンダーを見る")),
  );
  return form;
}

/**
 * @param {string} kind
 * @param {string} text
 */
const marked = (kind, text) => el("span", { class: `key ${kind}` }, text);

/**
 * @param {Answer[]} weeks
 * @param {Answer[]} closed
 */
function drawing(weeks, closed) {
  const shut = new Set(closed.map(({ date }) => date));
  const open = weeks.filter(({ suspended, pickup_from: from }) => !suspended && from);
  const cutOffs = new Set(open.map(({ cut_off: cutOff }) => cutOff.slice(0, 10)));
  const pickups = new Set(open.map(({ pickup_from: from }) => from));
  /** @param {string} date */
  const markOf = (date) => {
    if (cutOffs.has(date)) return { kind: "cut-off", text: "締切" };
    if (shut.has(date)) return { kind: "closed", text: "休館" };
    return pickups.has(date) ? { kind: "pickup", text: "受取" } : undefined;
  };
  const label = `これからの${weeks.length}週間のカレンダーです。同じ日付を、下に文字で並べています。`;
  return weekSheet(sundayOf(today()), weeks.length + 1, markOf, label);
}

/** @param {Answer} week */
function weekEntry({ cut_off: cutOff, mail_on: mail, pickup_from: from, pickup_until: until, suspended, reason }) {
  const stopped = suspended || !from;
  return el(
    "li",
    {},
    el("h3", {}, `${momentInWords(cutOff)} 締切`),
    stopped
      ? el("p", { class: "late" }, `お休みします${reason ? `(${reason})` : ""}`)
      : factList([
          ["貸出メール", dayInWords(mail)],
          ["受取期間", [`${dayInWords(from)}～`, el("wbr"), dayInWords(until)]],
        ]),
  );
}

/** @param {Answer} closed */
const day = ({ date, reason }) => el("li", {}, dayInWords(date), reason ? `(${reason})` : "");

watchConnection("画面の内容は、新しくならないことがあります。");
startApp("カレンダー", [{ id: "calendar", label: "カレンダー", load }]);
