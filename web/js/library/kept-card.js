/**
 * The card as it was last seen, for where there is no network (RULES 28): its number and last day and nothing else, kept
 * where the session is kept and as long.
 */

import { keepWithSession, stayFromNow } from "../kept-session.js";
import { device, tab } from "../storage.js";

const CARD = "card";

/**
 * The card that is kept here, or nothing.
 *
 * @returns {{ card_number: string, expires_on: string } | null}
 */
export const keptCard = () => tab.read(CARD) ?? device.read(CARD);

/** @param {Answer} record */
export const keepCard = ({ card_number, expires_on }) => keepWithSession(CARD, { card_number, expires_on });

/** Nobody is signed in here any more. */
export function forgetCard() {
  tab.forget(CARD);
  device.forget(CARD);
}

/**
 * Whoever is signed in stays so on this device, or does not; the card goes with it.
 *
 * @param {boolean} wanted
 */
export const stayWithCard = (wanted) => stayFromNow(wanted, [CARD]);
