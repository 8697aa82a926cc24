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
            link("apply.html?kind=change", "{{service_name}}を申し込む"),
            "お申込みがないと、{{partner_word}}では受け取れません。",
          ),
      usual ? null : el("li", {}, link("#settings", "いつもの受取館を選ぶ"), "予約のときに、はじめから選ばれます。"),
      el(
        "li",
        {},
        link("#search", "資料をさがして予約する"),
        "{{cut_off}}までに予約すると、つぎの{{pickup_day}}から受け取れます(本が棚にあるとき)。",
      ),
      el(
        "li",
        {},
        link("#card", "受け取るときは、カードを見せる"),
        "準備ができた{{mail_day}}に、メールでお知らせします。",
      ),
    ),
  );
}

/**
 * @param {string} href
 * @param {string} text
 */
const link = (href, text) => el("p", {}, el("a", { href }, text));
