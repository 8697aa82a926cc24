/** 申請: what waits for a decision, and what was decided. */

import { list } from "../api.js";
import { momentInWords } from "../dates.js";
import { el } from "../dom.js";
import { api } from "../session.js";
import { STATUSES } from "./application-words.js";
import { table } from "./tables.js";

export const applicationsView = { id: "applications", label: "申請", aside: true, load };

/** @param {App} app */
async function load(app, status = "submitted") {
  let late = 0;
  /** @param {string} path */
  const ask = async (path) => {
    const page = await api.get(path);
    late = page.late ?? 0;
    return page;
  };
  const items = await list(`/desk/applications?status=${encodeURIComponent(status)}`, ask);
  return [
    el(
      "ul",
      { class: "links in-line" },
      Object.entries(STATUSES).map(([name, label]) =>
        el(
          "li",
          {},
          el("a", { href: `#applications/${name}`, "aria-current": name === status ? "true" : null }, label),
        ),
      ),
    ),
    el(
      "p",
      {},
      items.length ? `${STATUSES[status]}: ${items.length}件、古い順` : `${STATUSES[status]}は、ありません。`,
    ),
    late ? el("p", { class: "note warning" }, `約束の日数を過ぎて審査を待っている申請が${late}件あります。`) : null,
    items.length
      ? table(
          STATUSES[status],
          ["受付番号", "お名前", "申請", "届いた日時", "待っている日数", "{{lending_word}}"],
          items.map(line),
        )
      : null,
  ];
}

/** @param {Answer} application */
const line = ({
  receipt_number: receipt,
  kind_label: kind,
  submitted_at: at,
  created_at: made,
  online_lending: online,
  name,
  age_days: age,
}) =>
  el(
    "tr",
    {},
    el("th", { scope: "row" }, el("a", { class: "number", href: `#application/${receipt}` }, receipt)),
    el("td", {}, name),
    el("td", {}, kind),
    el("td", {}, momentInWords(at ?? made)),
    el("td", {}, age === null ? "" : `${age}日`),
    el("td", {}, online ? "申し込む" : ""),
  );
