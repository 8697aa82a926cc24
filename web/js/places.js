/** Where books are collected: the prefectural library and its partner facilities. */

import { list } from "./api.js";
import { el } from "./dom.js";

export const PREFECTURAL = "prefectural";
const PREFECTURAL_NAME = "{{library_name}}";

/** @type {Promise<Facility[]> | undefined} */
let asked;

/**
 * All facilities, asked for once.
 *
 * @returns {Promise<Facility[]>}
 */
export async function facilities() {
  asked ??= list("/facilities");
  try {
    return await asked;
  } catch (error) {
    asked = undefined;
    throw error;
  }
}

/**
 * What a pickup place is called.
 *
 * @returns {Promise<Named>}
 */
export async function placeNames() {
  const named = new Map((await facilities()).map(({ number, name }) => [String(number), name]));
  return (place) => (place === PREFECTURAL ? PREFECTURAL_NAME : (named.get(String(place)) ?? String(place)));
}

/**
 * The options of a choice of facilities by district, with the prefectural library first if it is one of them.
 *
 * @param {Facility[]} items
 * @param {string} chosen
 */
export function placeOptions(items, chosen, prefectural = true) {
  /**
   * @param {string} value
   * @param {string} text
   */
  const option = (value, text) => el("option", { value, selected: value === chosen }, text);
  const districts = [...new Set(items.map(({ district }) => district))];
  return [
    option("", "選んでください"),
    prefectural ? option(PREFECTURAL, PREFECTURAL_NAME) : null,
    ...districts.map((district) =>
      el(
        "optgroup",
        { label: district },
        items
          .filter((item) => item.district === district)
          .map(({ number, municipality, name }) => option(String(number), `${municipality} ${name}`)),
      ),
    ),
  ].filter(Boolean);
}
