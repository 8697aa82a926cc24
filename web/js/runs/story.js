/**
 * A run's decisions as a story that can be told step by step: title after title copies go to the heads of the queue
 * and reasons to the others; then the caps close (RULES 18-23, 27). Nothing is drawn or fetched here.
 *
 * @typedef {object} StoryHold
 * @property {string} reader the card's number
 * @property {string} code
 * @property {string} message
 * @property {number} place its place in the lane, from 0
 * @property {boolean} served whether a copy goes to it
 * @property {number} at the step that decides it
 * @property {number} cappedAt the step at which the cap takes the copy back to the kept books, or none (Infinity)
 *
 * @typedef {object} Lane  a title
 * @property {string} title
 * @property {StoryHold[]} holds
 *
 * @typedef {object} Step
 * @property {"give" | "reason" | "cap"} kind
 * @property {number} lane
 * @property {StoryHold} hold
 * @property {string} text
 *
 * @typedef {object} Story
 * @property {Lane[]} lanes
 * @property {Step[]} steps
 */

import { outcomeInWords, reasonInWords } from "./words.js";

/**
 * @param {Answer[]} decisions in the order of the run: by title, and each queue as it stands
 * @returns {Story}
 */
export function storyOf(decisions) {
  const lanes = lanesOf(decisions);
  /** @type {Step[]} */
  const steps = [];
  lanes.forEach(({ title, holds }, lane) => {
    for (const hold of holds) {
      hold.at = steps.length;
      const text = `「${title}」 ${hold.place + 1}番目: ${hold.served ? "本が行きます" : hold.message || reasonInWords(hold.code)}`;
      steps.push({ kind: hold.served ? "give" : "reason", lane, hold, text });
    }
  });
  lanes.forEach(({ title, holds }, lane) => {
    for (const hold of holds.filter(({ code }) => code === "cap")) {
      hold.cappedAt = steps.length;
      steps.push({
        kind: "cap",
        lane,
        hold,
        text: `「${title}」 ${hold.place + 1}番目: 冊数の上限のため、確保しておきます`,
      });
    }
  });
  return { lanes, steps };
}

/** @param {Answer[]} decisions */
function lanesOf(decisions) {
  /** @type {Map<string, Lane>} */
  const lanes = new Map();
  for (const each of decisions) {
    /** @type {Lane} */
    const lane = lanes.get(each.title_id) ?? { title: each.title || each.title_id, holds: [] };
    lanes.set(each.title_id, lane);
    lane.holds.push({
      reader: each.card_number,
      code: each.code,
      message: each.message,
      place: lane.holds.length,
      served: Boolean(each.barcode),
      at: 0,
      cappedAt: Infinity,
    });
  }
  return [...lanes.values()];
}

/**
 * How many holds there are.
 *
 * @param {Story} story
 */
export const holdsOf = ({ lanes }) => lanes.reduce((sum, { holds }) => sum + holds.length, 0);

/**
 * How a hold looks once so many steps are told: undecided, or by its kind of outcome, see `kindOf`.
 *
 * @param {StoryHold} hold
 * @param {number} told
 */
export function lookOf(hold, told) {
  if (told <= hold.at) return "undecided";
  if (!hold.served) return "reason";
  if (told > hold.cappedAt) return "kept";
  return hold.code === "prefectural" ? "other" : "lent";
}

/**
 * How many holds have met what, once so many steps are told.
 *
 * @param {Story} story
 * @param {number} told
 */
export function tally({ steps }, told) {
  const sums = { lent: 0, kept: 0, other: 0, reason: 0 };
  for (const { kind, hold } of steps.slice(0, told)) {
    if (kind === "give") sums[hold.code === "prefectural" ? "other" : "lent"] += 1;
    if (kind === "reason") sums.reason += 1;
    if (kind === "cap") {
      sums.lent -= 1;
      sums.kept += 1;
    }
  }
  return sums;
}

/**
 * The step in words, and where the story stands.
 *
 * @param {Story} story
 * @param {number} told
 */
export function inWords({ steps }, told) {
  if (!told) return "はじまる前です。すべての予約が、まだ決まっていません。";
  const { text } = steps[told - 1];
  return told === steps.length ? `${text}。これで終わりです。` : text;
}

/** @type {[kind: string, text: string][]} */
export const STORY_LEGEND = [
  ["lent", outcomeInWords("lend")],
  ["kept", reasonInWords("cap")],
  ["other", outcomeInWords("for_prefectural")],
  ["waits", reasonInWords("queue")],
  ["stopped", "止まっている"],
  ["undecided", "まだ"],
];
