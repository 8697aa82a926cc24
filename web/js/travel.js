/**
 * 時間の旅: a bar on the pages of a stack that travels in time. The moment that is chosen stands still, and counts for
 * all that this tab asks of the API. It comes before the modules of the page, and is published for a local stack alone.
 */

import { get, messageOf } from "./api.js";
import { dayAfter, momentInWords, nowInTokyo } from "./dates.js";
import { el, fill } from "./dom.js";
import { travelledTo, travelTo } from "./moment.js";
import { forget, read, write } from "./storage.js";

const MOMENT = "moment";

travelTo(read(MOMENT) ?? "");

/** @param {string} moment */
function go(moment) {
  if (moment) write(MOMENT, moment);
  else forget(MOMENT);
  // Each view is to be of that moment.
  location.reload();
}

/**
 * The moments of a week that one would look at.
 *
 * @param {Answer} week
 * @returns {[label: string, moment: string][]}
 */
function moments({ run_date: run, cut_off: cutOff, mail_on: mail, pickup_from: from, pickup_until: until }) {
  const morning = `${run}T09:00:00+09:00`;
  return [
    ["つぎの処理の朝", morning > cutOff ? morning : cutOff],
    ["貸出メールの日", `${mail}T18:00:00+09:00`],
    ["受取開始の日", `${from}T10:00:00+09:00`],
    ["受取の最終日", `${until}T16:00:00+09:00`],
    ["返却期限", `${dayAfter(from, Number("{{partner_loan_days}}"))}T10:00:00+09:00`],
  ];
}

/** @param {Answer[]} weeks */
function choices(weeks) {
  const next = weeks.find(({ suspended, pickup_from: from }) => !suspended && from);
  return (next ? moments(next) : []).map(([label, moment]) => button(`${label} ${momentInWords(moment)}`, moment));
}

/**
 * @param {string} text
 * @param {string} moment
 */
const button = (text, moment) =>
  el("button", { type: "button", class: "link-button", onclick: () => go(moment) }, text);

/** Any other moment. */
function otherMoment() {
  const field = el("input", { class: "text", id: "travel-moment", type: "datetime-local", required: true });
  field.value = nowInTokyo().slice(0, 16);
  const form = el(
    "form",
    { class: "other-moment" },
    el("label", { for: "travel-moment" }, "ほかの時刻"),
    field,
    el("button", { class: "button plain" }, "この時刻へ"),
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    go(`${field.value}:00+09:00`);
  });
  return form;
}

/** @param {HTMLElement} place */
async function fillChoices(place) {
  place.setAttribute("aria-busy", "true");
  try {
    fill(place, choices((await get("/calendar")).items));
  } catch (error) {
    fill(place, el("p", {}, messageOf(error)));
  } finally {
    place.setAttribute("aria-busy", "false");
  }
}

function bar() {
  const moment = travelledTo();
  const place = el("div", { class: "moments", "aria-live": "polite" });
  const details = el(
    "details",
    { class: "wrap" },
    el("summary", {}, moment ? `時間の旅: ${momentInWords(moment)}` : "時間の旅: いまの時刻"),
    el("p", { class: "small" }, "選んだ時刻で止まります。このタブだけのことで、予定の仕事はひとりでには始まりません。"),
    moment && button("いまに戻る", ""),
    place,
    otherMoment(),
  );
  details.addEventListener("toggle", () => {
    if (details.open && !place.hasChildNodes()) fillChoices(place);
  });
  return el("aside", { class: moment ? "travel away" : "travel", "aria-label": "時間の旅" }, details);
}

document.querySelector(".site-header")?.before(bar());
