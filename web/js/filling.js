/** A place of a page that is filled with a list of the API. */

import { list, messageOf } from "./api.js";
import { el, element, fill, workingButton } from "./dom.js";

/**
 * Fill a place of the page with a list of the API; where that fails, say so and offer another try.
 *
 * @param {string} place
 * @param {string} path
 * @param {(items: Answer[]) => Child[]} render
 */
export async function fillFrom(place, path, render) {
  const frame = element(place);
  frame.setAttribute("aria-busy", "true");
  try {
    fill(frame, render(await list(path)));
  } catch (error) {
    const again = workingButton("もう一度読み込む", "読み込んでいます…", () => fillFrom(place, path, render), {
      class: "button plain",
    });
    fill(frame, el("p", {}, messageOf(error)), again);
  } finally {
    frame.setAttribute("aria-busy", "false");
  }
}
