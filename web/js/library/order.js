/** 読む順番: which of their holds a patron wants first, after which other, and of which one is enough (RULES 47-49). */

import { list, Problem, reasonsOf } from "../api.js";
import { el } from "../dom.js";
import { input, tellFaults, typedIn } from "../inputs.js";
import { api } from "../session.js";
import { movers } from "../sortable.js";
import { me } from "./me.js";
import { faultsOfWishes, firstThingsFirst, groupNames, inOwnOrder, newRanks, offeredOrder } from "./wishes.js";

/** @typedef {import("./wishes.js").Wish} Wish */

/** @type {Record<string, string>} */
const LEADS = {
  own_order: "冊数の上限などで一度に借りられないときは、上にある本から先にお貸しします。",
  reading_order: "「この本のあとに」を選ぶと、その本をお貸しするまで、つぎの方を先にします。",
  any_of: "「どれか1冊」の同じ組の本は、1冊をご用意すると、ほかの予約が終わります。",
};

export const orderView = { id: "order", label: "読む順番", hidden: true, under: "holds", load };

/** @param {App} app */
async function load(app) {
  const [record, open] = await Promise.all([me(), list("/me/holds", api.get)]);
  const offered = offeredOrder(record);
  const waits = (/** @type {Answer} */ { status }) => status === "waiting";
  const back = el("p", {}, el("a", { href: "#holds" }, "予約へ戻る"));
  if (!offered.length || !open.some(waits)) return [el("p", {}, "順番を決められる予約は、ありません。"), back];
  const leads = [...offered.map((name) => LEADS[name]), "ほかの方との順番は、変わりません。"];
  return [
    el(
      "ul",
      {},
      leads.map((lead) => el("li", {}, lead)),
    ),
    orderForm(open.filter(waits), open, offered, app),
    back,
  ];
}

/**
 * @param {Answer[]} waiting as they were asked for
 * @param {Answer[]} open all of the patron's
 * @param {string[]} offered
 * @param {App} app
 */
function orderForm(waiting, open, offered, app) {
  const told = el("p", { role: "status" });
  const groups = groupNames(waiting);
  /** @type {Map<Element, Answer>} */
  const items = new Map();
  for (const hold of inOwnOrder(waiting)) {
    const id = items.size;
    const below = [
      offered.includes("reading_order") ? afterInput(id, hold, open) : null,
      offered.includes("any_of") && groups.length ? groupInput(id, hold, groups) : null,
    ].filter((each) => each !== null);
    items.set(
      el(
        "li",
        {},
        el("span", { class: "row-title" }, hold.title),
        offered.includes("own_order") ? movers(hold.title, (place) => tellPlace(told, hold, place)) : null,
        below.length ? folded(below, hold) : null,
      ),
      hold,
    );
  }
  const ordered = el("ol", { class: "order" }, [...items.keys()]);
  return app.form(
    (form) => save(form, [...items.values()], newRanks(inTheirOrder(ordered, items), waiting), app),
    ordered,
    told,
    el("div", { class: "actions" }, el("button", { class: "button" }, "この順番にする")),
  );
}

/**
 * The holds as they stand in the list now.
 *
 * @param {Element} ordered
 * @param {Map<Element, Answer>} items
 */
const inTheirOrder = (ordered, items) => [...ordered.children].flatMap((item) => items.get(item) ?? []);

/**
 * @param {Element} told
 * @param {Answer} hold
 * @param {number} place
 */
function tellPlace(told, { title }, place) {
  told.textContent = `「${title}」は、${place}番目です。「この順番にする」を押すと決まります。`;
}

/**
 * What few choose is seen once it is opened, or chosen.
 *
 * @param {HTMLElement[]} fields
 * @param {Answer} hold
 */
const folded = (fields, { after, group }) =>
  el("details", { open: Boolean(after || group) }, el("summary", {}, "ほかの予約との組み合わせ"), fields);

/**
 * @param {number} id
 * @param {Answer} hold
 * @param {Answer[]} open
 */
const afterInput = (id, hold, open) =>
  input(`after-${id}`, "この本のあとに", {
    tag: "select",
    "aria-label": `「${hold.title}」は、この本のあとに`,
    children: [
      el("option", { value: "" }, "決めない"),
      ...open
        .filter((other) => other !== hold)
        .map(({ title_id: value, title }) => el("option", { value, selected: value === hold.after }, title)),
    ],
  });

/**
 * @param {number} id
 * @param {Answer} hold
 * @param {[id: string, name: string][]} groups
 */
const groupInput = (id, hold, groups) =>
  input(`group-${id}`, "どれか1冊", {
    tag: "select",
    "aria-label": `「${hold.title}」と、どれか1冊の組`,
    children: [
      el("option", { value: "" }, "組にしない"),
      ...groups.map(([value, name]) => el("option", { value, selected: value === hold.group }, name)),
    ],
  });

/**
 * Send what has changed, hold by hold; what stands in the way is told at the hold it is about.
 *
 * @param {HTMLFormElement} form
 * @param {Answer[]} holds in the order of their fields
 * @param {Map<string, number>} ranks that change
 * @param {App} app
 */
async function save(form, holds, ranks, app) {
  const typed = typedIn(form);
  /** @type {Wish[]} */
  const wishes = holds.map((hold, id) => ({
    id,
    hold,
    after: typed[`after-${id}`] ?? "",
    group: typed[`group-${id}`] ?? "",
  }));
  const faults = faultsOfWishes(wishes);
  for (const wish of faults.length ? [] : firstThingsFirst(wishes)) {
    const change = changeOf(wish, typed, ranks.get(wish.hold.title_id));
    if (Object.keys(change).length) faults.push(...(await send(wish, change)));
  }
  if (!tellFaults(form, faults)) await app.goTo("#holds", "予約の順番を決めました。");
  for (const each of form.querySelectorAll("details")) each.open ||= each.querySelector(".faulty") !== null;
}

/**
 * What is to be sent of a wish: what is not asked for, or as before, stays.
 *
 * @param {Wish} wish
 * @param {Record<string, string>} typed
 * @param {number | undefined} rank
 */
function changeOf({ id, hold, after, group }, typed, rank) {
  /** @type {Record<string, string | number>} */
  const change = rank === undefined ? {} : { rank };
  if (`after-${id}` in typed && after !== (hold.after ?? "")) change.after = after;
  if (`group-${id}` in typed && group !== (hold.group ?? "")) change.group = group;
  return change;
}

/**
 * @param {Wish} wish
 * @param {object} change
 * @returns {Promise<Fault[]>} what stood in its way
 */
async function send({ id, hold }, change) {
  try {
    await api.patch(`/me/holds/${encodeURIComponent(hold.title_id)}`, change);
    return [];
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return reasonsOf(error).map(({ field, message }) =>
      field ? { field: `${field}-${id}`, message } : { message: `「${hold.title}」: ${message}` },
    );
  }
}
