/**
 * 時間の旅: a bar on the pages of a stack that travels in time. The moment that is chosen stands still, and counts for
 * all that this tab asks of the API. It comes before the modules of the page, and is published for a local stack alone.
 */

import { get, messageOf } from "./api.js";
import { dayAfter, momentInWords, nowInTokyo } from "./dates.js";
import { el, fill } from "./dom.js";
import { travelledTo, travelTo } from "./moment.js";
import { JOBS } from "./runs/jobs.js";
import { forget, read, write } from "./storage.js";

const MOMENT = "moment";
// What was done on the way here.
const DONE = "done-on-the-way";

travelTo(read(MOMENT) ?? "");

const status = el("p", { class: "wrap small", role: "status" });

/** @param {string} moment */
async function go(moment) {
  if (moment) {
    status.textContent = "そのときまでの、予定の仕事をしています…";
    const answer = await forward(moment);
    if (answer.detail) {
      status.textContent = answer.detail;
      return;
    }
    write(MOMENT, moment);
    write(DONE, inWords(answer.done));
  } else forget(MOMENT);
  // Each view is to be of that moment.
  location.reload();
}

/**
 * Have done what is due until a moment; a stack does it once, however often one goes there.
 *
 * @param {string} moment
 * @returns {Promise<{ done?: Record<string, number>, detail?: string }>}
 */
async function forward(moment) {
  try {
    return await (await fetch("/travel", { method: "POST", body: JSON.stringify({ to: moment }) })).json();
  } catch {
    return { detail: "予定の仕事ができませんでした。もう一度お試しください。" };
  }
}

/** @param {Record<string, number>} [done] */
function inWords(done = {}) {
  const said = JOBS.filter(([job]) => done[job]).map(([job, text]) => `${text} ${done[job]}回`);
  return said.length ? `予定の仕事をしました: ${said.join("、")}` : "新しくする予定の仕事は、ありませんでした。";
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
    el(
      "p",
      { class: "small" },
      "選んだ時刻で止まります。時刻はこのタブだけのものです。先へ進むと、それまでの予定の仕事が順に動き、戻っても消えません。",
    ),
    moment && button("いまに戻る", ""),
    place,
    otherMoment(),
  );
  details.addEventListener("toggle", () => {
    if (details.open && !place.hasChildNodes()) fillChoices(place);
  });
  status.textContent = read(DONE) ?? "";
  forget(DONE);
  return el("aside", { class: moment ? "travel away" : "travel", "aria-label": "時間の旅" }, details, status);
}

document.querySelector(".site-header")?.before(bar());
