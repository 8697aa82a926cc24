/** 試算: what a run would do if something were otherwise, and how that differs; nothing is written (RULES 18-23). */

import { dayInWords } from "../dates.js";
import { el } from "../dom.js";
import { input, typedIn } from "../inputs.js";
import { facilities, placeNames, placeOptions } from "../places.js";
import { api } from "../session.js";
import { differences, signed } from "./charts.js";
import { beside } from "./list.js";
import { figure } from "./figures.js";

export const whatIfView = { id: "what-if", title: "処理の試算", under: "runs", hidden: true, load };

const PATRONS_SHOWN = 30;

/** @param {App} app */
async function load(app) {
  const [{ next_run: next, date }, places, placeName] = await Promise.all([
    api.get("/desk/today"),
    facilities(),
    placeNames(),
  ]);
  const found = el("div", { class: "stack", id: "found", role: "status" });
  /** @param {HTMLFormElement} form */
  const tried = async (form) => {
    const answer = await api.post("/desk/runs?limit=1", askedOf(typedIn(form)));
    found.replaceChildren(...outcome(answer, placeName));
    found.scrollIntoView({ block: "start" });
  };
  return [
    beside("what-if"),
    el("p", {}, "いまの予約と本で処理をしたら何が変わるかを、試しに計算します。予約も本も変わりません。"),
    app.form(
      tried,
      fields(next?.run_date ?? date, places),
      el("div", { class: "actions" }, el("button", { class: "button" }, "試算する")),
    ),
    found,
  ];
}

/**
 * @param {string} day
 * @param {Facility[]} places
 */
const fields = (day, places) => [
  input("date", "処理の日", { type: "date", class: "text w16", value: day }),
  input("cap", "1人が借りられる冊数", {
    type: "number",
    min: 0,
    max: 100,
    class: "text w16",
    hint: "空のままなら、いまの上限です。",
  }),
  input("missing_percent", "棚で見つからない本の割合(%)", { type: "number", min: 0, max: 100, class: "text w16" }),
  input("facilities_closed", "お休みにする{{partner_word}}", {
    tag: "select",
    children: placeOptions(places, "", false),
  }),
  el(
    "div",
    { class: "field" },
    el(
      "label",
      { class: "tick" },
      el("input", { type: "checkbox", name: "run_skipped", value: "true" }),
      " この週の処理を休む",
    ),
  ),
];

/** @param {Record<string, any>} typed */
function askedOf({ date, cap, missing_percent: missing, facilities_closed: closed, run_skipped: skipped }) {
  return {
    date,
    dry_run: true,
    what_if: {
      ...(cap ? { cap: Number(cap) } : {}),
      ...(missing ? { missing_percent: Number(missing) } : {}),
      ...(closed ? { facilities_closed: [closed] } : {}),
      run_skipped: Boolean(skipped),
    },
  };
}

/**
 * @param {Answer} answer
 * @param {Named} placeName
 * @returns {(string | Node)[]}
 */
function outcome({ date, summary, difference }, placeName) {
  const { patrons, facilities: places } = difference;
  const head = [
    el("h2", {}, `${dayInWords(date)}の試算`),
    el(
      "p",
      { class: "run-state" },
      `貸出${summary.lend ?? 0}冊、確保${summary.keep_aside ?? 0}冊、今回はなし${summary.none ?? 0}件になります。`,
    ),
  ];
  if (!patrons.length && !places.length) return [...head, el("p", {}, "いまのままの処理と、同じです。")];
  /** @type {{ label: string, change: number, of: Answer }[]} */
  const rows = places
    .map((/** @type {Answer} */ of) => ({
      label: placeName(of.pickup_place),
      change: of.lend.what_if - of.lend.plain,
      of,
    }))
    .sort((/** @type {Answer} */ one, /** @type {Answer} */ other) => one.change - other.change);
  const change = rows.reduce((sum, each) => sum + each.change, 0);
  return [
    ...head,
    figure(
      "{{partner_word}}ごとの貸出の増減",
      differences("いまのままと比べた、{{partner_word}}ごとの貸出の増減", rows),
      ["受取館", "いまのまま", "試算", "差"],
      rows.map(({ label, change: by, of }) => [label, of.lend.plain, of.lend.what_if, signed(by)]),
      `全体で${signed(change)}冊。${patrons.length}人の結果が変わります。`,
    ),
    figure(
      "結果が変わる方",
      differences("結果が変わる方の貸出の増減", patrons.slice(0, PATRONS_SHOWN).map(ofPatron)),
      ["利用者番号", "いまのまま", "試算"],
      patrons.map((/** @type {Answer} */ each) => [each.card_number, each.lend.plain, each.lend.what_if]),
      patrons.length > PATRONS_SHOWN ? `はじめの${PATRONS_SHOWN}人を図にしています。` : "",
    ),
  ];
}

/** @param {Answer} patron */
const ofPatron = ({ card_number: label, lend }) => ({ label, change: lend.what_if - lend.plain });
