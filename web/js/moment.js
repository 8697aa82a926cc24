/** The moment that counts for a page: the device's, or on a stack that travels in time another one. */

let chosen = "";

/**
 * From now on everything the page does and asks for is of this moment.
 *
 * @param {string} moment with its offset, `2026-06-04T09:00:00+09:00`
 */
export const travelTo = (moment) => {
  chosen = moment;
};

/** The moment travelled to, or "". */
export const travelledTo = () => chosen;
