/**
 * What a person has typed, and the receipt of what was sent: kept in this tab only, so that a reload, a lost connection
 * or a phone that put the page aside loses nothing, and a shared computer keeps nothing. Photos are never kept.
 */

import { forget, read, write } from "./storage.js";

const DRAFT = "draft";
const RECEIPT = "receipt";

export const draft = () => read(DRAFT) ?? {};
/** @param {Draft} changes */
export const remember = (changes) => write(DRAFT, { ...draft(), ...changes });
export const forgetDraft = () => forget(DRAFT);

/** `{receipt_number, access_code, slots, skipped}` of the application being made, or null. */
export const receipt = () => read(RECEIPT);
/** @param {Draft} changes */
export const rememberReceipt = (changes) => write(RECEIPT, { ...receipt(), ...changes });
export const forgetReceipt = () => forget(RECEIPT);

/**
 * A key for sending this form: the same as long as its content is, so that sending twice makes one application.
 *
 * @param {object} form
 */
export function sendingKey(form) {
  const content = JSON.stringify(form);
  const known = draft().sending;
  if (known?.content === content) return known.key;
  const key = crypto.randomUUID();
  remember({ sending: { content, key } });
  return key;
}
