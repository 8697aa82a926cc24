/** The fields people type into: label, hint, fault, and a check while they type. */

import { birthField } from "./birth-field.js";
import { check, checkTyping, LABELS } from "./checks.js";
import { el } from "./dom.js";
import { draft, remember } from "./draft.js";
import { christianYear, ERAS, isoDate } from "./eras.js";
import { KINDS, needs } from "./kinds.js";

const CARD_HINT = "バーコードといっしょに印刷されている数字です。";
const ONLY_IF_NEW = "変わった場合だけ、入力してください。";

// How each field looks; hints may depend on the kind of application.
/** @type {Record<string, { hint: (kind: string) => string, tag?: "textarea", attributes: Attributes }>} */
const LOOKS = {
  card_number: {
    hint: (kind) => (KINDS[kind].kit ? `{{kit_short}}に入っている、新しいカードの番号です。${CARD_HINT}` : CARD_HINT),
    attributes: { inputmode: "numeric", autocomplete: "off", class: "text number w16" },
  },
  old_card_number: {
    hint: () => "わかる場合だけ、入力してください。",
    attributes: { inputmode: "numeric", autocomplete: "off", class: "text number w16" },
  },
  name: {
    hint: (kind) =>
      KINDS[kind].kit
        ? "カードに書いたお名前と、同じお名前を入力してください。"
        : "登録しているお名前です。例:{{example_name}}",
    attributes: { autocomplete: "name" },
  },
  kana: {
    hint: () => "例:{{example_kana}}(ひらがなで入力しても、カタカナに直ります)",
    attributes: { autocomplete: "off" },
  },
  postal_code: {
    hint: (kind) =>
      needs(kind, "postal_code") ? "例:{{example_postal_code}}" : `${ONLY_IF_NEW}例:{{example_postal_code}}`,
    attributes: { inputmode: "numeric", autocomplete: "postal-code", class: "text w10" },
  },
  address: {
    hint: () => "都道府県から、建物の名前と部屋の番号まで入力してください。",
    tag: "textarea",
    attributes: { autocomplete: "street-address", rows: 3 },
  },
  phone: {
    hint: (kind) =>
      needs(kind, "phone") ? "例:{{counter_phone}}" : "変わった場合や、別の番号に連絡がほしい場合に入力してください。",
    attributes: { type: "tel", autocomplete: "tel", class: "text w16" },
  },
  guardian: {
    hint: () => "申請するお子さまの保護者の方のお名前を入力してください。",
    attributes: { autocomplete: "off" },
  },
  email: {
    hint: (kind) => mailHint(kind),
    attributes: { inputmode: "email", autocomplete: "email", autocapitalize: "none", spellcheck: "false" },
  },
};

/** @param {string} kind */
function mailHint(kind) {
  const when = needs(kind, "email") ? "" : "変わった場合や、別の宛先に知らせてほしい場合に入力してください。";
  return `${when}半角の英数字で入力してください。例:taro@example.jp`;
}

/**
 * The id of a field's control, for the links of an error summary.
 *
 * @param {string} name
 */
export const controlId = (name) => (name === "birth_date" ? "field-birth_year" : `field-${name}`);

/**
 * The text of a field as a person has typed it.
 *
 * @param {string} name
 */
export function typed(name) {
  const answers = draft();
  if (name !== "birth_date") return answers[name] ?? "";
  const { birth_era: era, birth_year: year, birth_month: month, birth_day: day } = answers;
  return year || month || day ? isoDate({ era, year, month, day }) : "";
}

/**
 * One field of the form with what was typed before; `fault` is what the API said about it, "" if nothing.
 *
 * @param {string} name
 * @param {string} kind
 * @param {string} fault
 */
export function field(name, kind, fault = "") {
  return name === "birth_date" ? watchedBirthField(fault) : textField(name, kind, fault);
}

/**
 * @param {string} name
 * @param {string} kind
 * @param {string} fault
 */
function textField(name, kind, fault) {
  const { hint, tag = "input", attributes } = LOOKS[name];
  const id = controlId(name);
  const type = tag === "input" ? { type: "text" } : {};
  const described = { "aria-describedby": `${id}-hint ${id}-fault` };
  const input = el(tag, { id, name, class: "text", ...described, ...type, ...attributes });
  input.value = typed(name);
  input.required = needs(kind, name);
  const frame = framed(
    id,
    el("label", { class: "label", for: id }, LABELS[name], need(name, kind)),
    el("p", { class: "hint", id: `${id}-hint` }, hint(kind)),
    input,
  );
  watch(frame, input, name);
  setFault(frame, fault);
  return frame;
}

/**
 * @param {string} name
 * @param {string} kind
 */
const need = (name, kind) =>
  needs(kind, name) ? el("span", { class: "need" }, "※必須") : el("span", { class: "need optional" }, "※任意");

