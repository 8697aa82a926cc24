/** The facility that is signed in. */

import { mine } from "../session.js";

let asked;

/** Its number, its name and whether it hands out kits; asked for once. */
export async function here() {
  asked ??= mine.get("/facility");
  try {
    return await asked;
  } catch (error) {
    asked = undefined;
    throw error;
  }
}

export function forgetHere() {
  asked = undefined;
}
