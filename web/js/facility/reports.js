/** 連絡: telling the prefectural library what is missing, one too many, or needed (RULES 54). */

import { el } from "../dom.js";
import { input, missingFault, radios, tellFaults, typedIn } from "../inputs.js";
import { api } from "../session.js";
import { ownFacility } from "./own-facility.js";

/** @type {[value: string, text: string][]} */
const KINDS = [
  ["missing", "届くはずの本や袋が、届いていない"],
  ["extra", "余分な本や袋が、届いている"],
];
/** @type {[value: string, text: string]} */
const KITS = ["kits", "オンライン利用者登録セットについて"];

export const reportsView = { id: "reports", label: "連絡", title: "県立図書館への連絡", load };

/** @param {App} app */
async function load(app) {
  const { number, name, gives_out_kits: kits } = await ownFacility();
  return [
    el("p", {}, `No.${number} ${name}`),
    el("p", {}, "袋が届かなかったときは、「届く」か「お渡しする」の一覧で「届いていない」を押すと、連絡は要りません。"),
    app.form(
      (form) => send(form, app),
      radios("kind", "何の連絡ですか", kits ? [...KINDS, KITS] : KINDS),
      input("text", "内容", {
        tag: "textarea",
        hint: "資料番号や冊数を書いてください。利用者のお名前は、書かないでください。",
        rows: 4,
        maxlength: 500,
      }),
      el("div", { class: "actions" }, el("button", { class: "button" }, "連絡する")),
    ),
  ];
}

/**
 * @param {HTMLFormElement} form
 * @param {App} app
 */
async function send(form, app) {
  const { kind, text } = typedIn(form);
  const missing = [
    ...missingFault("kind", kind, "何の連絡かを選んでください。"),
    ...missingFault("text", text, "内容を入力してください。"),
  ];
  if (tellFaults(form, missing)) return;
  await api.post("/facility/reports", { kind, text });
  await app.reload("県立図書館に連絡しました。");
}
