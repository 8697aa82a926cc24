/** 利用者カード: what is shown at a facility in the place of the card (RULES 28). */

import { codabar } from "../codabar.js";
import { dateInWords } from "../dates.js";
import { el } from "../dom.js";
import { me, warnings } from "./me.js";

export const cardView = { id: "card", label: "利用者カード", load };

async function load() {
  const record = await me();
  return [
    ...warnings(record),
    el(
      "div",
      { class: "library-card stack" },
      el("p", { class: "card-owner" }, "青森県立図書館 利用者カード"),
      codabar(record.card_number),
      el("p", { class: "number card-number", id: "card-number" }, record.card_number),
      el("p", {}, `有効期限 ${dateInWords(record.expires_on)}`),
    ),
    el(
      "p",
      {},
      "協力館や県立図書館で本を受け取るときに、この画面を見せてください。画面を明るくすると、読み取りやすくなります。",
    ),
  ];
}
