/** The facility that is signed in. */

import { Offline } from "../api.js";
import { api } from "../session.js";
import { tab } from "../storage.js";

const KEPT = "own-facility";

let asked;

/**
 * Its number, its name, what it has of kits; asked for once, or `anew`. Without a connection, as it was last told.
 */
export async function ownFacility(anew = false) {
  if (anew) asked = undefined;
  asked ??= api.get("/facility");
  try {
    const facility = await asked;
    tab.write(KEPT, facility);
    return facility;
  } catch (error) {
    asked = undefined;
    const kept = tab.read(KEPT);
    if (error instanceof Offline && kept) return kept;
    throw error;
  }
}

/** Its number, if it is known already. */
export const ownNumber = () => /** @type {number | undefined} */ (tab.read(KEPT)?.number);

export function forgetOwnFacility() {
  asked = undefined;
  tab.forget(KEPT);
}
