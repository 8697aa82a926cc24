/** 統計: the weekly counts with all their numbers, for the desk (RULES 56). */

import { list } from "../api.js";
import { el } from "../dom.js";
import { handOver } from "../hand-over.js";
import { placeNames } from "../places.js";
import { api } from "../session.js";
import { beside } from "./list.js";
import { numbers } from "./numbers.js";

export const statisticsView = { id: "statistics", title: "統計", under: "runs", hidden: true, load };

/** @param {App} app */
async function load(app) {
  const [weeks, placeName] = await Promise.all([list("/desk/statistics", api.get), placeNames()]);
  return [
    beside("statistics"),
    el("p", {}, "毎晩数えています。だれの本かは、ここにはありません。"),
    ...numbers(weeks, placeName),
    el(
      "div",
      { class: "actions" },
      app.button("表計算ソフト用の表(CSV)", "作っています…", save, { class: "button plain" }),
    ),
  ];
}

/** The table needs the token that a link cannot send. */
const save = async () => handOver("statistics.csv", "text/csv", await api.get("/desk/statistics?format=csv"));
