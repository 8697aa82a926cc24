/** 取り出し: the pull list in shelf order, and what to do with each book that is found (RULES 15, 23). */

import { list, Offline, Problem } from "../api.js";
import { dayInWords, shortDay } from "../dates.js";
import { el } from "../dom.js";
import { api, SignedOut } from "../session.js";
import { Scanner } from "./scanner.js";
import { table } from "./tables.js";

export const pullsView = { id: "pulls", label: "取り出し", title: "取り出しリスト", load };

/** @type {Record<string, string>} */
const LIES_AT = { shelf: "書架", counter: "カウンターの棚", kept_aside: "取置きの棚", returns: "返却の棚" };

export const pulls = () => list("/desk/pulls?limit=100", api.get);
/** @param {App} app */
async function load(app) {
  return new PullList(app).content(await pulls());
}

/** @param {string} code */
const pathOf = (code) => `/desk/pulls/${encodeURIComponent(code)}`;
/** @param {number} number */
const count = (number) => (number ? `残り${number}冊です。` : "取り出す本は、ありません。");

class PullList {
  /** @param {App} app */
  constructor(app) {
    this.app = app;
    this.looks = 0;
    /** @type {Answer[]} */
    this.lines = [];
    this.scan = new Scanner(app, "見つけた本の資料番号", (code) => this.report(code, "found"));
    this.left = el("p", { id: "left" });
    this.shown = el("div", {});
  }

  /** @param {Answer[]} lines */
  content(lines) {
    this.draw(lines);
    setTimeout(() => this.scan.focus());
    return [
      this.scan.top,
      this.left,
      el("div", { class: "actions" }, el("a", { class: "button plain", href: "#pull-sheet" }, "リストを印刷する")),
      this.shown,
      el("h2", {}, "読み取った本"),
      this.scan.log,
    ];
  }

  /**
   * @param {string} code
   * @param {string} result
   */
  async report(code, result) {
    const title = this.lines.find(({ barcode }) => barcode === code)?.title;
    try {
      const told = await api.post(pathOf(code), { result });
      const { lines, ...said } = instruction(told);
      // A book that goes back to its shelf has changed nothing that could be undone.
      const below = told.action === "shelve" ? [] : [this.undo(code)];
      return { ...said, lines: [...lines, title].filter(Boolean), below };
    } finally {
      this.lookAgain();
    }
  }

  /** @param {string} code */
  undo(code) {
    const work = async () => {
      try {
        const { undone } = await api.remove(`${pathOf(code)}/scan`);
        return { kind: "shelf", title: "取り消しました", lines: [BACK[undone], "取り出しリストに戻りました。"] };
      } finally {
        this.lookAgain();
      }
    };
    const attributes = { type: "button", class: "button plain", onclick: () => this.scan.run(code, work) };
    return el("div", { class: "actions" }, el("button", attributes, "この読み取りを取り消す"));
  }

  /** The list as it is now; the answer to the scan does not wait for it. Of several looks the latest counts. */
  async lookAgain() {
    const look = (this.looks += 1);
    try {
      const lines = await pulls();
      if (look === this.looks) this.draw(lines);
    } catch (error) {
      if (!(error instanceof Problem || error instanceof Offline || error instanceof SignedOut)) throw error;
      this.left.textContent = "リストを新しくできませんでした。次に読み取るときに、もう一度読み込みます。";
    }
  }

  /** @param {Answer[]} lines */
  draw(lines) {
    const within = this.shown.contains(document.activeElement);
    this.lines = lines;
    this.left.textContent = count(lines.length);
    this.app.tellCounts(new Map(this.app.counts).set(pullsView.id, lines.length ? String(lines.length) : ""));
    const columns = ["請求記号", "題名", "置き場所", "資料番号", "行き先", "", ""];
    this.shown.replaceChildren(
      ...(lines.length
        ? [
            table(
              "取り出す本",
              columns,
              lines.map((line) => this.row(line)),
            ),
          ]
        : []),
    );
    if (within) this.scan.focus();
  }

  /** @param {Answer} line */
  row(line) {
    /**
     * @param {string} text
     * @param {string} result
     * @param {string} look
     */
    const button = (text, result, look) =>
      el(
        "button",
        {
          type: "button",
          class: look,
          onclick: () => this.scan.run(line.barcode, (code) => this.report(code, result)),
          "aria-label": `${line.barcode} ${text}`,
        },
        text,
      );
    return el(
      "tr",
      {},
      el("th", { scope: "row", class: "number" }, line.call_number),
      el("td", { class: "wide" }, line.title, line.author ? el("span", { class: "hint" }, ` ${line.author}`) : null),
      el("td", {}, place(line)),
      el("td", { class: "number" }, line.barcode),
      el("td", { class: "wide" }, line.pickup_place_name),
      el("td", {}, line.kept_aside ? null : button("利用者が持っている", "taken", "link-button")),
      el("td", { class: "apart" }, button("見つからない", "missing", "link-button")),
    );
  }
}

/**
 * Where to look for a book; what is not its usual shelf stands out.
 *
 * @param {Answer} pull
 */
export const place = ({ lies_at: where }) => el(where === "shelf" ? "span" : "strong", {}, LIES_AT[where]);

/**
 * What to do with a book whose scan was taken back.
 *
 * @type {Record<string, string>}
 */
const BACK = {
  lend: "本を袋から出してください。",
  keep_aside: "本を取置きの棚から出してください。",
  shelve_ready: "本をカウンターの棚から出してください。",
  missing: "もう一度、本を探してください。",
  taken: "もう一度、本を探してください。",
};

/**
 * What to do with a book, in the words of who holds it.
 *
 * @param {Answer} told
 */
function instruction(told) {
  const card = told.card_number ? `利用者番号 ${told.card_number}` : "";
  const other = told.instead ? [`代わりに取り出す本: ${told.instead.call_number} (${told.instead.barcode})`] : [];
  /** @type {Record<string, () => Required<Pick<Instruction, "kind" | "title" | "lines">>>} */
  const said = {
    lend: () => ({
      kind: "bag",
      title: "袋に入れる",
      lines: [`No.${told.facility} ${told.facility_name}`, card, pickupDays(told.slip)],
    }),
    keep_aside: () => ({
      kind: "aside",
      title: "取置きの棚へ",
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

/**
 * 「受取 12/27(日)～1/3(日)」 of a bag or its slip
 *
 * @param {Answer} pull
 */
export const pickupDays = ({ pickup_from: from, pickup_until: until }) => `受取 ${shortDay(from)}～${shortDay(until)}`;

/**
 * What stands above a sheet on the screen.
 *
 * @param {string} back
 */
export const printing = (back) =>
  el(
    "div",
    { class: "actions" },
    el("button", { type: "button", class: "button", onclick: () => window.print() }, "印刷する"),
    el("a", { href: back }, "もどる"),
  );
