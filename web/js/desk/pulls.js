/** 取り出し: the pull list in shelf order, and what to do with each book that is found (RULES 15, 23). */

import { list } from "../api.js";
import { dayInWords } from "../dates.js";
import { byId, el } from "../dom.js";
import { mine } from "../session.js";
import { scanner } from "./scanning.js";
import { table } from "./tables.js";

export const pullsRoom = { id: "pulls", label: "取り出し", title: "取り出しリスト", load };
export const pullSheetRoom = {
  id: "pull-sheet",
  title: "取り出しリスト(印刷)",
  hidden: true,
  under: "pulls",
  load: loadSheet,
};

const pulls = () => list("/desk/pulls?limit=100", mine.get);

async function load(house) {
  const lines = await pulls();
  const scan = scanner(house, "見つけた本の資料番号", async (code) => {
    const told = instruction(await report(code, "found"));
    strike(code);
    return told;
  });
  const absent = (code, result) =>
    scan.run(code, async () => {
      const told = instruction(await report(code, result));
      strike(code);
      return told;
    });
  setTimeout(scan.focus);
  return [
    scan.form,
    scan.screen,
    el("p", { id: "left" }, count(lines.length)),
    el("div", { class: "actions" }, el("a", { class: "button plain", href: "#pull-sheet" }, "リストを印刷する")),
    lines.length
      ? table(
          "取り出す本",
          ["請求記号", "題名", "資料番号", "行き先", ""],
          lines.map((line) => row(line, absent)),
        )
      : null,
    el("h2", {}, "読み取った本"),
    scan.log,
  ];
}

const report = (code, result) => mine.post(`/desk/pulls/${encodeURIComponent(code)}`, { result });
const count = (number) => (number ? `残り${number}冊です。` : "取り出す本は、ありません。");

function row(line, absent) {
  const button = (text, result) =>
    el(
      "button",
      {
        type: "button",
        class: "link-button",
        onclick: () => absent(line.barcode, result),
        "aria-label": `${line.barcode} ${text}`,
      },
      text,
    );
  return el(
    "tr",
    { id: `pull-${line.barcode}` },
    el("th", { scope: "row", class: "number" }, line.call_number),
    el("td", {}, line.title, line.kept_aside ? el("strong", {}, " (取り置きの棚)") : null),
    el("td", { class: "number" }, line.barcode),
    el("td", {}, line.pickup_place_name),
    el(
      "td",
      {},
      el(
        "div",
        { class: "row-actions" },
        button("見つからない", "missing"),
        line.kept_aside ? null : button("利用者が持っている", "taken"),
      ),
    ),
  );
}

/** The line is done: the list gets shorter as staff walk along the shelves. */
function strike(code) {
  byId(`pull-${code}`)?.remove();
  const left = byId("left");
  if (left) left.textContent = count(document.querySelectorAll("tr[id^=pull-]").length);
}

/** What to do with a book, in the words of who holds it. */
export function instruction(told) {
  const card = told.card_number ? `利用者番号 ${told.card_number}` : "";
  const other = told.instead ? [`代わりに取り出す本: ${told.instead.call_number} (${told.instead.barcode})`] : [];
  const said = {
    lend: () => ({ kind: "bag", title: "袋に入れる", lines: [`No.${told.facility} ${told.facility_name}`, card] }),
    keep_aside: () => ({
      kind: "aside",
      title: "取り置きの棚へ",
      lines: [card, "冊数の上限のため、次回以降に貸し出します。"],
    }),
    shelve_ready: () => ({
      kind: "ready",
      title: "カウンターの棚へ",
      lines: [card, `受取期限 ${dayInWords(told.pickup_until)}`],
    }),
    shelve: () => ({ kind: "shelf", title: "書架に戻す", lines: ["予約は取り消されています。"] }),
    missing: () => ({ kind: "shelf", title: "見つからないと記録しました", lines: other }),
    taken: () => ({ kind: "shelf", title: "利用者が先と記録しました", lines: other }),
  };
  return said[told.action]();
}

async function loadSheet() {
  const lines = await pulls();
  const rows = lines.map(({ call_number: shelf, title, barcode, pickup_place_name: place, kept_aside: kept }) =>
    el(
      "tr",
      {},
      el("td", {}, "□"),
      el("th", { scope: "row", class: "number" }, shelf),
      el("td", {}, title, kept ? " (取り置きの棚)" : null),
      el("td", { class: "number" }, barcode),
      el("td", {}, place),
    ),
  );
  return [
    printing("#pulls"),
    el(
      "div",
      { class: "sheet" },
      el("p", {}, `取り出しリスト ${dayInWords(lines[0]?.run ?? "")} ${lines.length}冊`),
      table("取り出す本", ["済", "請求記号", "題名", "資料番号", "行き先"], rows),
    ),
  ];
}

/** What stands above a sheet on the screen. */
export const printing = (back) =>
  el(
    "div",
    { class: "actions" },
    el("button", { type: "button", class: "button", onclick: () => window.print() }, "印刷する"),
    el("a", { href: back }, "もどる"),
  );
