/**
 * 貸出: lending at the counter (RULES 17).
 *
 * One field reads it all: a card begins a visit, and what is no card is a book for that visitor. Where it is not sure who
 * stands there nothing is lent, and the card is asked for.
 */

import { Problem } from "../api.js";
import { check } from "../checks.js";
import { dateInWords, dayInWords } from "../dates.js";
import { el, fill } from "../dom.js";
import { factList } from "../library/parts.js";
import { api } from "../session.js";
import { Scanner } from "./scanner.js";

const IDLE_SECONDS = 60;
const NEXT = "次の方の{{card_word}}を読み取ってください。";

export const checkOutsView = { id: "checkouts", label: "貸出", title: "カウンターでの貸出", load };

/** @param {App} app */
async function load(app) {
  return new Counter(app).content();
}

class Counter {
  /** @param {App} app */
  constructor(app) {
    this.scan = new Scanner(app, "{{card_word}}か、本の資料番号", (code) => this.read(code));
    this.scan.form.addEventListener("input", () => this.wait());
    /** @type {Visitor | null} */
    this.visitor = null;
    this.panel = el("section", { class: "visitor stack", "aria-label": "いまの方" });
  }

  content() {
    this.end();
    setTimeout(() => this.scan.focus());
    return [this.scan.top, this.panel, el("h2", {}, "この方に読み取ったもの"), this.scan.log];
  }

  /** @param {string} code */
  async read(code) {
    clearTimeout(this.idle);
    try {
      const { value: number } = check("card_number", code, false);
      const record = number ? await this.recordOf(number) : null;
      return number && record ? this.begin(number, record) : await this.lend(code, Boolean(number));
    } finally {
      this.wait();
    }
  }

  /**
   * Whose card it is; null if it is none. If that cannot be told, it may be that of the next visitor.
   *
   * @param {string} number
   * @returns {Promise<Patron | null>}
   */
  async recordOf(number) {
    try {
      return await api.get(`/desk/patrons/${number}?for=counter`);
    } catch (error) {
      if (error instanceof Problem && error.code === "unknown_card") return null;
      this.end();
      throw error;
    }
  }

  /**
   * @param {string} number
   * @param {Patron} record
   */
  begin(number, record) {
    this.end();
    this.visitor = {
      number,
      record,
      onLoan: new Set(record.loans_now.map(({ barcode }) => barcode)),
      ready: record.holds.filter(({ status }) => status === "ready"),
    };
    this.draw();
    const warned = warnings(record);
    return { kind: warned.length ? "stop" : "ready", title: `${record.name} 様`, lines: warned };
  }

  /**
   * @param {string} code
   * @param {boolean} likeCard
   */
  async lend(code, likeCard) {
    const { visitor } = this;
    if (!visitor) return cardFirst();
    try {
      const lent = await api.post("/desk/checkouts", { card_number: visitor.number, barcode: code });
      this.lent(visitor, lent.barcode);
      return {
        kind: "ready",
        title: `${dayInWords(lent.due_on)}まで`,
        lines: [lent.title, lent.hold_spent ? "予約の本をお渡ししました。" : ""].filter(Boolean),
      };
    } catch (error) {
      if (!(likeCard && error instanceof Problem && error.code === "unknown_barcode")) throw error;
      this.end();
      return neither();
    }
  }

  /**
   * @param {Visitor} visitor
   * @param {string} barcode
   */
  lent(visitor, barcode) {
    visitor.onLoan.add(barcode);
    visitor.ready = visitor.ready.filter((hold) => hold.barcode !== barcode);
    this.draw();
  }

  /** The visitor has gone, and with them everything about them. */
  end(news = NEXT) {
    clearTimeout(this.idle);
    this.visitor = null;
    this.draw();
    this.scan.clear(news);
  }

  /** Who walks away without a word is not there any more for the next one's books. */
  wait() {
    clearTimeout(this.idle);
    if (!this.visitor) return;
    this.idle = setTimeout(() => {
      this.end(`${IDLE_SECONDS}秒のあいだ読み取りがなかったので、終わりました。${NEXT}`);
      this.scan.focus();
    }, IDLE_SECONDS * 1000);
  }

  draw() {
    const { visitor } = this;
    if (!visitor) {
      fill(this.panel, el("p", {}, "いま、どなたの貸出でもありません。"));
      return;
    }
    const next = () => {
      this.end();
      this.scan.focus();
    };
    fill(
      this.panel,
      facts(visitor),
      readyBooks(visitor.ready),
      el("div", { class: "actions" }, el("button", { type: "button", class: "button plain", onclick: next }, "次の方")),
    );
  }
}

/** @param {Visitor} visitor */
const facts = ({ number, record, onLoan }) =>
  factList([
    ["お名前", `${record.name}(${record.kana})`],
    ["利用者番号", number],
    ["有効期限", dateInWords(record.expires_on)],
    ["貸出", `${onLoan.size}冊 (上限${record.loan_cap_now}冊)`],
  ]);

/** @param {Answer[]} ready */
function readyBooks(ready) {
  if (!ready.length) return [el("p", {}, "カウンターの棚に、お渡しする予約の本はありません。")];
  return [
    el("p", {}, el("strong", {}, `カウンターの棚に、お渡しする予約の本が${ready.length}冊あります。`)),
    el(
      "ul",
      {},
      ready.map(({ title, barcode, pickup_until: until }) =>
        el("li", {}, title, " ", el("span", { class: "number" }, barcode), ` 受取期限 ${dayInWords(until)}`),
      ),
    ),
  ];
}

/**
 * What stands in the way of lending to this visitor; the API decides about each book.
 *
 * @param {Patron} record
 */
const warnings = ({ expired, blocked, card_retired: retired }) =>
  [
    expired ? "カードの有効期限が切れています。" : "",
    blocked ? "貸出を止めている方です。" : "",
    retired ? "使用を終えたカードです。" : "",
  ].filter(Boolean);

const cardFirst = () => ({
  kind: "stop",
  title: "先にカードを",
  lines: [
    "{{card_word}}ではありません。何も貸し出していません。{{card_word}}を読み取ってから、本を読み取ってください。",
  ],
});

const neither = () => ({
  kind: "stop",
  title: "カードから、もう一度",
  lines: ["カードとしても本としても登録のない番号です。次の方のカードかもしれないので、前の方の貸出を終わりました。"],
});
