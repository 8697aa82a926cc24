/** 休館日: the facility's own closed days (RULES 40). */

import { list } from "../api.js";
import { confirmDialog } from "../confirm-dialog.js";
import { dateInWords } from "../dates.js";
import { el } from "../dom.js";
import { choice, input, radios, tellFaults, tickedIn, typedIn } from "../inputs.js";
import { book, books } from "../library/parts.js";
import { api } from "../session.js";
import { ownFacility } from "./own-facility.js";

const WEEKDAYS = "月火水木金土日";
/** @type {[value: string, text: string][]} */
const KINDS = [
  ["closed", "休館する"],
  ["open", "臨時に開館する(上の休館の例外)"],
];

export const closuresView = { id: "closures", label: "休館日", load };

/** @param {App} app */
async function load(app) {
  const [{ number, name }, closures] = await Promise.all([ownFacility(), list("/facility/closures", api.get)]);
  return [
    el("p", {}, `No.${number} ${name}`),
    el(
      "p",
      {},
      "ふだんの休館日は、貸出の処理や受取期限を変えません。お知らせとして、利用者に示されます。",
      "受取期間のあいだ1日も開かないときは、その期間の貸出をお休みします。",
    ),
    closures.length
      ? books(closures.map((closure) => entry(closure, app)))
      : el("p", {}, "これからの休館日は、登録されていません。"),
    el("h2", {}, "休館日を加える"),
    form(app),
  ];
}

/**
 * @param {Answer} closure
 * @param {App} app
 */
function entry(closure, app) {
  const { from, until, weekdays, reason, kind } = closure;
  const days = from === until ? dateInWords(from) : `${dateInWords(from)}～${dateInWords(until)}`;
  const remove = async () => {
    if (!(await confirmDialog("取り消しますか", days, "取り消す"))) return;
    await api.remove(`/facility/closures/${encodeURIComponent(closure.id)}`);
    await app.reload(`${days}を取り消しました。`);
  };
  return book(
    { title: days },
    [
      ["曜日", weekdays.map((/** @type {number} */ day) => `${WEEKDAYS[day]}曜日`).join("、")],
      ["内容", kind === "open" ? "臨時に開館" : "休館"],
      ["理由", reason],
    ],
    el(
      "div",
      { class: "actions" },
      app.button("取り消す", "取り消しています…", remove, { class: "button plain", "aria-label": `${days}を取り消す` }),
    ),
  );
}

/** @param {App} app */
function form(app) {
  return app.form(
    (sent) => add(sent, app),
    input("from", "はじめの日", { type: "date", class: "text w10" }),
    input("until", "おわりの日", { type: "date", class: "text w10", hint: "1日だけのときは、空のままにします。" }),
    el(
      "fieldset",
      { class: "field" },
      el("legend", { class: "label" }, "曜日(毎週決まった曜日だけのとき)"),
      el(
        "div",
        { class: "choices" },
        [...WEEKDAYS].map((day, number) => choice("checkbox", "weekdays", String(number), `${day}曜日`)),
      ),
    ),
    radios("kind", "内容", KINDS, "closed"),
    input("reason", "理由", { maxlength: 200, hint: "たとえば「定休日」「館内整理日」。" }),
    el("div", { class: "actions" }, el("button", { class: "button" }, "加える")),
  );
}

/**
 * @param {HTMLFormElement} sent
 * @param {App} app
 */
async function add(sent, app) {
  const { from, until, kind, reason } = typedIn(sent);
  if (tellFaults(sent, from ? [] : [{ field: "from", message: "はじめの日を入力してください。" }])) return;
  const weekdays = tickedIn(sent, "weekdays").map(Number);
  const days = { from, until: until || from, weekdays, kind, reason };
  const { warnings } = await api.post("/facility/closures", days);
  await app.reload(["休館日を加えました。", ...warnings]);
}
