/** 大雪: other days for the bags of some facilities, with a mail to each patron, and the way back (RULES 40). */

import { list } from "../api.js";
import { confirmDialog } from "../confirm-dialog.js";
import { dayInWords, shortDay } from "../dates.js";
import { el, fill } from "../dom.js";
import { input, missingFault, tellFaults, typedIn } from "../inputs.js";
import { facilities, placeNames } from "../places.js";
import { api } from "../session.js";
import { FacilityChoice } from "./snow-places.js";
import { row, table } from "./tables.js";
import { daysAfter } from "./year-days.js";

const WEEK = 7;

/** @type {View} */
export const snowView = { id: "snow", label: "大雪", aside: true, title: "大雪などで受取期間を延ばす", load };

/**
 * @param {App} app
 * @param {string} day
 */
async function load(app, day = "") {
  const sunday = day || (await api.get("/desk/today")).packing.pickup_from;
  const week = `pickup_from=${encodeURIComponent(sunday)}`;
  const [places, crates, shifts, named] = await Promise.all([
    facilities(),
    list(`/desk/crates?${week}`, api.get),
    list(`/desk/shifts?${week}`, api.get),
    placeNames(),
  ]);
  const moved = shifts.filter(({ taken_back_at: at }) => !at);
  const choice = new FacilityChoice(places, crates, moved);
  const place = el("div", { class: "stack", id: "preview", role: "status" });
  return [
    weekLinks(sunday),
    el("p", {}, "選んだ館の受取期限と返却期限を変え、まだ受け取っていない方にメールで知らせます。"),
    choice.element,
    form(app, sunday, choice, place, named),
    place,
    ...shifted(app, sunday, moved, named),
  ];
}

/** @param {string} sunday */
const weekLinks = (sunday) =>
  el(
    "div",
    { class: "year-links" },
    el("a", { href: `#snow/${daysAfter(sunday, -7)}` }, `‹ 受取 ${shortDay(daysAfter(sunday, -7))}～`),
    el("h2", {}, `受取 ${dayInWords(sunday)}からの袋`),
    el("a", { href: `#snow/${daysAfter(sunday, 7)}` }, `受取 ${shortDay(daysAfter(sunday, 7))}～ ›`),
  );

/**
 * @param {App} app
 * @param {string} sunday
 * @param {FacilityChoice} choice
 * @param {HTMLElement} place
 * @param {Named} named
 */
function form(app, sunday, choice, place, named) {
  const until = daysAfter(sunday, 2 * WEEK);
  const made = app.form(
    (sent) => preview(sent, app, sunday, choice, place, named),
    el(
      "div",
      { class: "two-dates" },
      input("pickup_until", "新しい受取期限", { type: "date", class: "text w10", value: until }),
      input("due_on", "新しい返却期限", { type: "date", class: "text w10", value: daysAfter(until, WEEK) }),
    ),
    input("reason", "理由(メールに書かれます)", { maxlength: 200, value: "大雪のため、搬送が遅れています。" }),
    el("div", { class: "actions" }, el("button", { class: "button" }, "メールの文面を確かめる")),
  );
  for (const each of [made, choice.element]) each.addEventListener("input", () => place.replaceChildren());
  return made;
}

/**
 * @param {HTMLFormElement} sent
 * @param {App} app
 * @param {string} sunday
 * @param {FacilityChoice} choice
 * @param {HTMLElement} place
 * @param {Named} named
 */
