/** 統計 for everybody: the weekly counts without small numbers (RULES 56). */

import { list, messageOf } from "./api.js";
import { el, element, fill } from "./dom.js";
import { placeNames } from "./places.js";
import { numbers } from "./runs/numbers.js";

const place = element("numbers");

try {
  const [weeks, placeName] = await Promise.all([list("/statistics"), placeNames()]);
  const table = { class: "button plain", href: "/api/statistics?format=csv", download: "statistics.csv" };
  const below = el("div", { class: "actions" }, el("a", table, "表計算ソフト用の表(CSV)"));
  fill(place, numbers(weeks, placeName), below);
} catch (error) {
  fill(place, el("p", { class: "note warning" }, messageOf(error)));
} finally {
  place.setAttribute("aria-busy", "false");
}
