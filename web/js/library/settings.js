/** 利用者情報: the record, the usual pickup place, the pace, where mails go, the password. */

import { check } from "../checks.js";
import { Denied, PASSWORD_RULE } from "../cognito.js";
import { dateInWords, dayInWords } from "../dates.js";
import { el } from "../dom.js";
import { input, ownerOfPassword, passwordInput, tellFaults, typedIn } from "../inputs.js";
import { stays } from "../kept-session.js";
import { facilities, placeOptions } from "../places.js";
import { api, changePassword } from "../session.js";
import { faultsOfChosen, STAYING } from "../signin.js";
import { calendarLink, calendarSettings } from "./calendar-link.js";
import { stayWithCard } from "./kept-card.js";
import { me, warnings } from "./me.js";
import { paceSettings } from "./pace.js";
import { factList } from "./parts.js";
import { personalData } from "./personal-data.js";

/** @type {Record<string, string>} */
const LABELS = { email: "メールアドレス", mail_to: "予約関連メール配信先" };

export const settingsView = { id: "settings", label: "設定", title: "利用者情報と設定", aside: true, load };

/** @param {App} app */
async function load(app) {
  const [record, places, link] = await Promise.all([me(), facilities(), calendarLink()]);
  return [
    ...warnings(record),
    facts(record),
    ...placeSettings(record, places, app),
    ...paceSettings(record, app),
    ...mailSettings(record, app),
    ...calendarSettings(link, app),
    ...passwordForm(record, app),
    ...staying(app),
    signOutEverywhereButton(app),
    ...personalData(record, app),
  ];
}

/** @param {Answer} record */
function facts(record) {
  const { next_loan_cap: cap, next_loan_cap_from: from } = record;
  return el(
    "div",
    { class: "stack" },
    factList([
      ["お名前", record.name],
      ["フリガナ", record.kana],
      ["生年月日", dateInWords(record.birth_date)],
      ["住所", [record.postal_code && `〒${record.postal_code}`, record.address].filter(Boolean).join(" ")],
      ["電話番号", record.phone],
      ["保護者", record.guardian],
      ["利用者番号", el("span", { class: "number" }, record.card_number)],
      ["有効期限", dateInWords(record.expires_on)],
      ["{{service_name}}", record.online_lending ? "申込み済み" : "申込みなし"],
      ["借りられる冊数", cap ? `${record.loan_cap}冊(${dayInWords(from)}から${cap}冊)` : `${record.loan_cap}冊`],
    ]),
    el("p", {}, el("a", { href: "apply.html?kind=change" }, "住所、電話番号などが違っている方")),
  );
}

/**
 * @param {Answer} record
 * @param {Facility[]} places
 * @param {App} app
 */
function placeSettings(record, places, app) {
  const form = app.form(
    async (sent) => {
      await api.patch("/me", typedIn(sent));
      await app.reload("いつもの受取館を変えました。");
    },
    input("usual_pickup_place", "いつもの受取館", {
      tag: "select",
      children: placeOptions(places, record.usual_pickup_place ?? ""),
      hint: "予約のときに、はじめから選ばれています。",
    }),
    el("div", { class: "actions" }, el("button", { class: "button" }, "受取館を変える")),
  );
  return [el("h2", {}, "いつもの受取館"), form];
}

/**
 * @param {Answer} record
 * @param {App} app
 */
function mailSettings(record, app) {
  const form = app.form(
    (sent) => changeAddresses(sent, record, app),
    mailInput("email", record.email, "半角の英数字で入力してください。"),
    mailInput(
      "mail_to",
      record.mail_to === record.email ? "" : record.mail_to,
      "予約や貸出のお知らせを、別のアドレスで受け取る方だけ、入力してください。",
    ),
    el("div", { class: "actions" }, el("button", { class: "button" }, "メールの設定を変える")),
  );
  const pending = Object.entries(record.pending_addresses).map(([field, address]) =>
    el("p", {}, `${LABELS[field]}: ${address}(届いたメールのリンクを開くと、変わります)`),
  );
  return [
    el("h2", {}, "メールの設定"),
    pending.length
      ? el("div", { class: "note warning", id: "pending" }, el("h3", {}, "確認を待っています"), pending)
      : null,
    form,
  ];
}

