/** 再生: a run as an animation. Fetching is here, drawing in the player, which needs the record alone. */

import { dayInWords } from "../dates.js";
import { el } from "../dom.js";
import { api } from "../session.js";
import { decisionsOf } from "./decisions.js";
import { replayPlayer } from "./player.js";

export const replayView = { id: "replay", title: "処理の再生", under: "runs", hidden: true, load };

/**
 * @param {App} _
 * @param {string} day
 */
async function load(_, day) {
  const path = `/desk/runs/${encodeURIComponent(day)}`;
  const [{ decisions }, checked] = await Promise.all([decisionsOf(path), decidedAgain(path)]);
  const back = el("p", {}, el("a", { href: `#run/${encodeURIComponent(day)}` }, "この処理の報告へ"));
  if (!decisions.length) return [back, el("p", {}, "決めた予約の記録がありません。古い記録は消えています。")];
  return [
    back,
    el("p", {}, `${dayInWords(day)}の処理を、本ごとに一つずつ見ます。`, checked ? ` ${checked}` : null),
    replayPlayer({ date: day, decisions }),
  ];
}

/**
 * Whether the same input gives the same today; nothing of a run whose input is not kept.
 *
 * @param {string} path
 */
async function decidedAgain(path) {
  try {
    const { same, decisions, differences } = await api.get(`${path}/replay`);
    return same
      ? `いま同じ資料から決めなおしても、${decisions}件すべて同じです。`
      : `いま決めなおすと、${differences.length}件が違います。`;
  } catch {
    return "";
  }
}
