/** 協力館から: what did not arrive, what is one too many, and kits (RULES 54). */

import { list } from "../api.js";
import { confirmed } from "../asking.js";
import { dayInWords, momentInWords } from "../dates.js";
import { el } from "../dom.js";
import { book, books, nothing } from "../library/parts.js";
import { mine } from "../session.js";

export const reportsRoom = { id: "reports", label: "協力館から", title: "協力館からの連絡", load };

async function load(house) {
  const found = await list("/desk/reports", mine.get);
  if (!found.length) return nothing("協力館からの連絡は、ありません。");
  return [el("p", {}, `${found.length}件です。`), books(found.map((each) => shown(each, house)))];
}

function shown(report, house) {
  const { facility, facility_name: name, kind_label: kind, bag, text, reported_at: at } = report;
  const title = `No.${facility} ${name} ${kind}`;
  const done = async () => {
    if (!(await confirmed("対応が済みましたか", `${title} を、済みにします。`, "済みにする"))) return;
    await mine.post(`/desk/reports/${encodeURIComponent(report.id)}/done`);
    await house.again("連絡を済みにしました。");
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
    el("div", { class: "actions" }, house.button("済みにする", "記録しています…", done, { class: "button plain" })),
  );
}
