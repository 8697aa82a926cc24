/** What facilities tell: what did not arrive, what is one too many, and kits (RULES 54). */

import { list } from "../api.js";
import { confirmDialog } from "../confirm-dialog.js";
import { dayInWords, momentInWords } from "../dates.js";
import { el } from "../dom.js";
import { book, books, nothing } from "../library/parts.js";
import { api } from "../session.js";

export const reportsView = {
  id: "reports",
  label: "{{partner_word}}から",
  aside: true,
  title: "{{partner_word}}からの連絡",
  load,
};

/** @param {App} app */
async function load(app) {
  const found = await list("/desk/reports", api.get);
  if (!found.length) return nothing("{{partner_word}}からの連絡は、ありません。");
  return [el("p", {}, `${found.length}件です。`), books(found.map((each) => entry(each, app)))];
}

/**
 * @param {Answer} report
 * @param {App} app
 */
function entry(report, app) {
  const { facility, facility_name: name, kind_label: kind, bag, text, reported_at: at } = report;
  const title = `No.${facility} ${name} ${kind}`;
  const done = async () => {
    if (!(await confirmDialog("対応が済みましたか", `${title} を、済みにします。`, "済みにする"))) return;
    await api.post(`/desk/reports/${encodeURIComponent(report.id)}/done`);
    await app.reload("連絡を済みにしました。");
  };
  return book(
    { title },
    [
      ["袋", bag ? `${bag.card_number}${bag.former_card_number ? ` (旧 ${bag.former_card_number})` : ""}` : ""],
      ["冊数", bag ? `${bag.books}冊` : ""],
      ["受取開始", bag ? dayInWords(bag.pickup_from) : ""],
      ["内容", text],
      ["連絡", momentInWords(at)],
    ],
    el("div", { class: "actions" }, app.button("済みにする", "記録しています…", done, { class: "button plain" })),
  );
}
