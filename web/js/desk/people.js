/** Who has no card with them: searched for, registered at the window, and what is written down of them (RULES 44). */

import { nextPage, Problem } from "../api.js";
import { confirmDialog } from "../confirm-dialog.js";
import { dateInWords } from "../dates.js";
import { el, fill } from "../dom.js";
import { input, radios, tellFaults, typedIn } from "../inputs.js";
import { GUARDIAN_BELOW } from "../kinds.js";
import { api } from "../session.js";
import { table } from "./tables.js";

export const peopleView = { id: "people", title: "利用者を探す", hidden: true, under: "patron", load };
export const registerView = {
  id: "register",
  title: "窓口での登録",
  hidden: true,
  under: "patron",
  load: loadRegister,
};

/** @param {string} card */
export const linkToPatron = (card) => el("a", { class: "number", href: `#patron/${card}` }, card);

/** What is known of a person, by the names of the API. */
export const PERSON = /** @type {Record<string, [label: string, look: Attributes]>} */ ({
  name: ["お名前", {}],
  kana: ["フリガナ", {}],
  birth_date: ["生年月日", { class: "text w16", hint: "例:1980-04-01" }],
  postal_code: ["郵便番号", { class: "text w10", inputmode: "numeric" }],
  address: ["ご住所", {}],
  phone: ["電話番号", { class: "text w16", inputmode: "tel" }],
  email: ["メールアドレス", { inputmode: "email", autocapitalize: "none", spellcheck: "false" }],
  guardian: ["保護者のお名前", { hint: `${GUARDIAN_BELOW}歳未満の方は、必ず入力してください。` }],
  note: ["メモ", { hint: "ご本人から求められたときは、お見せするものです。" }],
});

/**
 * Fields for what is known of a person, filled in with it.
 *
 * @param {Answer} known
 */
export const personFields = (known = {}) =>
  Object.entries(PERSON).map(([name, [label, look]]) =>
    input(name, label, { autocomplete: "off", value: known[name] ?? "", ...look }),
  );

/* What is looked for stays out of the address: a browser remembers where it has been. */
/** @param {App} app */
async function load(app) {
  const found = el("div", { class: "stack", id: "found", role: "status" });
  const sought = ["name", "kana", "phone", "birth_date"];
  return [
    app.form(
      (form) => search(typedIn(form), form, found, app),
      el("p", {}, "わかるものだけを入力してください。お名前とフリガナは、はじめの部分だけで探せます。"),
      sought.map((name) => input(name, PERSON[name][0], { autocomplete: "off", ...PERSON[name][1] })),
      el("p", { class: "hint" }, "見たことは、記録されます。"),
      el("div", { class: "actions" }, el("button", { class: "button" }, "探す")),
    ),
    found,
    el("div", { class: "actions" }, el("a", { class: "button plain", href: "#register" }, "窓口で登録する")),
  ];
}

/**
 * @param {Record<string, string>} typed
 * @param {HTMLFormElement} form
 * @param {HTMLElement} found
 * @param {App} app
 */
async function search(typed, form, found, app) {
  const asked = Object.entries(typed).filter(([, text]) => text.trim());
  const nothing = asked.length ? [] : [{ field: "name", message: "どれか1つを入力してください。" }];
  if (tellFaults(form, nothing)) return;
  const path = `/desk/patrons?${new URLSearchParams(asked)}`;
  found.replaceChildren();
  await showPage(path, "", found, app, []);
}

/**
 * @param {string} path
 * @param {string} cursor
 * @param {HTMLElement} found
 * @param {App} app
 * @param {Answer[]} before
 */
async function showPage(path, cursor, found, app, before) {
  const page = await api.get(nextPage(path, cursor));
  const people = [...before, ...page.items];
  const more = () => showPage(path, page.cursor, found, app, people);
  fill(
    found,
    el("p", {}, people.length ? `${people.length}人います。` : "見つかりませんでした。"),
    people.length
      ? table("見つかった利用者", ["利用者番号", "お名前", "生年月日", "ご住所", "電話番号"], people.map(line))
      : null,
    page.cursor
      ? el("div", { class: "actions" }, app.button("続きを見る", "探しています…", more, { class: "button plain" }))
      : null,
  );
}

/** @param {Answer} person */
const line = ({ card_number: card, name, kana, birth_date: born, address, phone, guardian }) =>
  el(
    "tr",
    {},
    el("th", { scope: "row" }, linkToPatron(card)),
    el("td", {}, `${name}(${kana})`, guardian ? ` 保護者 ${guardian}` : null),
    el("td", {}, dateInWords(born)),
    el("td", {}, address),
    el("td", { class: "number" }, phone),
  );

/** @param {App} app */
async function loadRegister(app) {
  return [
    el(
      "p",
      {},
      "{{kit_short}}のカード、{{owner_word}}のカード、すでにお持ちのカードのどれでも登録できます。",
      "メールアドレスのない方には、お知らせを手紙でお送りします。",
    ),
    app.form(
      (form) => register(typedIn(form), app),
      input("card_number", "利用者番号", { class: "text number w16", inputmode: "numeric", autocomplete: "off" }),
      personFields(),
      input("expires_on", "有効期限", {
        type: "date",
        class: "text w16",
        hint: "空のときは、規則どおりの日になります。",
      }),
      radios(
        "online_lending",
        "{{service_name}}",
        [
          ["yes", "申し込む"],
          ["no", "申し込まない"],
        ],
        "yes",
      ),
      el("div", { class: "actions" }, el("button", { class: "button" }, "登録する")),
    ),
  ];
}

/**
 * @param {Answer} typed
 * @param {App} app
 */
async function register({ online_lending: online, ...typed }, app) {
  const wanted = Object.fromEntries(Object.entries(typed).filter(([, text]) => text.trim()));
  const body = { name: "", kana: "", birth_date: "", card_number: "", ...wanted, online_lending: online === "yes" };
  const done = await registerOrAsk(body);
  if (done) await app.goTo(`#patron/${done.card_number}`, `${done.name} 様を登録しました。`);
}

/**
 * Who may be registered already is told first (RULES 44).
 *
 * @param {object} body
 */
async function registerOrAsk(body) {
  try {
    return await api.post("/desk/patrons", body);
  } catch (error) {
    if (!(error instanceof Problem && error.code === "namesake")) throw error;
    const known = error.reasons.map(({ card_number: card, name, address }) => `${card} ${name} ${address}`).join("、");
    const question = "同じ方ではありませんか";
    const text = `フリガナと生年月日が同じ方が、登録されています。 ${known}`;
    if (!(await confirmDialog(question, text, "別の方として登録する"))) return null;
    return api.post("/desk/patrons", { ...body, confirmed: ["namesake"] });
  }
}
