/** 予約を休む, 1回に受け取る冊数: the pace at which a patron wants books, where the library offers it (RULES 46, 49). */

import { Problem, reasonsOf } from "../api.js";
import { dayInWords, today } from "../dates.js";
import { el } from "../dom.js";
import { input, missingFault, tellFaults, typedIn } from "../inputs.js";
import { api } from "../session.js";

/**
 * @param {Answer} record
 * @param {App} app
 */
export const paceSettings = (record, app) => [
  record.offers.includes("pause") ? pauseForm(record, app) : null,
  record.offers.includes("books_a_run") ? booksForm(record, app) : null,
];

/**
 * Until when holds rest, in a sentence.
 *
 * @param {Answer} record
 */
export const pauseInWords = ({ paused_until: until }) => `${dayInWords(until)}まで、予約をお休みしています。`;

/**
 * @param {Answer} record
 * @param {App} app
 */
function pauseForm(record, app) {
  const until = record.paused_until;
  const end = async () => {
    await api.patch("/me", { paused_until: null });
    await app.reload("お休みを終えました。つぎの処理から、またお貸しします。");
  };
  const form = app.form(
    (sent) => rest(sent, app),
    el("p", {}, "お休みの間は、順番が来ても、「確保済み」の本も、つぎの方にお回しします。予約の順番はそのままです。"),
    input("paused_until", "いつまで休みますか(その日まで)", {
      type: "date",
      value: until ?? "",
      min: today(),
      hint: "「貸出可能」の本の受取期限は、お休みの間も変わりません。終わりが近づくと、メールでお知らせします。",
    }),
    el(
      "div",
      { class: "actions" },
      el("button", { class: "button" }, until ? "お休みの終わりを変える" : "予約を休む"),
      until ? app.button("お休みを終える", "終えています…", end, { class: "button plain" }) : null,
    ),
  );
  return [el("h2", {}, "予約を休む"), until ? el("p", { class: "note" }, pauseInWords(record)) : null, form];
}

/**
 * @param {HTMLFormElement} form
 * @param {App} app
 */
async function rest(form, app) {
  const { paused_until: until } = typedIn(form);
  if (tellFaults(form, missingFault("paused_until", until, "お休みの終わりの日を入力してください。"))) return;
  if (await changed(form, { paused_until: until })) await app.reload(`${dayInWords(until)}まで、予約をお休みします。`);
}

/**
 * @param {Answer} record
 * @param {App} app
 */
function booksForm({ books_a_run: wanted, loan_cap: cap }, app) {
  const counts = Array.from({ length: Math.max(cap, wanted ?? 0) }, (_, before) => before + 1);
  const form = app.form(
    async (sent) => {
      const { books_a_run: books } = typedIn(sent);
      if (await changed(sent, { books_a_run: books ? Number(books) : null }))
        await app.reload(
          books ? `1回に受け取る冊数を、${books}冊までにしました。` : "1回に受け取る冊数を、決めないことにしました。",
        );
    },
    input("books_a_run", "1回に受け取る冊数", {
      tag: "select",
      children: [
        el("option", { value: "" }, "決めない(借りられる冊数まで)"),
        ...counts.map((count) => el("option", { value: count, selected: count === wanted }, `${count}冊まで`)),
      ],
      hint: "1回の貸出で、これより多くはお貸ししません。ほかの本は、つぎの回に順番にお貸しします。{{owner_word}}で受け取る本は数えません。",
    }),
    el("div", { class: "actions" }, el("button", { class: "button" }, "冊数を変える")),
  );
  return [el("h2", {}, "1回に受け取る冊数"), form];
}

/**
 * Whether a change was made; what stands in its way is told at its field.
 *
 * @param {HTMLFormElement} form
 * @param {object} wanted
 */
async function changed(form, wanted) {
  try {
    await api.patch("/me", wanted);
    return true;
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    tellFaults(form, reasonsOf(error));
    return false;
  }
}
