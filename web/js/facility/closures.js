/** 休館日: the facility's own closed days, as a month's sheet and as a list (RULES 40). */

import { list } from "../api.js";
import { confirmDialog } from "../confirm-dialog.js";
import { dateInWords, dayInWords, nowInTokyo } from "../dates.js";
import { el } from "../dom.js";
import { controlOf, input, radios, tellFaults, tickedIn, typedIn } from "../inputs.js";
import { book, books } from "../library/parts.js";
import { goTo, monthSheet } from "../month-sheet.js";
import { api } from "../session.js";
import { WEEKDAYS, weekdayBoxes } from "../weekdays.js";
import { dayOf, pressed } from "./closed-days.js";
import { ownFacility } from "./own-facility.js";

/** @type {[value: string, text: string][]} */
const KINDS = [
  ["closed", "休館する"],
  ["open", "臨時に開館する(上の休館の例外)"],
];
const path = (/** @type {string} */ id) => `/facility/closures/${encodeURIComponent(id)}`;
const known = () => list("/facility/closures", api.get);

export const closuresView = { id: "closures", label: "休館日", load };

/** @param {App} app */
async function load(app) {
  const [{ number, name }, closures] = await Promise.all([ownFacility(), known()]);
  return [
    el("p", {}, `No.${number} ${name}`),
    el(
      "p",
      {},
      "ふだんの休館日は、貸出の処理や受取期限を変えません。お知らせとして、利用者に示されます。",
      "受取期間のあいだ1日も開かないときは、その期間の貸出をお休みします。",
    ),
    new Sheet(app, closures).frame,
    el("h2", {}, "毎週の休館日・長い休館"),
    form(app),
  ];
}

/** The days of a month, to be pressed, and below it all that is recorded. */
class Sheet {
  /**
   * @param {App} app
   * @param {Answer[]} closures
   */
  constructor(app, closures) {
    this.app = app;
    this.closures = closures;
    this.today = nowInTokyo().slice(0, 10);
    this.month = this.today.slice(0, 7);
    this.reason = input("day-reason", "押した日の理由", { maxlength: 200, hint: "たとえば「館内整理日」。" });
    this.place = el("div", { class: "stack" });
    this.said = el("p", { role: "status" });
    this.list = el("div", { class: "stack" });
    const how = el("p", {}, "日を押すと、すぐに休館になります。もう一度押すと、元に戻ります。");
    this.frame = el("div", { class: "stack" }, how, this.reason, this.place, this.said, this.list);
    this.draw();
  }

  draw() {
    const sheet = monthSheet(
      this.month,
      (date) => this.told(date),
      (date) => this.press(date),
    );
    this.place.replaceChildren(
      el(
        "div",
        { class: "actions" },
        this.turn("前の月", -1, this.month > this.today.slice(0, 7)),
        this.turn("次の月", 1, true),
      ),
      sheet,
    );
    this.list.replaceChildren(
      el("h2", {}, "登録した休館日"),
      this.closures.length
        ? books(this.closures.map((closure) => entry(closure, this.app)))
        : el("p", {}, "これからの休館日は、登録されていません。"),
    );
  }

  /**
   * @param {string} text
   * @param {number} months
   * @param {boolean} possible
   */
  turn(text, months, possible) {
    const go = () => {
      const [year, month] = this.month.split("-").map(Number);
      this.month = new Date(Date.UTC(year, month - 1 + months)).toISOString().slice(0, 7);
      this.draw();
      this.said.textContent = this.place.querySelector("caption")?.textContent ?? "";
    };
    return el("button", { type: "button", class: "button plain", onclick: go, disabled: !possible }, text);
  }

  /** @param {string} date */
  told(date) {
    const { isShut, shut, open } = dayOf(this.closures, date);
    const fixed = date < this.today;
    if (isShut) return { text: shut[0].reason || "休館", state: "shut", fixed };
    return { text: open.length ? "臨時開館" : "", state: open.length ? "open" : "", fixed };
  }

  /**
   * The day becomes the other of shut and open, at once; pressed again it is as before.
   *
   * @param {string} date
   */
  press(date) {
    return this.app.attempt(async () => {
      const { add, remove } = pressed(this.closures, date);
      if (!add && !remove.length) {
        this.said.textContent = `${dayInWords(date)}は、長い臨時開館のうちの1日です。下の一覧から取り消してください。`;
        return;
      }
      /** @type {string[]} */
      let warnings = [];
      const reason = add === "closed" ? controlOf(this.reason, "day-reason").value.trim() : "";
      if (add)
        ({ warnings } = await api.post("/facility/closures", {
          from: date,
          until: date,
          weekdays: [],
          kind: add,
          reason,
        }));
      for (const id of remove) await api.remove(path(id));
      this.closures = await known();
      this.draw();
      goTo(this.place, date);
      const now = dayOf(this.closures, date).isShut ? "休館にしました。" : "開館にしました。";
      this.said.textContent = [`${dayInWords(date)}を${now}`, ...warnings].join("");
    });
  }
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
    await api.remove(path(closure.id));
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
    (sent) => addDays(sent, app),
    input("from", "はじめの日", { type: "date", class: "text w10" }),
    input("until", "おわりの日", { type: "date", class: "text w10", hint: "1日だけのときは、空のままにします。" }),
    weekdayBoxes(),
    radios("kind", "内容", KINDS, "closed"),
    input("reason", "理由", { maxlength: 200, hint: "たとえば「定休日」。" }),
    el("div", { class: "actions" }, el("button", { class: "button" }, "加える")),
  );
}

/**
 * @param {HTMLFormElement} sent
 * @param {App} app
 */
async function addDays(sent, app) {
  const { from, until, kind, reason } = typedIn(sent);
  if (tellFaults(sent, from ? [] : [{ field: "from", message: "はじめの日を入力してください。" }])) return;
  const weekdays = tickedIn(sent, "weekdays").map(Number);
  const days = { from, until: until || from, weekdays, kind, reason };
  const { warnings } = await api.post("/facility/closures", days);
  await app.reload(["休館日を加えました。", ...warnings]);
}
