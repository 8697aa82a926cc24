/** Days of the week, Monday first as the API counts them. */

import { el } from "./dom.js";
import { choice } from "./inputs.js";

export const WEEKDAYS = "月火水木金土日";

/** Boxes to tick for days that are closed every week. */
export const weekdayBoxes = () =>
  el(
    "fieldset",
    { class: "field" },
    el("legend", { class: "label" }, "曜日(毎週決まった曜日だけのとき)"),
    el(
      "div",
      { class: "choices in-a-row" },
      [...WEEKDAYS].map((day, number) => choice("checkbox", "weekdays", String(number), `${day}曜日`)),
    ),
  );
