/** 統計 for everybody: the weekly counts without small numbers (RULES 56). */

import { get, list, messageOf } from "./api.js";
import { el, element, fill, workingButton } from "./dom.js";
import { handOver } from "./hand-over.js";
import { placeNames } from "./places.js";
import { numbers } from "./runs/numbers.js";

const place = element("numbers");
const said = el("div", { role: "status" });

/** A link would not say to which moment the reader has travelled. */
async function save() {
  try {
    handOver("statistics.csv", "text/csv", await get("/statistics?format=csv"));
    fill(said);
  } catch (error) {
    fill(said, el("p", { class: "note warning" }, messageOf(error)));
  }
}

try {
  const [weeks, placeName] = await Promise.all([list("/statistics"), placeNames()]);
  const button = workingButton("表計算ソフト用の表(CSV)", "作っています…", save, { class: "button plain" });
  fill(place, numbers(weeks, placeName), el("div", { class: "actions" }, button), said);
} catch (error) {
  fill(place, el("p", { class: "note warning" }, messageOf(error)));
} finally {
  place.setAttribute("aria-busy", "false");
}
