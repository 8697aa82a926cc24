/** The home page: the days of the next run with a drawing of them, and the news, as the API knows them today. */

import { dayInWords, momentInWords, sundayOf } from "./dates.js";
import { el, element } from "./dom.js";
import { fillFrom } from "./filling.js";
import { firstNotices } from "./notice-list.js";
import { weekSheet } from "./week-sheet.js";

const NEWS = 3;
const ROWS = 3;

/** @param {Answer[]} weeks */
function days(weeks) {
  const next = weeks.find(({ suspended, pickup_from: from }) => !suspended && from);
  const missed = weeks.slice(0, next ? weeks.indexOf(next) : undefined).map(({ run_date: date, reason }) => {
    const why = reason ? `(${reason})` : "";
    return el("p", { class: "note warning" }, `${dayInWords(date)}の{{lending_word}}は、お休みします${why}。`);
  });
  return next ? [missed, ...told(next)] : missed;
}

/** @param {Answer} next */
function told({ cut_off: cutOff, mail_on: mail, pickup_from: from, pickup_until: until }) {
  element("cut-off").textContent = `${momentInWords(cutOff)} まで`;
  element("mail").textContent = dayInWords(mail);
  element("pickup").textContent = `${dayInWords(from)}～${dayInWords(until)}`;
  const summary = `${momentInWords(cutOff)} までに予約すると、${dayInWords(from)}から受け取れます。`;
  const run = cutOff.slice(0, 10);
  /** @param {string} day */
  const markOf = (day) => {
    if (day === run) return { kind: "cut-off", text: "締切" };
    if (day === mail) return { kind: "mail", text: "メール" };
    if (day < from || day > until) return undefined;
    return { kind: "pickup", text: day === from ? "受取" : day === until ? "最終日" : "" };
  };
  return [el("p", { class: "lead" }, summary), weekSheet(sundayOf(run), ROWS, markOf, `カレンダー: ${summary}`)];
}

fillFrom("week", "/calendar", days);
fillFrom("notices", "/notices", (items) => firstNotices(items, NEWS));