/**
 * @param {string} name
 * @param {string} value
 * @param {string} hint
 */
const mailInput = (name, value, hint) =>
  input(name, LABELS[name], {
    value,
    hint,
    inputmode: "email",
    autocomplete: "email",
    autocapitalize: "none",
    spellcheck: "false",
  });

/**
 * @param {HTMLFormElement} form
 * @param {Answer} record
 * @param {App} app
 */
async function changeAddresses(form, record, app) {
  const typed = typedIn(form);
  const checked = Object.entries(typed).map(([field, text]) => ({ field, ...check("email", text, field === "email") }));
  const faults = checked.flatMap(({ field, fault: message }) => (message ? [{ field, message }] : []));
  if (tellFaults(form, faults)) return;
  /** @type {Record<string, string>} */
  const before = { email: record.email, mail_to: record.mail_to === record.email ? "" : record.mail_to };
  const wanted = checked.filter(({ field, value }) => value !== before[field] || !record.email_reachable);
  const changed = await api.patch("/me", Object.fromEntries(wanted.map(({ field, value }) => [field, value])));
  const asked = Object.values(changed.pending_addresses);
  await app.reload(
    asked.length
      ? `${asked.join("、")} に確認のメールをお送りします。メールのリンクを開くと、設定が変わります。`
      : "メールの設定を変えました。",
  );
}

/**
 * @param {Answer} record
 * @param {App} app
 */
function passwordForm(record, app) {
  const form = app.form(
    async (sent) => {
      const { current, chosen, again } = typedIn(sent);
      const empty = current ? [] : [{ field: "current", message: "現在のパスワードを入力してください。" }];
      if (tellFaults(sent, [...empty, ...faultsOfChosen(chosen, again)])) return;
      try {
        await changePassword(record.card_number, current.trim(), chosen.trim());
      } catch (error) {
        if (!(error instanceof Denied && error.pairIsWrong)) throw error;
        tellFaults(sent, [{ field: "current", message: "現在のパスワードに誤りがあります。" }]);
        return;
      }
      await app.reload("パスワードを変えました。ほかの機器では、新しいパスワードでログインしてください。");
    },
    ownerOfPassword(record.card_number),
    passwordInput("current", "現在のパスワード", "current-password"),
    passwordInput("chosen", "新しいパスワード", "new-password", PASSWORD_RULE),
    passwordInput("again", "新しいパスワード(確認のため、もう一度)", "new-password"),
    el("div", { class: "actions" }, el("button", { class: "button" }, "パスワードを変える")),
  );
  return [
    el("h2", {}, "パスワードの変更"),
    el(
      "p",
      {},
      "現在のパスワードを忘れた方は、",
      el("a", { href: "password.html" }, "仮パスワードの発行"),
      "を申し込んでください。",
    ),
    form,
  ];
}

/** @param {App} app */
function staying(app) {
  const now = stays();
  const change = async () => {
    stayWithCard(!now);
    await app.reload(now ? "この画面を閉じると、ログアウトします。" : "この機器では、ログインしたままになります。");
  };
  const text = now ? "ログインしたままにしない" : "この機器ではログインしたままにする";
  return [
    el("h2", {}, "ログインしたままにする"),
    el("p", {}, now ? "この機器では、ログインしたままになっています。" : STAYING),
    el("div", { class: "actions" }, app.button(text, "変えています…", change, { class: "button plain" })),
  ];
}

/** @param {App} app */
function signOutEverywhereButton(app) {
  return el(
    "div",
    { class: "stack" },
    el("h2", {}, "ログアウト"),
    el(
      "p",
      {},
      "ほかの機器でログアウトを忘れたときは、すべての機器からログアウトできます。ほかの機器も、10分以内に使えなくなります。",
    ),
    el(
      "div",
      { class: "actions" },
      app.button("すべての機器からログアウト", "ログアウト中…", () => app.signOut(true), { class: "button plain" }),
    ),
  );
}
