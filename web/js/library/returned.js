/** 「返しました」: where and when a book was given back; it is on loan until it is checked in (RULES 52). */

import { list } from "../api.js";
import { today } from "../dates.js";
import { el } from "../dom.js";
import { input, tellFaults, typedIn } from "../inputs.js";
import { facilities, placeOptions } from "../places.js";
import { api } from "../session.js";
import { nothing } from "./parts.js";

export const returnedView = { id: "returned", label: "返しました", hidden: true, under: "loans", load };

/**
 * @param {App} app
 * @param {string} barcode
 */
async function load(app, barcode) {
  const [loans, places] = await Promise.all([list("/me/loans", api.get), facilities()]);
  const loan = loans.find((/** @type {Answer} */ each) => each.barcode === barcode);
  if (!loan) return nothing("この資料は、借りている資料の中にありません。返却の手続きが済んでいます。");
  return [
    el("p", { class: "book-title" }, `「${loan.title}」`),
    el("p", {}, "返却した資料が{{owner_word}}に届いて手続きが済むまでは、「返却手続き中」と表示します。"),
    app.form(
      (form) => declare(form, loan, app),
      input("place", "返した場所", {
        tag: "select",
        children: placeOptions(places, loan.pickup_place),
        hint: "{{partner_word}}のブックポストは使えません。{{partner_word}}では窓口に返してください。",
        required: true,
      }),
      input("on", "返した日", { type: "date", value: today(), max: today(), required: true }),
      el("div", { class: "actions" }, el("button", { class: "button" }, "返したことを連絡する")),
    ),
  ];
}

/**
 * @param {HTMLFormElement} form
 * @param {Answer} loan
 * @param {App} app
 */
async function declare(form, { barcode, title }, app) {
  const { place, on } = typedIn(form);
  const missing = [
    ...(place ? [] : [{ field: "place", message: "返した場所を選んでください。" }]),
    ...(on ? [] : [{ field: "on", message: "返した日を入力してください。" }]),
  ];
  if (tellFaults(form, missing)) return;
  await api.post(`/me/loans/${encodeURIComponent(barcode)}/returned`, { place, on });
  await app.goTo("#loans", [`「${title}」を返したという連絡を受け付けました。`]);
}
