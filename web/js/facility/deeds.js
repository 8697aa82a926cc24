/** What is recorded of a bag: how it is called, and what the screen says afterwards (RULES 30, 54). */

import { momentInWords } from "../dates.js";
import { el } from "../dom.js";
import { forgetAct, record, takeBack, unsent } from "./unsent.js";

const LATER = "まだ送られていません。この機器に残り、つながったときに送られます。";

/** @type {Record<Deed, { text: string, about: string, style: string, said: Instruction }>} */
export const DEEDS = {
  handed_over: {
    text: "お渡しした",
    about: "の袋をお渡しした",
    style: "button",
    said: { kind: "ready", title: "お渡し済み" },
  },
  taken_back: {
    text: "お渡しを取り消す",
    about: "の袋のお渡しを取り消す",
    style: "button plain",
    said: { kind: "shelf", title: "取り消しました" },
  },
  arrived: { text: "届いた", about: "の袋が届いた", style: "button", said: { kind: "ready", title: "届いた" } },
  missing: {
    text: "届いていない",
    about: "の袋が届いていない",
    style: "link-button",
    said: { kind: "aside", title: "届いていない", lines: ["{{owner_word}}に伝えました。"] },
  },
};

/**
 * Record a deed; answers what the screen says.
 *
 * @param {number} facility
 * @param {Answer} bag
 * @param {Deed} deed
 * @returns {Promise<Instruction>}
 */
export async function carryOut(facility, bag, deed) {
  const { said } = DEEDS[deed];
  if (deed === "taken_back" && bag.unsent && (await takeBack(bag.unsent.id))) return said;
  return (await record(facility, bag, deed)) ? said : { ...said, kind: "aside", lines: [LATER] };
}

/**
 * What is still here, and what was refused and nobody has read yet.
 *
 * @param {number} facility
 * @param {() => unknown} redraw
 */
export function unsentNotes(facility, redraw) {
  const acts = unsent(facility);
  const [refused, waiting] = [acts.filter((act) => act.refused), acts.filter((act) => !act.refused)];
  return [
    ...refused.map((act) => refusal(act, redraw)),
    waiting.length
      ? el(
          "div",
          { class: "note warning" },
          el("h2", {}, `まだ送られていない記録 ${waiting.length}件`),
          el("p", {}, "この機器に残っています。つながったときに、1回だけ送られます。"),
          el(
            "ul",
            {},
            waiting.map((act) => el("li", {}, inWords(act))),
          ),
        )
      : null,
  ];
}

/**
 * @param {Act} act
 * @param {() => unknown} redraw
 */
function refusal(act, redraw) {
  const read = async () => {
    await forgetAct(act.id);
    redraw();
  };
  return el(
    "div",
    { class: "note error" },
    el("h2", {}, "記録できませんでした"),
    el("p", {}, inWords(act)),
    (act.refused ?? []).map((reason) => el("p", {}, reason)),
    el(
      "div",
      { class: "actions" },
      el("button", { type: "button", class: "button plain", onclick: read }, "読みました"),
    ),
  );
}

/** @param {Act} act */
const inWords = ({ at, card, deed }) => `${momentInWords(at)} 利用者番号 ${card} ${DEEDS[deed].text}`;
