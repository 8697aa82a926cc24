/** Where an application is, for whoever has its receipt number and access code; and the way back to its photos. */

import { Offline, Problem } from "./api.js";
import { watchConnection } from "./connection.js";
import { byId, el, lines, show, workingButton } from "./dom.js";
import { forgetReceipt, receipt, rememberReceipt } from "./draft.js";
import { hideSummary, showSummary } from "./faults.js";
import { missingFault, onSubmit, tellFaults, typedIn } from "./inputs.js";
import { application, withdraw } from "./tickets.js";

/** @type {Record<string, string>} */
const TITLES = {
  awaiting_images: "写真を送ってください",
  image_again: "写真をもう一度送ってください",
  submitted: "申請を確認しています",
  registered: "手続きが完了しました",
  refused: "申請をお受けできませんでした",
};
/** @type {Record<string, string>} */
const NEEDED = { receipt_number: "受付番号を入力してください。", access_code: "確認番号を入力してください。" };

function start() {
  // The link that skips to the content.
  if (location.hash === "#content") return;
  const [, receiptNumber, code] = /^#([0-9]+)\.(.+)$/.exec(location.hash) ?? [];
  if (!code) {
    askNumbers();
    return;
  }
  // Read once and taken out of the address, so that it stays neither on the screen nor in the history.
  history.replaceState(null, "", location.pathname);
  forgetReceipt();
  rememberReceipt({ receipt_number: receiptNumber, access_code: code });
  askNumbers();
  showStatus();
}

function askNumbers() {
  const form = el(
    "form",
    { class: "stack", novalidate: true },
    number("receipt_number", "受付番号"),
    number("access_code", "確認番号"),
    el("div", { class: "actions" }, el("button", { class: "button" }, "申請の状況を見る")),
  );
  onSubmit(form, () => lookUp(form));
  show(
    "申請の状況",
    el("h1", {}, "申請の状況"),
    el(
      "p",
      {},
      "申請を送信したときに表示された、受付番号と確認番号を入力してください。写真の続きも、ここから送れます。",
    ),
    form,
    el(
      "p",
      {},
      "番号がわからない方は、「申請の受付番号のお知らせ」のメールにあるリンクを開いてください。メールが見つからないときは、お電話ください。もう一度お送りします。{{counter_phone}}({{counter_hours_inside}})",
    ),
  );
}

/**
 * @param {string} name
 * @param {string} label
 */
function number(name, label) {
  const id = `field-${name}`;
  return el(
    "div",
    { class: "field" },
    el("label", { class: "label", for: id }, label, el("span", { class: "need" }, "※必須")),
    el("p", { class: "fault", id: `${id}-fault`, "aria-live": "polite" }),
    el("input", {
      id,
      name,
      type: "text",
      class: "text number w16",
      autocomplete: "off",
      inputmode: "numeric",
      required: true,
      "aria-describedby": `${id}-fault`,
      value: /^[0-9]+$/.test(receipt()?.[name] ?? "") ? receipt()[name] : "",
    }),
  );
}

/** @param {HTMLFormElement} form */
async function lookUp(form) {
  const typed = Object.fromEntries(Object.entries(typedIn(form)).map(([name, text]) => [name, regular(text)]));
  const missing = Object.entries(NEEDED).flatMap(([name, message]) => missingFault(name, typed[name], message));
  if (tellFaults(form, missing)) return;
  if (receipt()?.receipt_number !== typed.receipt_number) forgetReceipt();
  rememberReceipt(typed);
  await showStatus();
}

/**
 * Digits, however wide and however grouped they were copied.
 *
 * @param {string} text
 */
const regular = (text) => text.normalize("NFKC").replace(/[^0-9]/g, "");

async function showStatus() {
  try {
    tell(await application());
  } catch (error) {
    if (!(error instanceof Offline || error instanceof Problem)) throw error;
    const unknown = error instanceof Problem && error.status < 500 && error.status !== 429;
    if (unknown) forgetReceipt();
    const message = unknown
      ? "受付番号か確認番号が違うか、新しいリンクがメールで届いているか、申請が消去されています。番号を確かめてください。"
      : error.message;
    showSummary(
      [{ message, target: byId("field-receipt_number") ? "field-receipt_number" : undefined }],
      "申請の状況を表示できませんでした",
    );
  }
}

/** @param {ApplicationStatus} application */
function tell({ status, message, missing_slots: missing, slots = [] }) {
  rememberReceipt({ slots: slots.length ? slots.map(({ slot }) => slot) : missing });
  const open = status === "awaiting_images" || status === "image_again";
  const leave = () => {
    forgetReceipt();
    askNumbers();
  };
  show(
    TITLES[status],
    el("h1", {}, TITLES[status]),
    el("p", {}, "受付番号 ", el("span", { class: "number" }, receipt().receipt_number)),
    el("p", {}, lines(message)),
    el(
      "div",
      { class: "actions" },
      open ? el("a", { class: "button", href: "apply.html#photos" }, "写真を送る") : null,
      workingButton("もう一度確かめる", "確かめています…", showStatus, { class: "button plain" }),
      open || status === "submitted"
        ? el("button", { type: "button", class: "link-button", onclick: askWithdrawal }, "申請を取り下げる")
        : null,
      el("button", { type: "button", class: "link-button", onclick: leave }, "終わる(この機器から番号を消す)"),
    ),
  );
}

/** Once more asked, because nothing brings it back. */
function askWithdrawal() {
  show(
    "申請を取り下げますか",
    el("h1", {}, "申請を取り下げますか"),
    el(
      "p",
      {},
      `受付番号 ${receipt().receipt_number} の申請を取り下げると、入力した内容と写真をすべてすぐに消去します。元にはもどせません。もう一度申請することはできます。`,
    ),
    el(
      "div",
      { class: "actions" },
      workingButton("取り下げる", "取り下げています…", takeBack),
      el("button", { type: "button", class: "button plain", onclick: showStatus }, "取り下げない"),
    ),
  );
}

async function takeBack() {
  hideSummary();
  try {
    const { message } = await withdraw();
    forgetReceipt();
    show(
      "申請を取り下げました",
      el("h1", {}, "申請を取り下げました"),
      el("p", {}, message),
      el("div", { class: "actions" }, el("a", { class: "button", href: "index.html" }, "ご案内にもどる")),
    );
  } catch (error) {
    if (!(error instanceof Offline || error instanceof Problem)) throw error;
    showSummary([{ message: error.message }], "取り下げられませんでした");
  }
}

// A page the browser has put aside comes back as it looked, even if its numbers were erased since.
addEventListener("pageshow", ({ persisted }) => persisted && askNumbers());
addEventListener("hashchange", start);
watchConnection();
start();
