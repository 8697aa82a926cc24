/** Whoever followed the link of a mail proves that its address is theirs (RULES 7). */

import { Offline, post, Problem } from "./api.js";
import { watchConnection } from "./connection.js";
import { el, show, workingButton } from "./dom.js";
import { hideSummary, showSummary } from "./faults.js";

/** @type {Record<string, string>} */
const FIELDS = { email: "メールアドレス", mail_to: "予約関連メール配信先" };
const TITLE = "メールアドレスの確認";

let token = "";

function start() {
  // The link that skips to the content.
  if (location.hash === "#content") return;
  // Read once and taken out of the address, so that it stays neither on the screen nor in the history.
  token = location.hash.slice(1);
  history.replaceState(null, "", location.pathname);
  ask();
}

/** A mail program that opens links by itself does not press buttons: the person does. */
function ask() {
  if (!token) return tellVoid();
  show(
    TITLE,
    el("h1", {}, TITLE),
    el("p", {}, "「このアドレスを使う」を押すと、このメールアドレスに{{owner_word}}からのメールが届くようになります。"),
    el("div", { class: "actions" }, workingButton("このアドレスを使う", "確認しています…", confirm)),
  );
}

async function confirm() {
  hideSummary();
  try {
    const { field } = await post("/mail-address-confirmations", { token });
    tellDone(FIELDS[field] ?? FIELDS.email);
  } catch (error) {
    if (error instanceof Offline || (error instanceof Problem && error.status >= 429))
      showSummary([{ message: error.message }], "確認できませんでした");
    else if (error instanceof Problem) tellVoid();
    else throw error;
  }
}

/** @param {string} field */
function tellDone(field) {
  show(
    `${field}を変えました`,
    el("h1", {}, `${field}を変えました`),
    el("p", {}, "これからは、このメールアドレスにお知らせが届きます。"),
    el("div", { class: "actions" }, el("a", { class: "button", href: "library.html#settings" }, "Myライブラリを見る")),
  );
}

function tellVoid() {
  show(
    "このリンクは使えません",
    el("h1", {}, "このリンクは使えません"),
    el(
      "p",
      {},
      "リンクの期限が過ぎたか、あとから別のメールアドレスが登録されています。メールのリンクを、はじめから終わりまで正しく開いたか確かめてください。",
    ),
    el("p", {}, "もう一度登録するときは、Myライブラリの「利用者情報」で、メールの設定を変えてください。"),
    el("div", { class: "actions" }, el("a", { class: "button", href: "library.html#settings" }, "Myライブラリを見る")),
  );
}

addEventListener("hashchange", start);
watchConnection("");
start();