async function preview(sent, app, sunday, choice, place, named) {
  const typed = typedIn(sent);
  const numbers = choice.chosen();
  const faults = [
    ...(numbers.length ? [] : [{ message: "館を選んでください。" }]),
    ...missingFault("pickup_until", typed.pickup_until, "新しい受取期限を入力してください。"),
    ...missingFault("due_on", typed.due_on, "新しい返却期限を入力してください。"),
    ...missingFault("reason", typed.reason, "理由を入力してください。"),
  ];
  if (tellFaults(sent, faults)) return;
  const body = { ...typed, facilities: numbers, pickup_from: sunday };
  const { subject, text, items } = await api.post("/desk/shifts/preview", body);
  /** @type {number[]} */
  const counts = items.map((/** @type {Answer} */ { patrons }) => patrons);
  const people = counts.reduce((sum, count) => sum + count, 0);
  const record = app.button("期限を変えて、メールを送る", "記録しています…", () => shift(app, sunday, body, named));
  fill(
    place,
    el("h2", {}, `${numbers.length}館、${people}人にメールを送ります`),
    el(
      "section",
      { class: "mail-preview", "aria-label": "送るメール" },
      el("p", {}, el("strong", {}, subject)),
      el("p", { class: "letter-text" }, text),
    ),
    el("div", { class: "actions" }, record),
  );
  record.focus();
}

/**
 * It goes on until none is left.
 *
 * @param {App} app
 * @param {string} sunday
 * @param {{ facilities: string[] }} body
 * @param {Named} named
 */
async function shift(app, sunday, body, named) {
  /** @type {Answer[]} */
  const done = [];
  let { facilities: left } = body;
  while (left.length) {
    const part = await api.post("/desk/shifts", { ...body, facilities: left });
    done.push(...part.items);
    ({ left } = part);
  }
  await app.goTo(`#snow/${sunday}`, outcome(done, "受取期限を変えました。", named));
}

/**
 * @param {Answer[]} done
 * @param {string} said
 * @param {Named} named
 */
function outcome(done, said, named) {
  const people = done.reduce((sum, { patrons = 0 }) => sum + patrons, 0);
  const refused = done.filter((each) => !each.done);
  return [
    `${done.length - refused.length}館の${said}${people}人にメールを送ります。`,
    ...refused.map(
      ({ facility, reasons }) =>
        `${named(facility)}: ${reasons.map((/** @type {Answer} */ { message }) => message).join("")}`,
    ),
  ];
}

/**
 * What was shifted already, each with the way back.
 *
 * @param {App} app
 * @param {string} sunday
 * @param {Answer[]} moved
 * @param {Named} named
 */
function shifted(app, sunday, moved, named) {
  if (!moved.length) return [];
  /** @param {string} query */
  const back = async (query) => {
    const text = "もとの受取期限と返却期限に戻し、知らせた方にもう一度メールを送ります。";
    if (!(await confirmDialog("もとの期限に戻しますか", text, "もとに戻す"))) return;
    await app.goTo(`#snow/${sunday}`, outcome(await takeBack(sunday, query), "期限をもとに戻しました。", named));
  };
  return [
    el("h2", {}, "変えてある期限"),
    table(
      "変えてある期限",
      ["館", "受取期限", "返却期限", "理由", ""],
      moved.map((each) =>
        row(
          named(each.facility),
          `${shortDay(each.pickup_until_before)} → ${shortDay(each.pickup_until)}`,
          `${shortDay(each.due_on_before)} → ${shortDay(each.due_on)}`,
          each.reason,
          app.button("もとに戻す", "戻しています…", () => back(`facilities=${each.facility}`), {
            class: "link-button",
            "aria-label": `${named(each.facility)}の期限をもとに戻す`,
          }),
        ),
      ),
    ),
    moved.length > 1
      ? el(
          "div",
          { class: "actions" },
          app.button("すべてもとに戻す", "戻しています…", () => back("all=1"), { class: "button plain" }),
        )
      : null,
  ];
}

/**
 * @param {string} sunday
 * @param {string} query
 */
async function takeBack(sunday, query) {
  /** @type {Answer[]} */
  const done = [];
  /** @type {string[]} */
  let left = [];
  let next = query;
  do {
    const part = await api.remove(`/desk/shifts?pickup_from=${sunday}&${next}`);
    done.push(...part.items);
    ({ left } = part);
    next = `facilities=${left.join(",")}`;
  } while (left.length);
  return done;
}
