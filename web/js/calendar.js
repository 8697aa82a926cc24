/** カレンダー: the weeks to come as they will be, and closed days, of a facility or the prefectural library (RULES 18, 22, 40). */

import { get } from "./api.js";
import { dayInWords, momentInWords } from "./dates.js";
import { el } from "./dom.js";
import { input, typedIn } from "./inputs.js";
import { factList } from "./library/parts.js";
import { facilities, placeOptions, PREFECTURAL } from "./places.js";

export const calendarView = { id: "calendar", label: "カレンダー", load };

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
    el("h2", {}, "これからのオンライン貸出"),
    el("ul", { class: "books" }, weeks.map(weekEntry)),
    el("h2", {}, "休館日"),
    closed.length
      ? el("ul", { class: "closed-days" }, closed.map(day))
      : el("p", {}, "この期間に、休館日の登録はありません。"),
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

/** @param {Answer} week */
function weekEntry({ cut_off: cutOff, mail_on: mail, pickup_from: from, pickup_until: until, suspended, reason }) {
  const stopped = suspended || !from;
  return el(
    "li",
    { class: "book stack" },
    factList([
      ["予約の締切", momentInWords(cutOff)],
      ["貸出", stopped ? `お休みします${reason ? `(${reason})` : ""}` : ""],
      ["貸出メール", stopped ? "" : dayInWords(mail)],
      ["受取期間", stopped ? "" : `${dayInWords(from)}～${dayInWords(until)}`],
    ]),
  );
}

/** @param {Answer} closed */
const day = ({ date, reason }) => el("li", {}, dayInWords(date), reason ? `(${reason})` : "");
