/** The holds of a patron, for the counter and the phone (RULES 12-14, 19). */

import { confirmDialog } from "../confirm-dialog.js";
import { dayInWords } from "../dates.js";
import { el } from "../dom.js";
import { tiesOf } from "../library/wishes.js";
import { placeOptions } from "../places.js";
import { api } from "../session.js";
import { table } from "./tables.js";

/**
 * @param {Patron} one
 * @param {string} path
 * @param {Facility[]} items
 * @param {Named} named
 * @param {App} app
 */
export function holds(one, path, items, named, app) {
  if (!one.holds.length) return [el("p", {}, "予約は、ありません。")];
  const all = async () => {
    if (
      !(await confirmDialog(
        "すべての予約を取り消しますか",
        `${one.holds.length}冊の予約を取り消します。`,
        "すべて取り消す",
      ))
    )
      return;
    const { items: done } = await api.post(`${path}/holds`, { action: "cancel_all" });
    await app.reload([`${done.length}冊の予約を取り消しました。`, ...done.flatMap(toShelve)]);
  };
  return [
    table(
      "予約",
      ["題名", "状態", "順番", "受取館", "前回の処理", ""],
      one.holds.map((hold) => holdRow(hold, one, path, items, named, app)),
    ),
    el("div", { class: "actions" }, app.button("すべて取り消す", "取り消しています…", all, { class: "button plain" })),
  ];
}

/**
 * What the patron wishes of it beside their other holds, a line each (RULES 47-49).
 *
 * @param {Answer} hold
 * @param {Answer[]} others
 */
function wishes(hold, others) {
  const told = [...(hold.rank ? [["読む順番", `${hold.rank}番目`]] : []), ...tiesOf(hold, others)];
  return told.filter(([, text]) => text).map(([term, text]) => el("div", { class: "hint" }, `${term}: ${text}`));
}

/**
 * @param {Answer} hold
 * @param {Patron} one
 * @param {string} path
 * @param {Facility[]} items
 * @param {Named} named
 * @param {App} app
 */
function holdRow(hold, one, path, items, named, app) {
  const of = `${path}/holds/${encodeURIComponent(hold.title_id)}`;
  /**
   * @param {string} text
   * @param {() => unknown} work
   */
  const button = (text, work) =>
    app.button(text, "記録しています…", work, { class: "link-button", "aria-label": `「${hold.title}」を${text}` });
  const cancel = async () => {
    if (!(await confirmDialog("予約を取り消しますか", `「${hold.title}」の予約を取り消します。`, "取り消す"))) return;
    const done = await api.post(of, { action: "cancel" });
    await app.reload([`「${hold.title}」の予約を取り消しました。`, ...toShelve(done)]);
  };
  const toEnd = async () => {
    if (!(await confirmDialog("順番を最後にしますか", `「${hold.title}」の順番を、最後に移します。`, "最後に移す")))
      return;
    await api.post(of, { action: "to_end" });
    await app.reload(`「${hold.title}」の順番を、最後に移しました。`);
  };
  return el(
    "tr",
    {},
    el("th", { scope: "row" }, hold.title, wishes(hold, one.holds)),
    el("td", {}, hold.status_label, hold.pickup_until ? ` (${dayInWords(hold.pickup_until)}まで)` : ""),
    el("td", {}, hold.position ? `${hold.position}/${hold.of}` : ""),
    el("td", {}, placeOf(hold, named), changePlace(hold, of, items, named, app)),
    el("td", {}, hold.last_run ? `${dayInWords(hold.last_run.date)} ${hold.last_run.message}` : ""),
    el(
      "td",
      {},
      el(
        "div",
        { class: "row-actions" },
        button("取り消す", cancel),
        hold.status === "waiting" ? button("最後に移す", toEnd) : null,
      ),
    ),
  );
}

/**
 * @param {Answer} hold
 * @param {string} of
 * @param {Facility[]} items
 * @param {Named} named
 * @param {App} app
 */
function changePlace(hold, of, items, named, app) {
  if (hold.status === "ready") return null;
  const select = el(
    "select",
    { class: "text", "aria-label": `「${hold.title}」の受取館` },
    placeOptions(items, hold.pickup_place),
  );
  const change = async () => {
    const place = select.value;
    if (!place) return;
    const done = await api.post(of, { action: "change_pickup", pickup_place: place });
    const from = done.next_pickup_from ? `${dayInWords(done.next_pickup_from)}の処理から、` : "";
    await app.reload(`「${hold.title}」の受取館を、${from}${named(place)}にします。`);
  };
  return el(
    "details",
    {},
    el("summary", {}, "受取館を変える"),
    select,
    app.button("変える", "記録しています…", change, {
      class: "link-button",
      "aria-label": `「${hold.title}」の受取館を変える`,
    }),
  );
}

/**
 * Where it is collected, and where from another run on.
 *
 * @param {Answer} hold
 * @param {Named} named
 */
const placeOf = ({ pickup_place: place, next_pickup_place: next, next_pickup_from: from }, named) =>
  next ? `${named(place)} (${dayInWords(from)}の処理から ${named(next)})` : named(place);

/**
 * A book that was kept for a hold which is gone has to be taken from where it was kept.
 *
 * @param {Answer} hold
 */
function toShelve({ barcode, next }) {
  if (!barcode) return [];
  return [`取り置いていた本(${barcode})を、${next === "hold" ? "次の予約のために棚へ" : "書架へ"}戻してください。`];
}
