/**
 * What a person has typed, and the receipt of what was sent: kept in this tab only, so that a reload, a lost connection
 * or a phone that put the page aside loses nothing, and a shared computer keeps nothing. Photos are never kept.
 */

const DRAFT = "draft";
const RECEIPT = "receipt";

export const draft = () => read(DRAFT) ?? {};
export const remember = (changes) => write(DRAFT, { ...draft(), ...changes });
export const forgetDraft = () => forget(DRAFT);

/** `{receipt_number, access_code, slots, skipped}` of the application being made, or null. */
export const receipt = () => read(RECEIPT);
export const rememberReceipt = (changes) => write(RECEIPT, { ...receipt(), ...changes });
export const forgetReceipt = () => forget(RECEIPT);

/** A key for sending this form: the same as long as its content is, so that sending twice makes one application. */
export function sendingKey(form) {
  const content = JSON.stringify(form);
  const known = draft().sending;
  if (known?.content === content) return known.key;
  const key = crypto.randomUUID();
  remember({ sending: { content, key } });
  return key;
}

// Where the browser keeps nothing, or has no room, the page lives on what it has in memory.
const memory = new Map();

function read(name) {
  try {
    return JSON.parse(sessionStorage.getItem(name)) ?? memory.get(name) ?? null;
  } catch {
    return memory.get(name) ?? null;
  }
}

function write(name, value) {
  memory.set(name, value);
  try {
    sessionStorage.setItem(name, JSON.stringify(value));
  } catch {
    // Kept in memory.
  }
}

function forget(name) {
  memory.delete(name);
  try {
    sessionStorage.removeItem(name);
  } catch {
    // It was kept in memory only.
  }
}
