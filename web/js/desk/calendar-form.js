/** Recording chosen days as closed or suspended; what that would stop is shown first (RULES 16, 21, 22, 40). */

import { dayInWords } from "../dates.js";
import { el, element, fill } from "../dom.js";
import { input, radios, tellFaults, tickedIn, typedIn } from "../inputs.js";
import { api } from "../session.js";
import { weekdayBoxes } from "../weekdays.js";
import { daysInWords } from "./year-days.js";

/** @type {[value: string, text: string][]} */
const OF_LIBRARY = [
  ["closed", "{{owner_word}}を休館する"],
  ["open", "{{owner_word}}を臨時に開館する(休館の例外)"],
  ["service", "貸出処理だけを休止する"],
];
/** @type {[value: string, text: string][]} */
const OF_FACILITY = [
  ["closed", "この館を休館にする"],
  ["open", "この館を臨時に開館にする(休館の例外)"],
  ["facility", "この館への貸出を休止する"],
];

/**
 * The form, and what it is told of the days that are chosen on the sheet.
 *
 * @param {App} app
 * @param {string} facility
 * @param {string} here
 */
export function closeForm(app, facility, here) {
  const days = el("p", { class: "chosen-days" }, "日を選んでください。");
  const stops = el("div", { class: "stack", id: "stops", role: "status" });
  const from = dateField("from", "はじめの日");
  const until = dateField("until", "おわりの日");
  const form = app.form(
    (sent) => preview(sent, app, facility, here, stops),
    el("h2", {}, "選んだ日を記録する"),
    days,
    el("div", { class: "two-dates" }, from, until),
    radios("what", "どうしますか", facility ? OF_FACILITY : OF_LIBRARY, "closed"),
    el("div", { class: "stack", id: "only-weekdays" }, weekdayBoxes()),
    el("div", { class: "stack", id: "only-service", hidden: true }, optedIn()),
    input("reason", "理由(利用者にも示されます)", { maxlength: 200, hint: "たとえば「館内整理日」「蔵書点検」。" }),
    el("div", { class: "actions" }, el("button", { class: "button" }, "止まるものを確かめる")),
    stops,
  );
  form.addEventListener("input", () => stops.replaceChildren());
  form.addEventListener("change", () => {
    const { what } = typedIn(form);
    element("only-weekdays").hidden = what === "service" || what === "facility";
    element("only-service").hidden = what !== "service";
  });
  /**
   * @param {string} first
   * @param {string} last
   */
  const choose = (first, last) => {
    days.textContent = `${daysInWords(first, last)}を選んでいます。`;
    bar.tell(days.textContent);
    setValue(from, first);
    setValue(until, last);
    stops.replaceChildren();
  };
  const bar = chosenBar(() => form.querySelector("input")?.focus());
  return { element: form, bar: bar.element, choose };
}

/**
 * What is chosen, in sight while the sheet is scrolled; `go` leads to the form.
 *
 * @param {() => unknown} go
 */
function chosenBar(go) {
  const said = el("span", {});
  const button = el("button", { type: "button", class: "button", onclick: go }, "この日を記録する");
  const bar = el("div", { class: "chosen-bar", role: "status", hidden: true }, said, button);
  /** @param {string} text */
  const tell = (text) => {
    said.textContent = text;
    bar.hidden = false;
  };
  return { element: bar, tell };
}

/**
 * @param {string} name
 * @param {string} label
 */
const dateField = (name, label) => input(name, label, { type: "date", class: "text w10" });

/**
 * @param {Element} field
 * @param {string} value
 */
function setValue(field, value) {
  const control = field.querySelector("input");
  if (control) control.value = value;
}

const optedIn = () => [
  input("opted_in", "特別に貸し出す方の利用者番号", {
    tag: "textarea",
    rows: 2,
    hint: "休止でも貸し出す方がいるときだけ、空白か改行で区切って入力してください。",
  }),
  input("pickup_until", "その方の受取期限", { type: "date", class: "text w10" }),
];

/**
 * Where a form's days go, and what is sent.
 *
 * @param {HTMLFormElement} form
 * @param {string} facility
 */
function entryOf(form, facility) {
  const { from, until, what, reason, opted_in: opted = "", pickup_until: deadline } = typedIn(form);
  const days = { facility, from, until: until || from, reason };
  if (what === "service" || what === "facility") {
    const numbers = what === "service" ? opted.split(/[\s、,]+/).filter(Boolean) : [];
    const more = what === "service" && deadline ? { pickup_until: deadline } : {};
    return { path: "/desk/suspensions", body: { ...days, scope: what, opted_in: numbers, ...more } };
  }
  const weekdays = tickedIn(form, "weekdays").map(Number);
  const scope = facility ? "facility" : "prefectural";
  return { path: "/desk/closures", body: { ...days, scope, weekdays, kind: what } };
}

/**
 * @param {HTMLFormElement} form
 * @param {App} app
 * @param {string} facility
 * @param {string} here
 * @param {HTMLElement} place
 */
async function preview(form, app, facility, here, place) {
  const { from } = typedIn(form);
  if (tellFaults(form, from ? [] : [{ field: "from", message: "日を選んでください。" }])) return;
  const { path, body } = entryOf(form, facility);
  const stops = await api.post(`${path}/preview`, body);
  const record = async () => {
    await api.post(path, body);
    await app.goTo(here, `${daysInWords(body.from, body.until)}を記録しました。`);
  };
  const button = app.button("この内容で記録する", "記録しています…", record);
  fill(
    place,
    el("h3", {}, `${daysInWords(body.from, body.until)}を記録すると`),
    el("ul", {}, whatStops(stops)),
    el("div", { class: "actions" }, button),
  );
  button.focus();
}

/** @param {Answer} stops */
function whatStops({ runs, windows, deadlines }) {
  const said = [
    ...runs.map((/** @type {string} */ day) => `${dayInWords(day)}の貸出処理は、お休みになります。`),
    ...windows.map(
      (/** @type {Answer} */ { pickup_from: first, pickup_until: last, under_way: underWay }) =>
        `受取 ${daysInWords(first, last)}は、受け渡しのできる日が1日もなくなります。${
          underWay ? "すでに貸し出した本は、受取期限の変更が必要です。" : "この回は、この館に貸し出しません。"
        }`,
    ),
    deadlines ? `カウンターで受取を待つ本のうち${deadlines}冊は、受取期限があとの日になります。` : "",
  ].filter(Boolean);
  return (said.length ? said : ["貸出処理も受取期間も、止まりません。"]).map((text) => el("li", {}, text));
}
