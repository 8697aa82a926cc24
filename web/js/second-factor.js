/** The code that staff and facilities sign in with beside their password, and the authenticator that shows it. */

import { el, show } from "./dom.js";
import { input, onSubmit, tellFaults, typedIn } from "./inputs.js";
import { factList } from "./library/parts.js";
import { qrCode } from "./qr.js";

// What the authenticator calls us.
const ISSUER = "{{library_name}}";

/**
 * The code, at each sign-in.
 *
 * @param {Give} give
 */
export function askCode(give) {
  const title = "確認コードを入力してください";
  show(
    title,
    el("h1", {}, title),
    codeForm("ログイン", give),
    el("p", {}, "スマートフォンをなくしたとき、替えたときは、{{owner_word}}の担当者に連絡してください。"),
  );
}

/**
 * An authenticator is given its key, once; its first code proves it.
 *
 * @param {string} name
 * @param {string} key
 * @param {Give} give
 */
export function askEnrolment(name, key, give) {
  const title = "確認コードの準備をしてください";
  show(
    title,
    el("h1", {}, title),
    el(
      "p",
      {},
      "この画面には、パスワードと、認証アプリに出る6けたの数字でログインします。準備は、はじめに一度だけです。",
    ),
    el(
      "ol",
      { class: "stack" },
      el("li", {}, "スマートフォンに、認証アプリを入れます(Google Authenticator、Microsoft Authenticatorなど)。"),
      el("li", {}, "アプリで、下の二次元コードを読み取ります。読み取れないときは、キーを入力します。"),
      el("li", {}, "アプリに出た数字を、確認コードに入力します。"),
    ),
    qrCode(keyLink(name, key), "認証アプリで読み取る二次元コード"),
    factList([
      ["アカウント名", name],
      ["キー", el("span", { class: "number", id: "key" }, inFours(key))],
    ]),
    el("p", {}, el("a", { href: keyLink(name, key) }, "この機器の認証アプリに登録する")),
    codeForm("準備を終える", give),
    el("p", { class: "note" }, "キーは、ほかの人に見せないでください。この画面を閉じると、もう出ません。"),
  );
}

/**
 * @param {string} text
 * @param {Give} give
 */
function codeForm(text, give) {
  const form = el(
    "form",
    { class: "stack", novalidate: true },
    input("code", "確認コード", {
      hint: "認証アプリに今出ている、6けたの数字です。",
      inputmode: "numeric",
      autocomplete: "one-time-code",
      class: "text number w16",
      required: true,
    }),
    el("div", { class: "actions" }, el("button", { class: "button" }, text)),
  );
  onSubmit(form, async () => {
    const code = typedIn(form).code.normalize("NFKC").replace(/[\s-]/g, "");
    const fault = { field: "code", message: "確認コードは、6けたの数字で入力してください。" };
    if (!tellFaults(form, /^[0-9]{6}$/.test(code) ? [] : [fault])) await give(code);
  });
  return form;
}

/**
 * A key as it is typed without losing one's place.
 *
 * @param {string} key
 */
const inFours = (key) => key.replace(/(.{4})(?=.)/g, "$1 ");

/**
 * The address by which an authenticator takes a key over.
 *
 * @param {string} name
 * @param {string} key
 */
const keyLink = (name, key) =>
  `otpauth://totp/${encodeURIComponent(name)}?secret=${key}&issuer=${encodeURIComponent(ISSUER)}`;
