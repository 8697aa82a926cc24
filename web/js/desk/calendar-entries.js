/** Closed days and suspensions that are recorded, each with the way back (RULES 40). */

import { confirmDialog } from "../confirm-dialog.js";
import { dateInWords, dayInWords } from "../dates.js";
import { el } from "../dom.js";
import { api } from "../session.js";
import { WEEKDAYS } from "../weekdays.js";
import { row, table } from "./tables.js";

/**
 * Those of a place in a year, as a list.
 *
 * @param {App} app
 * @param {{ closures: Answer[], suspensions: Answer[] }} known
 * @param {number} year
 */
export function entries(app, { closures, suspensions }, year) {
  /** @param {Answer} entry */
  const ofYear = ({ from, until }) => from <= `${year}-12-31` && `${year}-01-01` <= until;
  const found = [
    ...closures.map((entry) => ({ ...entry, path: "closures", label: entry.kind === "open" ? "臨時に開館" : "休館" })),
    ...suspensions.map((entry) => ({ ...entry, path: "suspensions", label: "休止" })),
  ].filter(ofYear);
  if (!found.length) return [el("p", {}, `${year}年の休館と休止は、記録されていません。`)];
  found.sort((a, b) => a.from.localeCompare(b.from));
  return [
    table(
      "記録されている休館と休止",
      ["日", "内容", "曜日", "理由", "特別に貸し出す方", ""],
      found.map((entry) => line(app, entry)),
    ),
  ];
}

/**
 * @param {App} app
 * @param {Answer} entry
 */
function line(app, entry) {
  const days =
    entry.from === entry.until ? dateInWords(entry.from) : `${dateInWords(entry.from)}～${dateInWords(entry.until)}`;
  const what = `${days} ${entry.label}`;
  const remove = async () => {
    if (!(await confirmDialog("取り消しますか", what, "取り消す"))) return;
    await api.remove(`/desk/${entry.path}/${encodeURIComponent(entry.id)}`);
    await app.reload(`「${what}」を取り消しました。`);
  };
  const opted = entry.opted_in?.length
    ? `${entry.opted_in.join("、")}${entry.pickup_until ? `(受取期限 ${dayInWords(entry.pickup_until)})` : ""}`
    : null;
  return row(
    days,
    entry.label,
    entry.weekdays?.length ? entry.weekdays.map((/** @type {number} */ day) => WEEKDAYS[day]).join("・") : null,
    entry.reason,
    opted,
    app.button("取り消す", "取り消しています…", remove, { class: "link-button", "aria-label": `${what}を取り消す` }),
  );
}
