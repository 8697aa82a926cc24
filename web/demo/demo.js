/** The recorded weeks: each run as a replay, what happened and why, and the rules that held; all from `week.json`. */

import { dayInWords, momentInWords } from "../js/dates.js";
import { el, element, fill } from "../js/dom.js";
import { replayPlayer } from "../js/runs/player.js";

/**
 * @typedef {{ date: string, decisions: Answer[] }} Run
 * @typedef {{ at: string, counts: Record<string, number>, japanese: string[], english: string[] }} Step
 */

/** @param {Run[]} runs */
function replays(runs) {
  const place = el("div");
  const buttons = runs.map((run) =>
    el(
      "button",
      { type: "button", class: "link-button", onclick: () => choose(run) },
      `${dayInWords(run.date)} ${run.decisions.length}件`,
    ),
  );
  /** @param {Run} run */
  const choose = (run) => {
    runs.forEach((each, n) => buttons[n].setAttribute("aria-pressed", String(each === run)));
    fill(place, replayPlayer(run));
  };
  // The one with most to see comes first.
  choose(runs.reduce((most, run) => (run.decisions.length > most.decisions.length ? run : most)));
  return [el("div", { class: "recorded-runs", role: "group", "aria-label": "どの処理を見るか" }, buttons), place];
}

/** @param {Step} step */
const told = ({ at, counts, japanese: [what, why], english }) =>
  el(
    "li",
    {},
    el("p", { class: "number" }, momentInWords(at)),
    el("p", {}, el("strong", {}, what), " ", el("span", { class: "small" }, countsOf(counts))),
    el("p", {}, why),
    el("p", { lang: "en", class: "small" }, english.join(". ")),
  );

/** @param {Record<string, number>} counts */
const countsOf = (counts) =>
  Object.entries(counts)
    .map(([name, number]) => `${name} ${number}`)
    .join(", ");

const { steps, runs, rules } = await (await fetch("week.json")).json();
fill(element("replay"), replays(runs));
element("replay").setAttribute("aria-busy", "false");
fill(element("steps"), steps.map(told));
/** @type {[number: number, english: string, japanese: string][]} */
const held = rules;
fill(
  element("rules"),
  held.map(([number, english, japanese]) =>
    el("li", {}, `${number} ${japanese} `, el("span", { lang: "en", class: "small" }, english)),
  ),
);
