/** One hold: where to collect the book, then it is placed. */

import { get, list } from "../api.js";
import { el, fill } from "../dom.js";
import { expectedInWords } from "../expected.js";
import { controlOf, input, tellFaults, typedIn } from "../inputs.js";
import { facilities, placeNames, placeOptions, PREFECTURAL } from "../places.js";
import { api } from "../session.js";
import { forget, read, write } from "../storage.js";
import { me } from "./me.js";
import { noticesAt } from "./notices.js";

// Most people always go to the same place.
const LAST_PLACE = "place";

export const BY_THURSDAY = "{{cut_offs}}までの予約を、まとめて処理します。";

/** The next one at this device goes elsewhere. */
export const forgetPlace = () => forget(LAST_PLACE);

/** @param {string} place */
export const rememberPlace = (place) => write(LAST_PLACE, place);

/**
 * The choice of a pickup place: the patron's usual one is chosen, or else the one chosen last. What is closed or paused there
 * is told with the choice.
 *
 * @param {Answer} record
 */
export async function placeInput(record) {
  const [places, notices] = await Promise.all([facilities(), list("/notices")]);
  const field = input("pickup_place", "受取館", {
    tag: "select",
    children: placeOptions(places, record.usual_pickup_place ?? read(LAST_PLACE) ?? ""),
    hint: "本を受け取る場所を選んでください。",
    required: true,
  });
  const told = el("div", { role: "status" });
  const place = controlOf(field, "pickup_place");
  const tell = () => fill(told, place.value ? noticesAt(notices, [place.value]) : null);
  place.addEventListener("change", tell);
  tell();
  return el("div", { class: "stack" }, field, told);
}

export const placeView = { id: "place", label: "予約する", hidden: true, under: "search", load };

/**
 * @param {App} app
 * @param {string} id
 */
async function load(app, id) {
  const [record, title, holds, loans] = await Promise.all([
    me(),
    get(`/titles/${encodeURIComponent(id)}`),
    list("/me/holds", api.get),
    list("/me/loans", api.get),
  ]);
  const name = el("p", { class: "book-title" }, `「${title.title}」`, title.author ? ` ${title.author}` : "");
  const obstacle = inTheWay(id, record, holds, loans);
  if (obstacle) return [name, obstacle];
  const form = app.form(
    (sent) => hold(sent, title, app),
    await placeInput(record),
    el("div", { class: "actions" }, el("button", { class: "button" }, "予約を確定する")),
  );
  return [name, record.online_lending ? null : notEnrolled(), form];
}

/**
 * Why this title cannot be held now, before anything is chosen, and where to go on (RULES 9, 10).
 *
 * @param {string} id
 * @param {Answer} record
 * @param {Answer[]} holds
 * @param {Answer[]} loans
 */
function inTheWay(id, { hold_limit: limit }, holds, loans) {
  /** @param {Answer} book */
  const isIt = ({ title_id: each }) => each === id;
  if (loans.some(isIt)) return goOn("いまあなたに貸し出しています。", "#loans", "借りている資料を見る");
  if (holds.some(isIt)) return goOn("もう予約しています。", "#holds", "予約した資料を見る");
  if (holds.length >= limit)
    return goOn(`予約は${limit}冊までです。ほかの予約を取り消すと、予約できます。`, "#holds", "予約した資料を見る");
  return null;
}

/**
 * @param {string} text
 * @param {string} href
 * @param {string} link
 */
const goOn = (text, href, link) =>
  el("div", { class: "note warning" }, el("p", {}, text), el("p", {}, el("a", { href }, link)));

const notEnrolled = () =>
  el(
    "div",
    { class: "note warning" },
    el("h2", {}, "{{service_name}}は、申込みが必要です"),
    el("p", {}, "お申込みがないと、{{partner_word}}では受け取れません。{{owner_word}}では受け取れます。"),
    el("p", {}, el("a", { href: "apply.html?kind=change" }, "{{service_name}}を申し込む")),
  );

/**
 * @param {HTMLFormElement} form
 * @param {Answer} title
 * @param {App} app
 */
async function hold(form, { title_id: id, title }, app) {
  const { pickup_place: place } = typedIn(form);
  if (tellFaults(form, place ? [] : [{ field: "pickup_place", message: "受取館を選んでください。" }])) return;
  rememberPlace(place);
  const placed = await api.post("/me/holds", { title_id: id, pickup_place: place });
  const named = await placeNames();
  await app.goTo("#holds", [
    `「${title}」を予約しました。受取館は、${named(place)}です。`,
    ...(placed.earliest_pickup ? [`受取の見込みは、${expectedInWords(placed)}です。`] : []),
    ...(place === PREFECTURAL ? [] : [BY_THURSDAY]),
    ...placed.notices,
  ]);
}
