/** The four lists of bags of a facility, as of the last look (RULES 28-30). */

import { list } from "../api.js";
import { dayInWords } from "../dates.js";
import { api } from "../session.js";

/**
 * The four lists of bags. What a person at the counter asks for first is what a scan looks for first.
 *
 * @type {{ id: string, label: string, title: string, none: string, hint: string, heading: (bag: Answer) => string,
 *   told: (bag: Answer) => Instruction }[]}
 */
export const BAG_LISTS = [
  {
    id: "coming",
    label: "届く",
    title: "これから届く袋",
    none: "これから届く袋は、ありません。",
    hint: "木曜日に県立図書館を出ます。届いた袋は、受取開始の日曜日までお預かりください。",
    heading: ({ pickup_from: from }) => `${dayInWords(from)}からお渡しする袋`,
    told: ({ pickup_from: from }) => ({ kind: "shelf", title: `${dayInWords(from)}から` }),
  },
  {
    id: "to_hand_over",
    label: "お渡しする",
    title: "お渡しする袋",
    none: "お渡しする袋は、ありません。",
    hint: "利用者カード、Myライブラリの「利用者カード」の画面、オンライン貸出メールのどれかで、利用者番号を確かめてください。お渡しの記録は、しなくてもかまいません。あとから記録することもできます。",
    heading: ({ pickup_until: until, last_day: last }) =>
      `${dayInWords(until)}までの袋${last ? "(今日が最終日です)" : ""}`,
    told: ({ arrival }) =>
      arrival === "missing" ? { kind: "stop", title: "届いていない袋" } : { kind: "ready", title: "お渡しする" },
  },
  {
    id: "to_return",
    label: "返送する",
    title: "返送する袋",
    none: "返送する袋は、ありません。",
    hint: "袋を開けずに、次の便で県立図書館へ返送してください。お渡しした袋があれば、「お渡しした」と記録してください。",
    heading: ({ pickup_until: until, back_by: by, back_late: late }) =>
      late
        ? `${dayInWords(until)}までの袋(まだ返却されていません)`
        : `${dayInWords(until)}までの袋(${dayInWords(by)}までに県立図書館へ)`,
    told: () => ({ kind: "aside", title: "返送する" }),
  },
  {
    id: "done",
    label: "済み",
    title: "お渡し済みの袋",
    none: "お渡し済みの袋は、ありません。",
    hint: "まちがえて記録したときは、しばらくの間は取り消せます。",
    heading: ({ pickup_until: until }) => `${dayInWords(until)}までの袋`,
    told: () => ({ kind: "shelf", title: "お渡し済み" }),
  },
];

// As of the last look: for the scans, and for the counts in the links.
/** @type {Answer[]} */
let bags = [];

export async function loadBags() {
  bags = await list(`/facility/bags?list=${BAG_LISTS.map(({ id }) => id).join(",")}`, api.get);
}

export function forgetBags() {
  bags = [];
}

/** @param {string} id */
export const onList = (id) => bags.filter((bag) => bag.list === id);

/** @param {Answer} bag */
export const listOf = (bag) => BAG_LISTS.find(({ id }) => id === bag.list) ?? BAG_LISTS[0];
