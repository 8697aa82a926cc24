/** 返却: books come back, and only this ends a loan; damaged and lost ones are marked at the same place (RULES 32, 34). */

import { el } from "../dom.js";
import { choice } from "../inputs.js";
import { api } from "../session.js";
import { Scanner } from "./scanner.js";

/** @type {Record<string, string>} */
const RESULTS = {
  returned: "返却しました",
  found: "見つかりました",
  not_on_loan: "貸出中ではありません",
  kept: "取り置きの本です",
  damaged: "返却しました(破損)",
  unknown: "登録のない資料番号です",
  try_again: "もう一度読み取ってください",
};
/** @type {Record<string, string>} */
const NEXT = { shelve: "書架に戻す", hold: "予約の本の棚へ", repair: "修理の担当へ" };
/** @type {Record<string, string>} */
const KINDS = { shelve: "shelf", hold: "aside", repair: "stop" };

/**
 * What the next book is scanned for; the first is what comes after every scan again.
 *
 * @type {[value: string, text: string][]}
 */
const NEXT_IS = [
  ["returned", "返却する"],
  ["damaged", "破損と記録する(弁償していただくとき)"],
  ["lost", "紛失と記録する"],
];
/** @type {Record<string, string>} */
const MARKED = { damaged: "破損と記録しました", lost: "紛失と記録しました" };
/** Of a book that nobody has at home. @type {Record<string, string>} */
const FREE = { damaged: "修理の担当へ渡してください。", lost: "" };

export const checkInsView = { id: "checkins", label: "返却", load };

/** @param {App} app */
async function load(app) {
  return new CheckIns(app).content();
}

class CheckIns {
  /** @param {App} app */
  constructor(app) {
    this.scan = new Scanner(app, "返された本の資料番号", (code) => this.checkIn(code));
    this.scan.meant = () => this.takeNext();
    this.choices = NEXT_IS.map(([value, text], place) => choice("radio", "next_is", value, text, place === 0));
    for (const each of this.choices) each.addEventListener("change", () => this.scan.focus());
  }

  content() {
    setTimeout(() => this.scan.focus());
    return [
      this.scan.top,
      el(
        "fieldset",
        { class: "field next-is" },
        el("legend", { class: "label" }, "次に読み取る1冊を"),
        el("div", { class: "choices" }, this.choices),
      ),
      el("p", { class: "hint" }, "破損と紛失の本は、弁償が済むまで貸出が残ります。弁償の記録は、本のページでします。"),
      el("h2", {}, "読み取った本"),
      this.scan.log,
    ];
  }

  /** What is done with the next book. It holds for one book, so that nobody marks a row of them by mistake. */
  takeNext() {
    const boxes = this.choices.map((each) => /** @type {HTMLInputElement} */ (each.querySelector("input")));
    const state = boxes.find(({ checked }) => checked)?.value ?? "returned";
    boxes[0].checked = true;
    return (/** @type {string} */ code) => (state === "returned" ? this.checkIn(code) : this.mark(code, state));
  }

  /** @param {string} code */
  async checkIn(code) {
    const { items } = await api.post("/desk/checkins", { barcodes: [code] });
    const said = instruction(items[0]);
    const here = items[0].next === "shelve" || items[0].next === "hold";
    return here ? { ...said, below: [this.button(code, "破損している", () => this.mark(code, "damaged"))] } : said;
  }

  /**
   * @param {string} code
   * @param {string} state
   */
  async mark(code, state) {
    await api.post(`${pathOf(code)}/${state}`);
    const { title, loan } = await api.get(pathOf(code));
    return {
      kind: "aside",
      title: MARKED[state],
      lines: [title, loan ? "弁償が済むまで、貸出は残ります。" : FREE[state]].filter(Boolean),
      below: [this.button(code, "この記録を取り消す", () => this.unmark(code)), linkToCopy(code)],
    };
  }

  /** @param {string} code */
  async unmark(code) {
    const { state } = await api.post(`${pathOf(code)}/found`);
    return {
      kind: "shelf",
      title: "取り消しました",
      lines: [state === "on_loan" ? "貸出中の本に戻りました。" : "書架に戻してください。"],
    };
  }

  /**
   * @param {string} code
   * @param {string} text
   * @param {() => Promise<Instruction>} work
   */
  button(code, text, work) {
    const attributes = { type: "button", class: "button plain", onclick: () => this.scan.run(code, work) };
    return el("div", { class: "actions" }, el("button", attributes, text));
  }
}

/** @param {string} code */
const pathOf = (code) => `/desk/copies/${encodeURIComponent(code)}`;
/** @param {string} code */
const linkToCopy = (code) => el("p", {}, el("a", { href: `#copy/${encodeURIComponent(code)}` }, "この本のページ"));

/** @param {Answer} result */
function instruction({ result, next, title, was_lost: lost }) {
  const lines = [next ? RESULTS[result] : "", title, lost ? "紛失と記録されていた本です。" : ""].filter(Boolean);
  return { kind: KINDS[next] ?? "stop", title: NEXT[next] ?? RESULTS[result], lines };
}
