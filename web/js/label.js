/** The return label for a bag of one's own (RULES 33): two to a sheet, card number, no name. Nothing typed is kept. */

import { messageOf } from "./api.js";
import { check } from "./checks.js";
import { watchConnection } from "./connection.js";
import { el, show, workingButton } from "./dom.js";
import { showSummary } from "./faults.js";
import { controlOf, input, onSubmit, tellFaults, typedIn } from "./inputs.js";
import { facilities, placeOptions } from "./places.js";

const TITLE = "返却用ラベル";

async function ask() {
  show(TITLE, el("h1", {}, TITLE), el("p", {}, "読み込んでいます…"));
  try {
    showForm(await facilities());
  } catch (error) {
    show(TITLE, el("h1", {}, TITLE), workingButton("もう一度読み込む", "読み込んでいます…", ask));
    showSummary([{ message: messageOf(error) }], "{{partner_word}}の一覧を読み込めませんでした");
  }
}

/** @param {Facility[]} items */
function showForm(items) {
  const children = placeOptions(items, "", false);
  const form = el(
    "form",
    { class: "stack", novalidate: true },
    input("facility", "返す{{partner_word}}", { tag: "select", children, autocomplete: "off" }),
    input("card_number", "利用者番号", {
      hint: "お名前は不要です。入力した番号は、どこにも残りません。",
      inputmode: "numeric",
      class: "text number w16",
      autocomplete: "off",
    }),
    el("div", { class: "actions" }, el("button", { class: "button" }, "印刷する")),
  );
  const sheet = el("div", { class: "sheet label-sheet", id: "sheet", "aria-label": "印刷される内容", role: "group" });
  const draw = () =>
    sheet.replaceChildren(
      label(form, items),
      el("p", { class: "cut" }, "切り離すか、半分に折ってご利用ください"),
      label(form, items),
    );
  form.addEventListener("input", draw);
  onSubmit(form, () => printOut(form, draw));
  show(
    TITLE,
    el("h1", {}, TITLE),
    el(
      "p",
      {},
      "専用袋が足りないときは、お手持ちの袋にこのラベルを貼って、{{partner_word}}の窓口に返せます。A4の紙1枚に2枚分を印刷します。",
    ),
    el("p", {}, "印刷できないときは、袋の見えるところに「{{return_word}}」と書いてください。"),
    form,
    el("h2", {}, "印刷される内容"),
    sheet,
  );
  draw();
}

/**
 * @param {HTMLFormElement} form
 * @param {() => void} draw
 */
async function printOut(form, draw) {
  const { card_number: typed } = typedIn(form);
  const { value, fault } = check("card_number", typed, false);
  // Both may stay empty, to be written by hand.
  if (tellFaults(form, fault ? [{ field: "card_number", message: fault }] : [])) return;
  controlOf(form, "card_number").value = value ?? "";
  draw();
  window.print();
}

/**
 * @param {HTMLFormElement} form
 * @param {Facility[]} items
 */
function label(form, items) {
  const { facility, card_number: number } = typedIn(form);
  const name = items.find((item) => String(item.number) === facility)?.name ?? "";
  /** @param {string} text */
  const blank = (text) => text || el("span", { class: "unseen" }, "(記入欄)");
  return el(
    "div",
    { class: "label-half" },
    el("p", { class: "label-title" }, "{{service_name}}"),
    el("p", {}, "（複数回に分けて返却した等の理由により、専用袋が足りなくなったため、代わりの袋に入れています。）"),
    el(
      "dl",
      { class: "label-facts" },
      el("div", {}, el("dt", {}, "{{partner_word}}名"), el("dd", {}, blank(name))),
      el(
        "div",
        {},
        el("dt", {}, "利用者番号", el("br"), el("small", {}, "（お名前は不要です）")),
        el("dd", { class: "number" }, blank(number.trim())),
      ),
    ),
    el(
      "p",
      {},
      el("strong", {}, "【各利用者様へ】"),
      " {{partner_word}}のブックポストは使用せずに、窓口へ直接ご返却ください。",
    ),
    el(
      "p",
      {},
      el("strong", {}, "【各{{partner_word}}様へ】"),
      " 資料の確認は不要です。このまま{{owner_word}}へ搬送してください。",
    ),
  );
}

watchConnection("");
ask();
