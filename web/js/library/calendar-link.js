/** The calendar of a phone or a computer shows pickup windows and due dates, by a link of the patron's own. */

import { confirmDialog } from "../confirm-dialog.js";
import { el } from "../dom.js";
import { choice, input, tickedIn } from "../inputs.js";
import { api } from "../session.js";

/** @typedef {{ token: string | null, titles: boolean }} CalendarLink */

const HINT = "このアドレスを知っている人は、だれでも予定を見られます。ほかの人には教えないでください。";
const ENDS = "いまのアドレスは使えなくなり、カレンダーに表示されなくなります。";

/** @returns {Promise<CalendarLink>} */
export const calendarLink = () => api.get("/me/calendar-link");

/**
 * All about it, under a heading of its own.
 *
 * @param {CalendarLink} link
 * @param {App} app
 */
export const calendarSettings = (link, app) => [
  el("h2", {}, "カレンダーに表示する"),
  el(
    "p",
    {},
    "スマートフォンやパソコンのカレンダーに、受取期間、受取館、返却期限と冊数を表示できます。お名前と利用者番号は表示しません。",
  ),
  link.token ? shownLink(link.token, link.titles, app) : null,
  makingForm(link, app),
];

/**
 * The address, with what a patron does with it.
 *
 * @param {string} token
 * @param {boolean} titles
 * @param {App} app
 */
function shownLink(token, titles, app) {
  const address = `${location.origin}/api/calendar-links/${token}`;
  const said = el("p", { role: "status" });
  const copy = async () => {
    said.textContent = "";
    await navigator.clipboard.writeText(address);
    said.textContent = "アドレスをコピーしました。";
  };
  const revoke = async () => {
    if (!(await confirmDialog("カレンダーへの表示をやめますか", ENDS, "表示をやめる"))) return;
    await api.remove("/me/calendar-link");
    await app.reload("カレンダーへの表示をやめました。");
  };
  return el(
    "div",
    { class: "stack", id: "calendar-link" },
    input("calendar_address", "カレンダー用のアドレス", { value: address, readonly: true, hint: HINT }),
    el(
      "p",
      {},
      "下のボタンで登録できないカレンダー(Googleカレンダーなど)では、「URLで追加」にこのアドレスを貼り付けてください。",
    ),
    el("p", {}, titles ? "本の題名も表示しています。" : "本の題名は表示していません。"),
    el(
      "div",
      { class: "actions" },
      el("a", { class: "button", href: address.replace(/^https?:/, "webcal:") }, "カレンダーに登録する"),
      app.button("アドレスをコピーする", "コピーしています…", copy, { class: "button plain" }),
      app.button("表示をやめる", "やめています…", revoke, { class: "button plain" }),
    ),
    said,
  );
}

/**
 * @param {CalendarLink} link
 * @param {App} app
 */
function makingForm({ token, titles }, app) {
  return app.form(
    async (sent) => {
      const wanted = { titles: tickedIn(sent, "titles").length > 0 };
      if (token && !(await confirmDialog("新しいアドレスを作りますか", ENDS, "新しく作る"))) return;
      await api.put("/me/calendar-link", wanted);
      await app.reload("カレンダー用のアドレスを作りました。");
    },
    choice("checkbox", "titles", "shown", "本の題名も表示する", titles),
    el(
      "div",
      { class: "actions" },
      el(
        "button",
        { class: token ? "button plain" : "button" },
        token ? "新しいアドレスを作る" : "カレンダー用のアドレスを作る",
      ),
    ),
  );
}
