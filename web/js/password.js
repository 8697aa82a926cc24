/** How to get a temporary password, the first one or another (RULES 6): it must never be a dead end. */

import { Offline, post, Problem } from "./api.js";
import { birthField } from "./birth-field.js";
import { check } from "./checks.js";
import { watchConnection } from "./connection.js";
import { el, show } from "./dom.js";
import { christianYear, isoDate } from "./eras.js";
import { showSummary } from "./faults.js";
import { input, onSubmit, radios, tellFaults, typedIn } from "./inputs.js";

const CALL = "お電話でもお受けします。{{counter_phone}}({{counter_hours_inside}})";

// What somebody can say of themselves, and the one way that works for it.
const CASES = {
  unused: "仮パスワードのメールをなくした、期限が過ぎた(ログインしたことはまだない)",
  forgotten: "ログインしてパスワードを決めたが、忘れた",
  first: "以前からカードを持っていて、このサービスははじめて",
  unreachable: "登録したメールアドレスが変わった、登録していない",
};

/** First which way works: who has chosen a password is not sent another by knowing a birthday. */
function ask() {
  const form = el(
    "form",
    { class: "stack", novalidate: true },
    radios("case", "どれにあてはまりますか", Object.entries(CASES)),
    el("div", { class: "actions" }, el("button", { class: "button" }, "つぎへ")),
  );
  onSubmit(form, () => {
    const { case: chosen } = typedIn(form);
    if (tellFaults(form, chosen ? [] : [{ field: "case", message: "どれかを選んでください。" }])) return;
    if (chosen === "unused") askForMail();
    else tellToApply();
  });
  show(
    "仮パスワード",
    el("h1", {}, "ログインできないとき"),
    form,
    el("p", {}, CALL),
    el("p", {}, el("a", { href: "library.html" }, "Myライブラリにログインする")),
  );
}

function askForMail() {
  const form = el(
    "form",
    { class: "stack", novalidate: true },
    input("card_number", "利用者番号(カードの番号)", {
      hint: "バーコードといっしょに印刷されている数字です。",
      inputmode: "numeric",
      class: "text number w16",
      autocomplete: "username",
      required: true,
    }),
    birthField("", el("legend", { class: "label" }, "生年月日")),
    el("div", { class: "actions" }, el("button", { class: "button" }, "仮パスワードを送ってもらう")),
  );
  onSubmit(form, () => send(form));
  show(
    "仮パスワード",
    back(),
    el("h1", {}, "仮パスワードを送ってもらう"),
    el(
      "p",
      {},
      "登録されているメールアドレスに、新しい仮パスワードをお送りします。前の仮パスワードは使えなくなります。",
    ),
    form,
    el("p", {}, CALL),
  );
}

function tellToApply() {
  show(
    "仮パスワードの発行",
    back(),
    el("h1", {}, "「仮パスワードの発行」を申請してください"),
    el(
      "p",
      {},
      "お名前とご住所を確認できる書類の写真が必要です。1～{{decision_days}}日程度で、申請に書かれたメールアドレスに仮パスワードをお送りします。これまでのパスワードは使えなくなります。",
    ),
    el(
      "div",
      { class: "actions" },
      el("a", { class: "button", href: "apply.html?kind=password" }, "仮パスワードの発行を申請する"),
    ),
    el("p", {}, "メールアドレスをお持ちでない方は、お電話ください。", CALL),
  );
}

const back = () => el("button", { type: "button", class: "link-button", onclick: ask }, "もどる");

/** @param {HTMLFormElement} form */
async function send(form) {
  const { card_number: typed, ...birth } = typedIn(form);
  const card = check("card_number", typed, true);
  const born = checkedBirth(birth);
  const faults = [
    ...(card.fault ? [{ field: "card_number", message: card.fault }] : []),
    ...(born.fault ? [{ field: "year", message: born.fault }] : []),
  ];
  if (tellFaults(form, faults)) return;
  try {
    const { message } = await post("/passwords", { card_number: card.value, birth_date: born.value });
    showSent(message);
  } catch (error) {
    tellRefusal(form, error);
  }
}

/** @param {Record<string, string>} parts */
function checkedBirth(parts) {
  const { era, year, month, day } = parts;
  if (![year, month, day].every((text) => text.trim())) return { fault: "生年月日を入力してください。" };
  if (!christianYear(era, year)) return { fault: "その元号に、その年はありません。年を確かめてください。" };
  return check("birth_date", isoDate(parts), true);
}

/**
 * @param {HTMLFormElement} form
 * @param {unknown} error
 */
function tellRefusal(form, error) {
  if (error instanceof Problem && error.status === 422) {
    const faults = error.reasons.map(({ field, message }) => ({
      field: field === "birth_date" ? "year" : field,
      message,
    }));
    tellFaults(form, faults);
  } else if (error instanceof Problem || error instanceof Offline) {
    showSummary([{ message: error.message }], "送信できませんでした");
  } else throw error;
}

/** @param {string} message */
function showSent(message) {
  show(
    "メールをご確認ください",
    el("h1", {}, "メールをご確認ください"),
    el("p", {}, message),
    el("p", {}, "届いた仮パスワードでログインすると、ご自分のパスワードを決められます。"),
    el(
      "div",
      { class: "actions" },
      el("a", { class: "button", href: "library.html" }, "Myライブラリにログインする"),
      el("a", { href: "apply.html?kind=password" }, "届かない方は、仮パスワードの発行を申請する"),
    ),
    el("p", {}, CALL),
  );
}

watchConnection();
ask();
