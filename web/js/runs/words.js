/** What a run's outcomes and reasons are called, and by which colour they are drawn (RULES 18-27). */

import { momentInWords } from "../dates.js";

/** @type {Record<string, string>} */
const OUTCOMES = {
  lend: "貸出",
  keep_aside: "確保",
  for_prefectural: "{{owner_word}}へ",
  for_partner: "{{partner_word}}へ",
  ready: "貸出可能",
  none: "今回はなし",
};

/** @type {Record<string, string>} */
const REASONS = {
  lent: "貸出",
  ready: "貸出可能",
  cap: "上限のため確保",
  queue: "順番待ち",
  all_on_loan: "すべて貸出中",
  not_on_shelf: "棚に見つからない",
  taken_by_visitor: "来館の方に貸出",
  card_expired: "カードの期限切れ",
  blocked: "貸出停止中",
  not_enrolled: "サービス未登録",
  after_cutoff: "締切のあと",
  run_suspended: "処理が休み",
  facility_suspended: "受取館が休み",
  not_pulled: "取り出しが間に合わず",
  no_copy_left: "貸せる本がない",
  paused: "お休み中",
  reading_order: "順番予約の前の本待ち",
  any_of: "どれか1冊のほかの本を用意",
  prefectural: "{{owner_word}}で受け取り",
  partner: "{{partner_word}}の番",
};

// Where there is room for a few letters.
/** @type {Record<string, string>} */
const IN_SHORT = {
  all_on_loan: "貸出中",
  not_on_shelf: "見つからず",
  taken_by_visitor: "来館の方に",
  card_expired: "期限切れ",
  blocked: "停止中",
  not_enrolled: "未登録",
  facility_suspended: "館が休み",
  not_pulled: "間に合わず",
  no_copy_left: "本がない",
  reading_order: "順番予約",
  any_of: "どれか1冊",
};

/** @type {Record<string, string>} */
const KINDS = {
  lend: "lent",
  lent: "lent",
  ready: "lent",
  keep_aside: "kept",
  cap: "kept",
  for_prefectural: "other",
  for_partner: "other",
  prefectural: "other",
  partner: "other",
  none: "waits",
  queue: "waits",
  all_on_loan: "waits",
  after_cutoff: "waits",
  paused: "waits",
  reading_order: "waits",
  any_of: "waits",
  not_pulled: "waits",
};

/**
 * When a run ended: only the time if that was on its own day.
 *
 * @param {string} at
 * @param {string} day
 */
export const endInWords = (at, day) => {
  const text = momentInWords(at);
  return `${at.startsWith(day) ? text.split(" ")[1] : text}に終わりました`;
};

/** @param {string} name */
export const outcomeInWords = (name) => OUTCOMES[name] ?? name;
/** @param {string} name */
export const reasonInWords = (name) => REASONS[name] ?? name;

/** @param {string} name */
export const reasonInShort = (name) => IN_SHORT[name] ?? reasonInWords(name);

/**
 * How an outcome or a reason is drawn: `lent`, `kept`, `waits`, `other`, or `stopped` for what somebody can mend.
 *
 * @param {string} name
 */
export const kindOf = (name) => KINDS[name] ?? "stopped";

/** @type {[kind: string, text: string][]} */
export const LEGEND = [
  ["lent", "貸出"],
  ["kept", "確保(上限)"],
  ["waits", "順番待ち"],
  ["stopped", "止まっている"],
  ["other", "{{owner_word}}で受け取り"],
];

/**
 * What the summary of a run counts under names that begin so, the most first.
 *
 * @param {Record<string, number>} summary
 * @param {string} beginning
 * @returns {[name: string, number: number][]}
 */
export const countsOf = (summary, beginning) =>
  Object.entries(summary)
    .filter(([name, number]) => name.startsWith(beginning) && number)
    .map(([name, number]) => /** @type {[string, number]} */ ([name.slice(beginning.length), number]))
    .sort((one, other) => other[1] - one[1]);

/**
 * The outcomes that a run counted, in the order of the picture.
 *
 * @param {Record<string, number>} summary
 * @returns {[name: string, number: number][]}
 */
export const outcomesOf = (summary) =>
  Object.keys(OUTCOMES)
    .filter((name) => summary[name])
    .map((name) => [name, summary[name]]);
