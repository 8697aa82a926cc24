/** つぎの貸出: what the next runs lend, and what giving books back before them does (RULES 51). */

import { list } from "../api.js";
import { el } from "../dom.js";
import { api } from "../session.js";

/** @returns {Promise<Answer[]>} the runs that lend something */
export const runsThatLend = async () =>
  (await list("/me/outlook", api.get)).filter((/** @type {Answer} */ run) => run.would_be_lent);

/**
 * One sentence a run: 「日曜までに2冊返すと、木曜に5冊」.
 *
 * @param {Answer[]} runs
 * @returns {Child[]}
 */
export const outlookOf = (runs) =>
  runs.length
    ? [
        el(
          "ul",
          { class: "outlook" },
          runs.map(({ message }) => el("li", {}, message)),
        ),
        el("p", { class: "hint" }, "いま分かっていることから計算しています。"),
      ]
    : [];
