/** The card: what is shown at a facility in the place of the card (RULES 28), also without a network. */

import { Offline } from "../api.js";
import { el } from "../dom.js";
import { cardPicture } from "./card-picture.js";
import { keptCard } from "./kept-card.js";
import { me, warnings } from "./me.js";

export const cardView = { id: "card", label: "カード", title: "{{card_word}}", load };

async function load() {
  const record = await cardOfNow();
  return [
    cardPicture(record),
    el(
      "p",
      {},
      "{{partner_word}}や{{owner_word}}で本を受け取るときに、この画面を見せてください。画面を明るくすると、読み取りやすくなります。",
    ),
    ...(record.counts ? warnings(record) : []),
  ];
}

/** The record, or where it cannot be had the card as it was last seen. */
async function cardOfNow() {
  try {
    return await me();
  } catch (error) {
    const kept = keptCard();
    if (!kept || !(error instanceof Offline)) throw error;
    return kept;
  }
}
