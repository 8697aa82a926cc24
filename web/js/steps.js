/** The way through the form: which questions a kind of application asks, one a page, in which order. */

import { draft } from "./draft.js";
import { faultOf, valueOf } from "./fields.js";
import { asks, GUARDIAN_BELOW, isChild, KINDS, needs } from "./kinds.js";

/** @type {Step[]} */
const STEPS = [
  { id: "kind", title: () => "どの申請をしますか", fields: [] },
  {
    id: "card",
    title: (kind) => (KINDS[kind].kit ? "{{kit_short}}に入っているカードの番号" : "お持ちのカードの利用者番号"),
    fields: ["card_number", "old_card_number"],
  },
  {
    id: "name",
    title: (kind) => (kind === "name_change" ? "新しいお名前" : "お名前"),
    fields: ["name", "kana"],
  },
  { id: "birth", title: () => "生年月日", fields: ["birth_date"] },
  { id: "guardian", title: () => `${GUARDIAN_BELOW}歳未満の方の保護者`, fields: ["guardian"] },
  {
    id: "address",
    title: (kind) => (needs(kind, "address") ? "ご住所" : "ご住所が変わった方は、新しいご住所"),
    fields: ["postal_code", "address"],
  },
  { id: "contact", title: () => "電話番号とメールアドレス", fields: ["phone", "email"] },
  { id: "online", title: () => "{{service_name}}を申し込みますか", fields: [] },
  { id: "documents", title: () => "どの書類で、お名前と今のご住所を確認できますか", fields: [] },
];

/**
 * The questions of a kind, each with the fields it asks for.
 *
 * @param {string} kind
 */
export function stepsOf(kind) {
  const asked = STEPS.map((step) => ({ ...step, fields: step.fields.filter((name) => isAsked(kind, name)) }));
  return asked.filter((step, place) => !STEPS[place].fields.length || step.fields.length);
}

/**
 * A guardian is asked for by the date of birth, everything else by the kind.
 *
 * @param {string} kind
 * @param {string} name
 */
const isAsked = (kind, name) => (name === "guardian" ? isChild(valueOf("birth_date")) : asks(kind, name));

/**
 * The faults of one question, as `{field, message}`.
 *
 * @param {Step} step
 * @param {string} kind
 */
export function faultsOf(step, kind) {
  const { documents = [], online_lending: online } = draft();
  if (step.id === "online" && online === undefined)
    return [{ field: "online_lending", message: "申し込むかどうかを選んでください。" }];
  if (step.id === "documents" && !documents.length)
    return [{ field: "documents", message: "お名前と現住所を確認できる書類を選んでください。" }];
  const faults = step.fields
    .map((field) => ({ field, message: faultOf(field, kind) }))
    .filter(({ message }) => message);
  return faults.length ? faults : togetherFaults(step);
}

/**
 * A new address is not complete without its postal code, nor the other way round.
 *
 * @param {Step} step
 */
function togetherFaults(step) {
  const { postal_code: code = "", address = "" } = draft();
  if (step.id !== "address" || Boolean(code.trim()) === Boolean(address.trim())) return [];
  return code.trim()
    ? [{ field: "address", message: "ご住所を入力してください。" }]
    : [{ field: "postal_code", message: "郵便番号を入力してください。" }];
}

/** The first question that is not answered yet, undefined when all are. */
export function firstOpen() {
  const { kind } = draft();
  if (!kind) return STEPS[0];
  return stepsOf(kind).find((step) => faultsOf(step, kind).length);
}

/**
 * The question that holds a field of the API; the first if none does.
 *
 * @param {string} field
 * @param {string} kind
 */
export function stepWith(field, kind) {
  /** @type {Record<string, string>} */
  const places = { online_lending: "online", documents: "documents", kind: "kind" };
  const steps = stepsOf(kind);
  return steps.find((step) => step.id === places[field] || step.fields.includes(field)) ?? null;
}
