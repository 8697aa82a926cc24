/** A partner facility: the bags to hand over (RULES 28-30). */

import { list } from "./api.js";
import { confirmed } from "./asking.js";
import { watchConnection } from "./connection.js";
import { dayInWords, momentInWords } from "./dates.js";
import { el } from "./dom.js";
import { factList, nothing } from "./library/parts.js";
import { openHouse } from "./rooms.js";
import { mine } from "./session.js";

const FACILITY = {
  title: "協力館の画面",
  lead: "協力館の利用者名とパスワードでログインしてください。",
  group: "facility",
  label: "利用者名",
  others: "協力館の利用者名でログインしてください。",
};

const bagsRoom = { id: "bags", label: "お渡しする袋", load };

async function load(house) {
  const bags = await list("/facility/bags", mine.get);
  const part = (batch, title) => {
    const items = bags.filter((bag) => bag.batch === batch).sort((a, b) => a.card_number.localeCompare(b.card_number));
    return items.length
      ? [
          el("h2", {}, title),
          el(
            "ul",
            { class: "books" },
            items.map((bag) => shown(bag, house)),
          ),
        ]
      : [];
  };
  return [
    el(
      "p",
      {},
      "利用者カード、Myライブラリの「利用者カード」の画面、オンライン貸出メールのどれかで、利用者番号を確かめてください。",
    ),
    ...(bags.length ? [] : nothing("お渡しする袋は、ありません。")),
    ...part("last_week", "先週からの袋"),
    ...part("this_week", "今週の袋"),
    el("p", { class: "hint" }, "お渡しの記録は、しなくてもかまいません。あとから記録することもできます。"),
  ];
}

function shown(bag, house) {
  const { card_number: card, handed_over_at: at, last_day: last } = bag;
  return el(
    "li",
    { class: "book stack" },
    el("h3", { class: "book-title number" }, card),
    factList([
      ["冊数", `${bag.books}冊`],
      ["受取期間", `${dayInWords(bag.pickup_from)}～${dayInWords(bag.pickup_until)}`],
      ["お渡し", at ? `済み ${momentInWords(at)}` : ""],
    ]),
    last && !at ? el("p", { class: "late" }, el("strong", {}, "今日が受取の最終日です")) : null,
    at ? null : el("div", { class: "actions" }, handOver(bag, house)),
  );
}

function handOver({ id, card_number: card, books }, house) {
  const record = async () => {
    if (
      !(await confirmed(
        "袋をお渡ししましたか",
        `利用者番号 ${card} の袋(${books}冊)を、お渡し済みにします。`,
        "お渡しした",
      ))
    )
      return;
    await mine.post(`/facility/bags/${encodeURIComponent(id)}/handover`);
    await house.again(`利用者番号 ${card} の袋を、お渡し済みにしました。`);
  };
  return house.button("お渡しした", "記録しています…", record, { "aria-label": `利用者番号 ${card} の袋をお渡しした` });
}

watchConnection("");
openHouse("協力館の画面", [bagsRoom], FACILITY);
