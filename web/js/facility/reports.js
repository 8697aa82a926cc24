/** 連絡: what there is of kits, and telling the prefectural library what is missing, one too many, or needed (RULES 54). */

import { momentInWords } from "../dates.js";
import { el } from "../dom.js";
import { controlOf, input, missingFault, radios, tellFaults, typedIn } from "../inputs.js";
import { factList } from "../library/parts.js";
import { api } from "../session.js";
import { ownFacility } from "./own-facility.js";

/** @type {[value: string, text: string][]} */
const KINDS = [
  ["missing", "届くはずの本や袋が、届いていない"],
  ["extra", "余分な本や袋が、届いている"],
];
/** @type {[value: string, text: string]} */
const KITS = ["kits", "{{kit_word}}について"];
const PLEASE_SEND = "{{kit_word}}を、10組送ってください。";

export const reportsView = { id: "reports", label: "連絡", title: "{{owner_word}}への連絡", load };

/** @param {App} app */
async function load(app) {
  // What there was of kits an hour ago may be otherwise by now.
  const { number, name, kits } = await ownFacility(true);
  const form = reportForm(app, kits ? [...KINDS, KITS] : KINDS);
  return [
    el("p", {}, `No.${number} ${name}`),
    ...(kits ? kitsPart(kits, form) : []),
    el("h2", {}, "連絡する"),
    el("p", {}, "袋が届かなかったときは、「届く」か「お渡しする」の一覧で「届いていない」を押すと、連絡は要りません。"),
    form,
  ];
}

/**
 * What lies here, and the way to more.
 *
 * @param {Answer} kits
 * @param {HTMLFormElement} form
 */
function kitsPart({ blank, given, last_given_at: last }, form) {
  const ask = () => {
    /** @type {HTMLInputElement | null} */ (form.querySelector("#field-kind-kits"))?.click();
    const text = controlOf(form, "text");
    text.value = PLEASE_SEND;
    text.focus();
  };
  return [
    el("h2", {}, "{{kit_word}}"),
    factList([
      ["残り", el("strong", {}, `${blank}組`)],
      ["お使いになった数", `${given}組`],
      ["最後の登録", momentInWords(last)],
    ]),
    el("p", { class: "small" }, "登録が受け付けられたときに、1組減ります。お渡ししただけでは減りません。"),
    el(
      "div",
      { class: "actions" },
      el("button", { type: "button", class: "button plain", onclick: ask }, "送ってもらう"),
    ),
  ];
}

/**
 * @param {App} app
 * @param {[value: string, text: string][]} kinds
 */
function reportForm(app, kinds) {
  return app.form(
    (form) => send(form, app),
    radios("kind", "何の連絡ですか", kinds),
    input("text", "内容", {
      tag: "textarea",
      hint: "資料番号や冊数を書いてください。利用者のお名前は、書かないでください。",
      rows: 4,
      maxlength: 500,
    }),
    el("div", { class: "actions" }, el("button", { class: "button" }, "連絡する")),
  );
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
  await app.reload("{{owner_word}}に連絡しました。");
}
