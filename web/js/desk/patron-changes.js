/** What staff change of a patron: the record, the card, the password (RULES 6, 44). */

import { confirmDialog } from "../confirm-dialog.js";
import { el } from "../dom.js";
import { input, radios, tellFaults, typedIn } from "../inputs.js";
import { api } from "../session.js";
import { PERSON, personFields } from "./people.js";
import { slipButton } from "./slip.js";

/** @type {[value: string, text: string][]} */
/** @type {[value: string, text: string][]} */
const CAPS = "{{loan_caps}}".split(" ").map((cap) => [cap, `${cap}冊`]);
/** @type {[value: string, text: string][]} */
const LENDING = [
  ["no", "できる"],
  ["yes", "止める"],
];
/** @type {[value: string, text: string][]} */
const ENROLLED = [
  ["yes", "申込み済み"],
  ["no", "申込みなし"],
];

/**
 * What is written down of a patron, to be put right.
 *
 * @param {Patron} one
 * @param {string} path
 * @param {App} app
 */
export function changes(one, path, app) {
  const form = app.form(
    (sent) => change(typedIn(sent), one, path, app),
    radios("loan_cap", "借りられる冊数(次の処理から)", CAPS, String(one.loan_cap)),
    radios("blocked", "貸出", LENDING, one.blocked ? "yes" : "no"),
    radios("online_lending", "{{service_name}}", ENROLLED, one.online_lending ? "yes" : "no"),
    input("expires_on", "有効期限", { type: "date", class: "text w16", value: one.expires_on }),
    personFields(one),
    input("mail_to", "予約関連メール配信先", {
      value: one.mail_to,
      inputmode: "email",
      autocomplete: "off",
      autocapitalize: "none",
      spellcheck: "false",
    }),
    el("div", { class: "actions" }, el("button", { class: "button" }, "変更する")),
  );
  return el("details", {}, el("summary", {}, "登録の内容を変える"), form);
}

/**
 * Only what is another than before is sent.
 *
 * @param {Record<string, string>} typed
 * @param {Patron} one
 * @param {string} path
 * @param {App} app
 */
async function change(typed, one, path, app) {
  const wanted = {
    ...Object.fromEntries(Object.keys(PERSON).map((name) => [name, typed[name].trim()])),
    mail_to: typed.mail_to.trim(),
    loan_cap: Number(typed.loan_cap),
    blocked: typed.blocked === "yes",
    online_lending: typed.online_lending === "yes",
    expires_on: typed.expires_on || one.expires_on,
  };
  const changed = Object.entries(wanted).filter(([name, value]) => value !== one[name]);
  if (!changed.length) return;
  await api.patch(path, Object.fromEntries(changed));
  await app.reload("登録の内容を変えました。");
}

/**
 * A lost card: a blank one of any place takes its place (RULES 44).
 *
 * @param {Patron} one
 * @param {string} path
 * @param {App} app
 */
export function anotherCard(one, path, app) {
  const form = app.form(
    async (sent) => {
      const { new_card: number } = typedIn(sent);
      const none = number.trim() ? [] : [{ field: "new_card", message: "新しいカードの番号を入力してください。" }];
      if (tellFaults(sent, none)) return;
      const text = `${one.name} 様に、新しいカード(${number})をお渡しします。今のカードは、使えなくなります。`;
      if (!(await confirmDialog("カードを作り直しますか", text, "作り直す"))) return;
      const { card_number: now } = await api.post(`${path}/card`, { card_number: number });
      await app.goTo(`#patron/${now}`, "新しいカードをお渡しできます。ログインも、新しい番号でできます。");
    },
    input("new_card", "新しいカードの番号", {
      class: "text number w16",
      inputmode: "numeric",
      autocomplete: "off",
    }),
    el("div", { class: "actions" }, el("button", { class: "button" }, "カードを作り直す")),
  );
  return el("details", {}, el("summary", {}, "新しいカードを渡す"), form);
}

/**
 * @param {Patron} one
 * @param {string} path
 * @param {App} app
 */
export function password(one, path, app) {
  const send = async () => {
    const text = `${one.email} に新しい仮パスワードを送ります。今のパスワードは、使えなくなります。`;
    if (!(await confirmDialog("仮パスワードを送りますか", text, "送る"))) return;
    const { message } = await api.post(`${path}/temporary-password`);
    await app.reload(message);
  };
  const actions = el(
    "div",
    { class: "actions" },
    one.email ? app.button("仮パスワードを送る", "送っています…", send, { class: "button plain" }) : null,
  );
  actions.append(slipButton(path, actions, app));
  return actions;
}
