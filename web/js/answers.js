/** Check your answers, send them, and write the receipt down. */

import { Offline, post, Problem } from "./api.js";
import { LABELS } from "./checks.js";
import { el, show, workingButton } from "./dom.js";
import { draft, forgetDraft, receipt, rememberReceipt, sendingKey } from "./draft.js";
import { inWords } from "./eras.js";
import { hideSummary, showSummary } from "./faults.js";
import { valueOf } from "./fields.js";
import { DOCUMENTS, KINDS } from "./kinds.js";
import { keepFaults, purpose } from "./questions.js";
import { stepsOf, stepWith } from "./steps.js";
import { keepTickets } from "./tickets.js";

/** All answers at a glance, each with a way to change it. */
export function checkAnswers() {
  const { kind } = draft();
  const steps = stepsOf(kind);
  show(
    "入力した内容の確認",
    el("a", { class: "back", href: `#${steps.at(-1)?.id}` }, "もどる"),
    el("h1", {}, "入力した内容の確認"),
    el("p", {}, "まちがいがないか確かめて、下の「この内容で送信する」を押してください。"),
    el(
      "dl",
      { class: "answers" },
      steps.flatMap((step) => rows(step, kind)),
    ),
    el("p", {}, "送信したあとに、写真を送っていただきます。"),
    purpose(),
    el("div", { class: "actions" }, workingButton("この内容で送信する", "送信しています…", send)),
    el("p", {}, el("a", { class: "quiet", href: "#stop" }, "入力をやめて、入力した内容を消す")),
  );
}

/**
 * @param {Step} step
 * @param {string} kind
 */
function rows(step, kind) {
  const { online_lending: online, documents } = draft();
  /** @type {Record<string, () => [label: string, value: string][]>} */
  const answers = {
    kind: () => [["申請の種類", KINDS[kind].label]],
    online: () => [["{{service_name}}", online ? "申し込む" : "申し込まない"]],
    documents: () => [["確認書類", documents.map((/** @type {string} */ name) => DOCUMENTS[name].label).join("\n")]],
  };
  /** @type {[label: string, value: string][]} */
  const pairs = answers[step.id]?.() ?? step.fields.map((name) => [LABELS[name], inOrder(name)]);
  return pairs.map(([label, value]) => row(label, value, `#change/${step.id}`));
}

/** @param {string} name */
const inOrder = (name) => (name === "birth_date" ? inWords(valueOf(name)) : valueOf(name));

/**
 * @param {string} label
 * @param {string} value
 * @param {string} href
 */
function row(label, value, href) {
  return el(
    "div",
    {},
    el("dt", {}, label),
    el("dd", { class: "value" }, value || "(入力なし)"),
    el("dd", {}, el("a", { href }, "変更", el("span", { class: "unseen" }, `(${label})`))),
  );
}

/** The form as the API takes it: what its kind asks for and has an answer. */
function formToSend() {
  const { kind, documents, online_lending } = draft();
  const names = stepsOf(kind).flatMap((step) => step.fields);
  const texts = Object.fromEntries(names.map((name) => [name, valueOf(name)]).filter(([, value]) => value));
  return { kind, ...texts, online_lending, documents };
}

async function send() {
  hideSummary();
  const form = formToSend();
  try {
    const accepted = await post("/applications", form, { "Idempotency-Key": sendingKey(form) });
    rememberReceipt({
      receipt_number: accepted.receipt_number,
      access_code: accepted.access_code,
      slots: accepted.uploads.map((/** @type {Ticket} */ { slot }) => slot),
      skipped: [],
    });
    keepTickets(accepted.uploads);
    forgetDraft();
    location.replace("#receipt");
  } catch (error) {
    tellRefusal(error, form.kind);
  }
}

/**
 * @param {unknown} error
 * @param {string} kind
 */
function tellRefusal(error, kind) {
  if (error instanceof Offline) {
    const message = `${error.message}入力した内容は、この画面に残っています。`;
    showSummary([{ message }], "送信できませんでした");
    return;
  }
  if (!(error instanceof Problem)) throw error;
  const reasons = error.reasons.length ? error.reasons : [{ message: error.message }];
  keepFaults(reasons.filter(({ field }) => field));
  const faults = reasons.map(({ field, message }) => {
    const step = field ? stepWith(field, kind) : null;
    return { message, target: step ? `#change/${step.id}` : undefined };
  });
  showSummary(faults, error.status === 422 || error.status === 409 ? undefined : "送信できませんでした");
}

/** The numbers to write down, before the photos are sent: with them the application can be gone on with anywhere. */
export function showReceipt() {
  show(
    "受付番号と確認番号",
    el("h1", {}, "受付番号と確認番号をひかえてください"),
    numbers(),
    el(
      "p",
      {},
      "申請を途中でやめたときや、写真をもう一度送るときに使います。紙に書くか、画面を保存してください。メールアドレスを入力した方には、続きを開けるリンクもメールでお送りします。",
    ),
    el(
      "div",
      { class: "note warning" },
      el("h2", {}, "申請は、まだ終わっていません"),
      el("p", {}, "つづけて、写真を送ってください。"),
    ),
    el("div", { class: "actions" }, el("a", { class: "button", href: "#photos" }, "写真を送る")),
  );
}

/** Receipt number and access code, large enough to copy by hand. */
export function numbers() {
  const { receipt_number: number, access_code: code } = receipt();
  // Whoever came by the link of a mail has no access code, and needs none.
  const typed = /^[0-9]+$/.test(code);
  return el(
    "dl",
    { class: "receipt" },
    el("dt", {}, "受付番号"),
    el("dd", { class: "number", id: "receipt-number" }, inGroups(number)),
    typed ? el("dt", {}, "確認番号") : null,
    typed ? el("dd", { class: "number", id: "access-code" }, inGroups(code)) : null,
  );
}

/**
 * Digits four by four, as people copy them; spaces do not count when they are typed again.
 *
 * @param {string} digits
 */
const inGroups = (digits) => digits.replace(/(.{4})(?=.)/g, "$1 ");
