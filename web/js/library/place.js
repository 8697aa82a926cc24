/** One hold: where to collect the book, then it is placed. */

import { get } from "../api.js";
import { dayInWords } from "../dates.js";
import { el } from "../dom.js";
import { input, tellFaults, typedIn } from "../inputs.js";
import { facilities, placeNames, placeOptions, PREFECTURAL } from "../places.js";
import { api } from "../session.js";
import { forget, read, write } from "../storage.js";
import { me } from "./me.js";

// Most people always go to the same place.
const LAST_PLACE = "place";

export const BY_THURSDAY = "木曜日の朝8時30分までの予約を、まとめて処理します。";

/** The next one at this device goes elsewhere. */
export const forgetPlace = () => forget(LAST_PLACE);

/** @param {string} place */
export const rememberPlace = (place) => write(LAST_PLACE, place);

/**
 * The choice of a pickup place: the patron's usual one is chosen, or else the one chosen last.
 *
 * @param {Answer} record
 * @param {Facility[]} places
 */
export const placeInput = (record, places) =>
  input("pickup_place", "受取館", {
    tag: "select",
    children: placeOptions(places, record.usual_pickup_place ?? read(LAST_PLACE) ?? ""),
    hint: "本を受け取る場所を選んでください。",
    required: true,
  });

export const placeView = { id: "place", label: "予約する", hidden: true, under: "search", load };

/**
 * @param {App} app
 * @param {string} id
 */
async function load(app, id) {
  const [record, title, items] = await Promise.all([me(), get(`/titles/${encodeURIComponent(id)}`), facilities()]);
  const form = app.form(
    (sent) => hold(sent, title, app),
    placeInput(record, items),
    el("div", { class: "actions" }, el("button", { class: "button" }, "予約を確定する")),
  );
  return [
    el("p", { class: "book-title" }, `「${title.title}」`, title.author ? ` ${title.author}` : ""),
    record.online_lending ? null : notEnrolled(),
    form,
  ];
}

const notEnrolled = () =>
  el(
    "div",
    { class: "note warning" },
    el("h2", {}, "オンライン貸出サービスは、申込みが必要です"),
    el("p", {}, "お申込みがないと、協力館では受け取れません。県立図書館では受け取れます。"),
    el("p", {}, el("a", { href: "apply.html?kind=change" }, "オンライン貸出サービスを申し込む")),
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
    ...(placed.earliest_pickup ? [`受取は、早くて${dayInWords(placed.earliest_pickup)}です。`] : []),
    ...(place === PREFECTURAL ? [] : [BY_THURSDAY]),
    ...placed.notices,
  ]);
}
