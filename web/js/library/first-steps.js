/** What somebody does first who has nothing on hold and nothing at home. */

import { el } from "../dom.js";

/** @param {Answer} record */
export function firstSteps({ online_lending: enrolled, usual_pickup_place: usual }) {
  return el(
    "section",
    { class: "part stack" },
    el("h2", {}, "つぎにすること"),
    el(
      "ol",
      { class: "first-steps" },
      enrolled
        ? null
        : el(
            "li",
            {},
            link("apply.html?kind=change", "オンライン貸出サービスを申し込む"),
            "お申込みがないと、協力館では受け取れません。",
          ),
      usual ? null : el("li", {}, link("#settings", "いつもの受取館を選ぶ"), "予約のときに、はじめから選ばれます。"),
      el(
        "li",
        {},
        link("#search", "資料をさがして予約する"),
        "木曜日の朝8時30分までに予約すると、つぎの日曜日から受け取れます(本が棚にあるとき)。",
      ),
      el("li", {}, link("#card", "受け取るときは、カードを見せる"), "準備ができた土曜日に、メールでお知らせします。"),
    ),
  );
}

/**
 * @param {string} href
 * @param {string} text
 */
const link = (href, text) => el("p", {}, el("a", { href }, text));
