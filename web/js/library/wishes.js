/** What patrons wish of the order of their own holds: how it is told, and what is sent when it changes (RULES 46-49). */

/** @typedef {{ id: number, hold: Answer, after: string, group: string }} Wish  What is chosen for a hold, "" for nothing. */

/** @type {Record<string, string>} */
const STOPS = {
  paused: "お休み中",
  reading_order: "先に読む本を待っています",
  any_of: "「どれか1冊」のほかの本を用意しています",
};

const ORDER = ["own_order", "reading_order", "any_of"];

// How many groups can be told apart.
const LETTERS = [..."ABCDEFGHIJ"];

/**
 * What of the order the library lets its patrons decide.
 *
 * @param {Answer} record
 * @returns {string[]}
 */
export const offeredOrder = ({ offers }) => ORDER.filter((name) => offers.includes(name));

/**
 * Which of the patron's own wishes hold a hold back, in a few words each.
 *
 * @param {Answer[]} stops
 * @returns {string[]}
 */
export const ownStops = (stops) => stops.flatMap(({ code }) => STOPS[code] ?? []);

/**
 * Of which others a hold comes after one, or shares a group with some: their titles.
 *
 * @param {Answer} hold
 * @param {Answer[]} holds
 * @returns {Fact[]}
 */
export function tiesOf(hold, holds) {
  const titles = (/** @type {Answer[]} */ others) => others.map(({ title }) => `「${title}」`).join("");
  const group = holds.filter((other) => hold.group && other.group === hold.group && other !== hold);
  return [
    ["この本のあとに", titles(holds.filter(({ title_id: id }) => id === hold.after))],
    ["どれか1冊", group.length ? `この本と${titles(group)}` : ""],
  ];
}

/**
 * Holds as runs see them: those with a rank by it, the others after them as they were asked for.
 *
 * @param {Answer[]} holds as they were asked for
 * @returns {Answer[]}
 */
export const inOwnOrder = (holds) => [...holds].sort((one, other) => rankOf(one) - rankOf(other));

/** @param {Answer} hold */
const rankOf = (hold) => hold.rank ?? Number.MAX_SAFE_INTEGER;

/**
 * The ranks that change once holds stand in a new order, by title; those at the end that need none keep none.
 *
 * @param {Answer[]} order
 * @param {Answer[]} holds the same as they were asked for
 * @returns {Map<string, number>}
 */
export function newRanks(order, holds) {
  const asked = order.map((hold) => holds.indexOf(hold));
  let ranked = order.length;
  while (ranked && order[ranked - 1].rank === null && asked[ranked - 1] < (asked[ranked] ?? Infinity)) ranked -= 1;
  const places = order.slice(0, ranked).map(({ title_id: id, rank }, at) => ({ id, rank, place: at + 1 }));
  return new Map(places.filter(({ rank, place }) => rank !== place).map(({ id, place }) => [id, place]));
}

/**
 * How each group is called, by its id, and ids for new ones: as many as there can be of two holds each.
 *
 * @param {Answer[]} holds
 * @returns {[id: string, name: string][]}
 */
export function groupNames(holds) {
  const ids = holds.flatMap(({ group }) => group || []);
  const there = [...new Set(ids)].filter((id) => ids.indexOf(id) !== ids.lastIndexOf(id));
  const fresh = LETTERS.filter((letter) => !ids.includes(letter));
  const most = Math.min(Math.floor(holds.length / 2), LETTERS.length);
  return [...there, ...fresh].slice(0, most).map((id, place) => [id, `${LETTERS[place]}組`]);
}

/**
 * What is wrong with wishes: books that wait for each other, a group of one.
 *
 * @param {Wish[]} wishes
 * @returns {Fault[]}
 */
export const faultsOfWishes = (wishes) =>
  wishes.flatMap((wish) => [
    ...(before(wish, wishes).includes(wish.hold.title_id)
      ? [{ field: `after-${wish.id}`, message: "お互いを待つ順番になるため、設定できません。" }]
      : []),
    ...(wish.group && wishes.filter(({ group }) => group === wish.group).length < 2
      ? [{ field: `group-${wish.id}`, message: "同じ組に、もう1冊選んでください。" }]
      : []),
  ]);

/**
 * The titles that come before a hold, the nearest first.
 *
 * @param {Wish} wish
 * @param {Wish[]} wishes
 */
function before(wish, wishes) {
  /** @type {string[]} */
  const chain = [];
  let next = wish.after;
  while (next && !chain.includes(next)) {
    chain.push(next);
    next = wishes.find(({ hold }) => hold.title_id === chain.at(-1))?.after ?? "";
  }
  return chain;
}

/**
 * Wishes so that each comes after what it comes after: sent one by one, they make no circle on the way.
 *
 * @param {Wish[]} wishes
 */
export const firstThingsFirst = (wishes) =>
  [...wishes].sort((one, other) => before(one, wishes).length - before(other, wishes).length);
