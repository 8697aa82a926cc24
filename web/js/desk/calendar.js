/** カレンダー: a year of the library or of a facility; days are closed and lending is suspended here (RULES 21, 22, 40). */

import { get, list } from "../api.js";
import { el } from "../dom.js";
import { input, typedIn } from "../inputs.js";
import { facilities, placeOptions, PREFECTURAL } from "../places.js";
import { api } from "../session.js";
import { closeForm } from "./calendar-form.js";
import { entries } from "./calendar-entries.js";
import { closedOn, covers, ofPlace, weekdayOf } from "./year-days.js";
import { YearSheet } from "./year-sheet.js";

/** @type {View} */
export const calendarView = { id: "calendar", label: "カレンダー", aside: true, title: "休館と休止のカレンダー", load };

/**
 * What is known of a place's year.
 *
 * @typedef {{ facility: string, closures: Answer[], suspensions: Answer[], runs: Answer[], weeks: Answer[] }} Known
 */

/**
 * @param {App} app
 * @param {string} place
 * @param {string} typedYear
 */
async function load(app, place = PREFECTURAL, typedYear = "") {
  const facility = place === PREFECTURAL ? "" : place;
  const [places, closures, suspensions, runs, { items: weeks }] = await Promise.all([
    facilities(),
    list("/desk/closures?all=1", api.get),
    list("/desk/suspensions?all=1", api.get),
    api.get("/desk/runs?limit=60"),
    get(`/calendar?facility=${encodeURIComponent(facility)}`),
  ]);
  const year = Number(typedYear) || Number((weeks[0]?.run_date ?? new Date().toISOString()).slice(0, 4));
  /** @type {Known} */
  const known = {
    facility,
    closures: ofPlace(closures, facility),
    suspensions: ofPlace(suspensions, facility),
    runs: runs.items,
    weeks,
  };
  const form = closeForm(app, facility, `#calendar/${place}/${year}`);
  const sheet = new YearSheet(year, (day) => markOf(day, known), form.choose);
  return [
    placeForm(app, place, year, places),
    yearLinks(place, year),
    legend(facility),
    el(
      "p",
      { class: "hint", id: "year-help" },
      "日を選ぶには、なぞるか、はじめの日とおわりの日を押します。キーボードでは、矢印キーで動き、Shiftと矢印キーで選びます。",
    ),
    el("div", {}, sheet.element, form.bar),
    form.element,
    el("h2", {}, "記録されている休館と休止"),
    ...entries(app, known, year),
  ];
}

/**
 * @param {App} app
 * @param {string} place
 * @param {number} year
 * @param {Facility[]} places
 */
function placeForm(app, place, year, places) {
  const form = app.form(
    () => app.goTo(`#calendar/${typedIn(form).place || PREFECTURAL}/${year}`),
    input("place", "館", { tag: "select", children: placeOptions(places, place) }),
    el("div", { class: "actions" }, el("button", { class: "button plain" }, "この館のカレンダーを見る")),
  );
  return form;
}

/**
 * @param {string} place
 * @param {number} year
 */
const yearLinks = (place, year) =>
  el(
    "div",
    { class: "year-links" },
    el("a", { href: `#calendar/${place}/${year - 1}` }, `‹ ${year - 1}年`),
    el("h2", {}, `${year}年`),
    el("a", { href: `#calendar/${place}/${year + 1}` }, `${year + 1}年 ›`),
  );

/** @param {string} facility */
const legend = (facility) =>
  el(
    "ul",
    { class: "legend" },
    el("li", {}, el("span", { class: "day closed" }, "休"), " 休館"),
    el("li", {}, el("span", { class: "day suspended" }, "止"), facility ? " 受け渡しの休止" : " 貸出処理の休止"),
    facility ? null : el("li", {}, el("span", { class: "day run" }, "●"), " 貸出処理をする{{run_days}}"),
    facility ? null : el("li", {}, el("span", { class: "day no-run" }, "×"), " 貸出処理をしない{{run_days}}"),
    facility ? null : el("li", {}, el("span", { class: "day done" }, "済"), " 済んだ貸出処理"),
  );

/**
 * What a day is: closed, suspended, a run's day.
 *
 * @param {string} day
 * @param {Known} known
 */
function markOf(day, known) {
  const closed = closedOn(known.closures, day);
  const suspended = known.suspensions.some((each) => covers(each, day));
  const run = known.facility ? null : runOn(day, closed || suspended, known);
  const doors = closed ? { look: "closed", sign: "休", words: "休館" } : null;
  const stop = suspended ? { look: "suspended", sign: "止", words: "休止" } : null;
  const found = [doors, stop, run].filter((each) => each !== null);
  return {
    look: found.map(({ look }) => look).join(" "),
    sign: run?.sign ?? stop?.sign ?? doors?.sign ?? "",
    words: found.map(({ words }) => words).join("、"),
  };
}

/**
 * @param {string} day
 * @param {boolean} stopped
 * @param {Known} known
 */
function runOn(day, stopped, { runs, weeks }) {
  const made = runs.find(({ date }) => date === day);
  if (made)
    return { look: "done", sign: "済", words: made.suspended ? "貸出処理はお休みでした" : "貸出処理は済みました" };
  const next = weeks[0]?.run_date;
  if (!next || day < next || weekdayOf(day) !== weekdayOf(next)) return null;
  return stopped
    ? { look: "no-run", sign: "×", words: "貸出処理はしません" }
    : { look: "run", sign: "●", words: "貸出処理をします" };
}
