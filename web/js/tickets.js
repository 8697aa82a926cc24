/** Upload tickets, kept only as long as the page lives; new ones are asked for when there is none or it ran out. */

import { get, post } from "./api.js";
import { receipt } from "./draft.js";

const tickets = new Map();

/**
 * Take tickets from an answer of the API.
 *
 * @param {Ticket[]} uploads
 */
export function keepTickets(uploads) {
  for (const upload of uploads) tickets.set(upload.slot, upload);
}

const path = () => `/applications/${encodeURIComponent(receipt().receipt_number)}`;
// The access code, or what the link of a mail has in its place.
const code = () => ({ "X-Access-Code": receipt().access_code });

/** Where the application is: `{status, missing_slots, message, slots}`. */
export const application = () => get(path(), code());

/** Take the application back: of what was sent nothing is kept. */
export const withdraw = () => post(`${path()}/withdrawal`, {}, code());

/**
 * The ticket for a photo, a new one if there is none. Throws Problem when the photo is not wanted any more.
 *
 * @param {string} slot
 */
export async function ticketFor(slot) {
  if (!tickets.has(slot)) keepTickets((await post(`${path()}/uploads`, { slots: [slot] }, code())).uploads);
  return tickets.get(slot);
}

/**
 * A ticket is good for one photo, and for an hour.
 *
 * @param {string} slot
 */
export const useUpTicket = (slot) => tickets.delete(slot);
