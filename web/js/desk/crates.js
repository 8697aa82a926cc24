/** コンテナ: what goes to which facility this week, the slips of the bags and the lists of the crates (RULES 24). */

import { list } from "../api.js";
import { el } from "../dom.js";
import { input, typedIn } from "../inputs.js";
import { mine } from "../session.js";
import { printing } from "./pulls.js";
import { table } from "./tables.js";

export const cratesRoom = { id: "crates", label: "コンテナ", title: "コンテナと袋", load };
export const slipsRoom = { id: "slips", title: "袋の票(印刷)", hidden: true, under: "crates", load: loadSlips };
export const crateListsRoom = {
  id: "crate-lists",
  title: "コンテナの一覧(印刷)",
  hidden: true,
  under: "crates",
  load: loadLists,
};

const crates = (day) => list(day ? `/desk/crates?pickup_from=${encodeURIComponent(day)}` : "/desk/crates", mine.get);
const bagsOf = ({ bags }) => [...bags].sort((a, b) => a.card_number.localeCompare(b.card_number));
const below = (room, day) => (day ? `#${room}/${day}` : `#${room}`);

async function load(house, day = "") {
  const found = await crates(day);
  const books = found.reduce((sum, { book_count: number }) => sum + number, 0);
  const bags = found.reduce((sum, { bag_count: number }) => sum + number, 0);
  return [
    choice(house, day),
    el("p", { role: "status" }, `${found.length}館、袋${bags}、本${books}冊です。`),
    found.length
      ? el(
          "div",
          { class: "actions" },
          el("a", { class: "button", href: below("slips", day) }, "袋の票を印刷する"),
          el("a", { class: "button plain", href: below("crate-lists", day) }, "コンテナの一覧を印刷する"),
        )
      : null,
    found.length
      ? table(
          "協力館ごとの袋と本",
          ["No.", "協力館", "袋", "本"],
          found.map(({ facility, name, bag_count: of, book_count: count }) =>
            el(
              "tr",
              {},
              el("td", { class: "number" }, facility),
              el("th", { scope: "row" }, name),
              el("td", {}, String(of)),
              el("td", {}, String(count)),
            ),
          ),
        )
      : null,
  ];
}

function choice(house, day) {
  return house.form(
    (form) => house.go(below("crates", typedIn(form).pickup_from)),
    input("pickup_from", "受取開始の日曜日", {
      type: "date",
      value: day,
      class: "text w10",
      hint: "空のときは、今回の分です。",
    }),
    el("div", { class: "actions" }, el("button", { class: "button plain" }, "表示する")),
  );
}

async function loadSlips(house, day = "") {
  const found = await crates(day);
  const slips = found.flatMap((crate) => bagsOf(crate).map((bag) => slip(crate, bag)));
  return [printing(below("crates", day)), el("div", { class: "sheet slips" }, slips)];
}

/** Card number and facility, no name. */
const slip = ({ facility, name }, { card_number: card }) =>
  el(
    "div",
    { class: "slip" },
    el("p", {}, "オンライン貸出サービス"),
    el("p", { class: "slip-facility" }, `No.${facility} ${name}`),
    el("p", { class: "slip-card number" }, card),
  );

async function loadLists(house, day = "") {
  const found = await crates(day);
  return [printing(below("crates", day)), el("div", { class: "sheet" }, found.map(crateList))];
}

function crateList(crate) {
  const rows = bagsOf(crate).map(({ card_number: card, former_card_number: former, count, books }) =>
    el(
      "tr",
      {},
      el("td", {}, "□"),
      el("th", { scope: "row", class: "number" }, card, former ? ` (旧 ${former})` : null),
      el("td", {}, String(count)),
      el("td", { class: "number" }, books.map(({ barcode }) => barcode).join(" ")),
    ),
  );
  const { facility, name, bag_count: bags, book_count: books } = crate;
  return el(
    "section",
    { class: "crate stack", "aria-label": name },
    el("h2", {}, `No.${facility} ${name}`),
    el("p", {}, `袋${bags}、本${books}冊`),
    table(`${name}の袋`, ["済", "利用者番号", "冊数", "資料番号"], rows),
  );
}
