/** The four lists of bags of a facility, as of the last look (RULES 28-30). */

import { list, Offline } from "../api.js";
import { dayInWords, nowInTokyo } from "../dates.js";
import { api } from "../session.js";
import { tab } from "../storage.js";
import { ownNumber } from "./own-facility.js";
import { unsent } from "./unsent.js";

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
    hint: "{{run_days}}に{{owner_word}}を出ます。届いた袋は、受取開始の{{pickup_day}}までお預かりください。",
    heading: ({ pickup_from: from }) => `${dayInWords(from)}からお渡しする袋`,
    told: ({ pickup_from: from }) => ({ kind: "shelf", title: `${dayInWords(from)}から` }),
  },
  {
    id: "to_hand_over",
    label: "お渡しする",
    title: "お渡しする袋",
    none: "お渡しする袋は、ありません。",
    hint: "{{card_word}}、Myライブラリの「{{card_word}}」の画面、{{lending_word}}メールのどれかで、利用者番号を確かめてください。お渡しの記録は、しなくてもかまいません。あとから記録することもできます。",
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
    hint: "袋を開けずに、次の便で{{owner_word}}へ返送してください。お渡しした袋があれば、「お渡しした」と記録してください。",
    heading: ({ pickup_until: until, back_by: by, back_late: late }) =>
      late
        ? `${dayInWords(until)}までの袋(まだ返却されていません)`
        : `${dayInWords(until)}までの袋(${dayInWords(by)}までに{{owner_word}}へ)`,
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

const KEPT = "bags";

// As of the last look: for the scans, and for the counts in the links. Without a connection they are those of `keptAt`.
/** @type {Answer[]} */
let bags = [];
let keptAt = "";

/** Look anew. Without a connection, what this tab saw last. */
export async function loadBags() {
  try {
    bags = await list(`/facility/bags?list=${BAG_LISTS.map(({ id }) => id).join(",")}`, api.get);
    keptAt = "";
    tab.write(KEPT, { bags, at: nowInTokyo() });
  } catch (error) {
    const kept = tab.read(KEPT);
    if (!(error instanceof Offline && kept)) throw error;
    ({ bags, at: keptAt } = kept);
  }
}

export function forgetBags() {
  bags = [];
  tab.forget(KEPT);
}

/** When the lists were as they are shown, if that is not now. */
export const asOf = () => keptAt;

/**
 * The bags of a list, with what was done and is not sent yet.
 *
 * @param {string} id
 */
export const onList = (id) => bags.map((bag) => withActs(bag, unsent(ownNumber()))).filter((bag) => bag.list === id);

/**
 * A bag as it will be once the acts are carried out.
 *
 * @param {Answer} bag
 * @param {Act[]} acts
 */
export const withActs = (bag, acts) =>
  acts.filter((act) => act.bag === bag.id && !act.refused).reduce((before, act) => AFTER[act.deed](before, act), bag);

/** @type {Record<Deed, (bag: Answer, act: Act) => Answer>} */
const AFTER = {
  handed_over: (bag, act) => ({ ...bag, list: "done", handed_over_at: act.at, undo_until: null, unsent: act }),
  taken_back: (bag, { at }) => ({
    ...bag,
    list: at.slice(0, 10) <= bag.pickup_until ? "to_hand_over" : "to_return",
    handed_over_at: null,
    unsent: null,
  }),
  arrived: (bag, act) => ({ ...bag, arrival: "arrived", unsent: act }),
  missing: (bag, act) => ({ ...bag, arrival: "missing", unsent: act }),
};

/** @param {Answer} bag */
export const listOf = (bag) => BAG_LISTS.find(({ id }) => id === bag.list) ?? BAG_LISTS[0];
