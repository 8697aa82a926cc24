/** 予約した資料: where each hold stands, and why it got no book last time. */

import { list } from "../api.js";
import { confirmDialog } from "../confirm-dialog.js";
import { dayInWords } from "../dates.js";
import { el } from "../dom.js";
import { placeNames } from "../places.js";
import { api } from "../session.js";
import { me, warnings } from "./me.js";
import { book, books, nothing } from "./parts.js";

const BY_PHONE = "取消は、お電話で承ります。017-729-4300(9:00～19:00、休館日を除く)";

export const holdsView = { id: "holds", label: "予約した資料", load };

/** @param {App} app */
async function load(app) {
  const [record, holds, named] = await Promise.all([me(), list("/me/holds", api.get), placeNames()]);
  const find = el("a", { class: "button", href: "#search" }, "資料をさがす");
  return [
    ...warnings(record),
    ...(holds.length
      ? [
          el("p", {}, `${holds.length}冊を予約しています(${record.hold_limit}冊まで)。`),
          books(holds.map((hold) => entry(hold, named, app))),
        ]
      : nothing("予約している資料は、ありません。", find)),
  ];
}

/**
 * @param {Answer} hold
 * @param {Named} named
 * @param {App} app
 */
function entry(hold, named, app) {
  const { status, position, of, last_run: run } = hold;
  /** @type {Fact[]} */
  const facts = [
    ["状態", el("span", { class: `state ${status}` }, hold.status_label)],
    ["順番", position ? `${position}番目(お待ちの方 ${of}人)` : ""],
    ["受取館", named(hold.pickup_place)],
    ["受取館の変更", change(hold, named)],
    ["受取の見込み", status === "waiting" && hold.earliest_pickup ? `早くて ${dayInWords(hold.earliest_pickup)}` : ""],
    ["受取期限", dayInWords(hold.pickup_until)],
    ["予約した日", dayInWords(hold.placed_at)],
  ];
  return book(
    hold,
    facts,
    run ? el("p", { class: "why" }, el("strong", {}, `${dayInWords(run.date)}の処理: `), run.message) : null,
    status === "waiting" ? cancelButton(hold, app) : el("p", { class: "hint" }, BY_PHONE),
  );
}

/**
 * @param {Answer} hold
 * @param {Named} named
 */
function change({ next_pickup_place: place, next_pickup_from: from }, named) {
  return place ? `${dayInWords(from)}の処理から ${named(place)}` : "";
}

/**
 * @param {Answer} hold
 * @param {App} app
 */
function cancelButton({ title_id: id, title }, app) {
  const cancel = async () => {
    if (!(await confirmDialog("予約を取り消しますか", `「${title}」の予約を取り消します。`, "取り消す"))) return;
    await api.remove(`/me/holds/${encodeURIComponent(id)}`);
    await app.reload(`「${title}」の予約を取り消しました。`);
  };
  const name = `「${title}」の予約を取り消す`;
  return el(
    "div",
    { class: "actions" },
    app.button("予約を取り消す", "取り消しています…", cancel, { class: "button plain", "aria-label": name }),
  );
}
