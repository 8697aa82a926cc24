/**
 * What can be applied for, what each kind asks for, and the photos that go with it (RULES 1-3).
 *
 * These are the rows of lending/domain/registration: the publisher puts them into the frame of every page.
 */

const published = JSON.parse(document.getElementById("kinds")?.textContent ?? "");

/**
 * By the kind of application. With `kit` it comes with a card out of a kit; `slots` are its photos beside those of the
 * documents.
 *
 * @type {Record<string, {label: string, hint: string, required: string[], optional: string[], kit: boolean, slots: string[]}>}
 */
export const KINDS = published.kinds;

/**
 * By the kind of document; `slots` are its photos.
 *
 * @type {Record<string, {label: string, note: string, slots: string[]}>}
 */
export const DOCUMENTS = published.documents;

/**
 * By the photo: `document` is the one it shows, null for the library's card; nobody waits for an optional one.
 *
 * @type {Record<string, {label: string, note: string, document: string | null, optional: boolean}>}
 */
const SLOTS = published.slots;

/** @type {number} */
export const IMAGE_LIMIT = published.image_limit;

/**
 * Whoever is younger applies with a guardian.
 *
 * @type {number}
 */
export const GUARDIAN_BELOW = published.guardian_below;

/**
 * Whether a person born on an ISO day is too young to apply alone, by the calendar of Japan.
 *
 * @param {string} born
 */
export function isChild(born, now = new Date()) {
  const today = new Intl.DateTimeFormat("sv-SE", { timeZone: "Asia/Tokyo" }).format(now);
  const [year, month, day] = born.split("-");
  return Boolean(born) && today < `${String(Number(year) + GUARDIAN_BELOW).padStart(4, "0")}-${month}-${day}`;
}

/**
 * @param {string} kind
 * @param {string} field
 */
export const asks = (kind, field) => [...KINDS[kind].required, ...KINDS[kind].optional].includes(field);

/**
 * A guardian, where one is asked for at all, is needed in every kind.
 *
 * @param {string} kind
 * @param {string} field
 */
export const needs = (kind, field) => field === "guardian" || KINDS[kind].required.includes(field);

/**
 * The photos of an application, in their order.
 *
 * @param {string} kind
 * @param {string[]} documents
 */
export const slotsOf = (kind, documents) => [
  ...KINDS[kind].slots,
  ...documents.flatMap((name) => DOCUMENTS[name].slots),
];

/** @param {string} slot */
export const documentOf = (slot) => SLOTS[slot].document;

/** @param {string} slot */
export const slotLabel = (slot) => SLOTS[slot].label;

/**
 * What to mind before the camera opens, "" if nothing.
 *
 * @param {string} slot
 */
export const slotNote = (slot) => SLOTS[slot].note;

/**
 * Whether nobody waits for this photo: the back of a sheet of paper.
 *
 * @param {string} slot
 */
export const isOptional = (slot) => SLOTS[slot].optional;