/**
 * Label and hint, then the fault, then the controls: what readers say and eyes meet in this order.
 *
 * @param {string} id
 * @param {Child} label
 * @param {Child} hint
 * @param {...Child} controls
 */
function framed(id, label, hint, ...controls) {
  return el(
    "div",
    { class: "field" },
    label,
    hint,
    el("p", { class: "fault", id: `${id}-fault`, "aria-live": "polite" }),
    ...controls,
  );
}

/**
 * Say what is wrong with a field, or take it back with "".
 *
 * @param {Element | null} frame
 * @param {string} fault
 */
export function setFault(frame, fault) {
  const box = frame?.querySelector(".fault");
  if (!frame || !box) throw new Error("There is no place for what is wrong.");
  if (box.textContent !== fault) box.textContent = fault;
  frame.classList.toggle("faulty", Boolean(fault));
  for (const control of frame.querySelectorAll(".text")) {
    if (fault) control.setAttribute("aria-invalid", "true");
    else control.removeAttribute("aria-invalid");
  }
}

/** @param {Element} frame */
const isFaulty = (frame) => frame.classList.contains("faulty");

/**
 * @param {Element} frame
 * @param {HTMLInputElement | HTMLTextAreaElement} input
 * @param {string} name
 */
function watch(frame, input, name) {
  /** @param {Event} event */
  const checkNow = (event) => {
    remember({ [name]: input.value });
    if (event instanceof InputEvent && event.isComposing) return;
    setFault(frame, isFaulty(frame) ? (check(name, input.value, false).fault ?? "") : checkTyping(name, input.value));
  };
  input.addEventListener("input", checkNow);
  input.addEventListener("compositionend", checkNow);
  input.addEventListener("focusout", () => afterPress(() => settle(frame, input, name)));
}

/**
 * A person has left the field: show the regular form of what was typed, or what is wrong with it.
 *
 * @param {Element} frame
 * @param {HTMLInputElement | HTMLTextAreaElement} input
 * @param {string} name
 */
function settle(frame, input, name) {
  const { value, fault } = check(name, input.value, false);
  if (value) {
    input.value = value;
    remember({ [name]: value });
  }
  if (input.value.trim()) setFault(frame, fault ?? "");
}

// A message that appears while a button is pressed would push the button from under the finger.
let pressed = false;
document.addEventListener("pointerdown", () => (pressed = true), true);
for (const end of ["pointerup", "pointercancel"]) document.addEventListener(end, () => (pressed = false), true);

/** @param {() => unknown} work */
function afterPress(work) {
  if (!pressed) work();
  else document.addEventListener("pointerup", () => setTimeout(work), { once: true });
}

/** @param {string} fault */
function watchedBirthField(fault) {
  const frame = birthField("birth_", el("legend", { class: "unseen" }, LABELS.birth_date), draft());
  watchBirth(frame);
  setFault(frame, fault);
  return frame;
}

/**
 * The controls of a field.
 *
 * @param {Element} frame
 * @returns {HTMLInputElement[]}
 */
const controlsOf = (frame) =>
  [...frame.querySelectorAll("[name]")].map((each) => /** @type {HTMLInputElement} */ (each));

/** @param {Element} frame */
function watchBirth(frame) {
  const parts = () => Object.fromEntries(controlsOf(frame).map(({ name, value }) => [name, value]));
  frame.addEventListener("input", () => {
    remember(parts());
    if (isFaulty(frame)) setFault(frame, birthFault());
  });
  frame.addEventListener("focusout", (event) => {
    const day = controlsOf(frame).find(({ name }) => name === "birth_day");
    if (event.target === day && day?.value) afterPress(() => setFault(frame, birthFault()));
  });
}

/** What is wrong with the date of birth, "" if nothing; a year its era never had is told first. */
export function birthFault() {
  const { birth_era: era = "ad", birth_year: year = "", birth_month: month = "", birth_day: day = "" } = draft();
  const empty = [
    [year, "年"],
    [month, "月"],
    [day, "日"],
  ]
    .filter(([text]) => !text.trim())
    .map(([, name]) => name);
  if (empty.length) return `生年月日の${empty.join("・")}を入力してください。`;
  if (!christianYear(era, year)) {
    return `${ERAS.find((each) => each.id === era)?.label}に${year}年はありません。年を確かめてください。`;
  }
  return check("birth_date", typed("birth_date"), true).fault ?? "";
}

/**
 * What is wrong with a field as it was typed, "" if nothing.
 *
 * @param {string} name
 * @param {string} kind
 */
export function faultOf(name, kind) {
  return name === "birth_date" ? birthFault() : (check(name, typed(name), needs(kind, name)).fault ?? "");
}

/**
 * The regular value of a field as it was typed.
 *
 * @param {string} name
 */
export const valueOf = (name) => check(name, typed(name), false).value ?? "";
