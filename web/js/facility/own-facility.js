/** The facility that is signed in. */

import { api } from "../session.js";

let asked;

/** Its number, its name and whether it hands out kits; asked for once. */
export async function ownFacility() {
  asked ??= api.get("/facility");
  try {
    return await asked;
  } catch (error) {
    asked = undefined;
    throw error;
  }
}

export function forgetOwnFacility() {
  asked = undefined;
}
