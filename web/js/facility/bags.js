/** 袋: what comes, what is to be handed over, what goes back, what is done; a card's bar code finds its bag (RULES 28-30). */

import { list } from "../api.js";
import { dayInWords, momentInWords } from "../dates.js";
import { Scanner } from "../desk/scanner.js";
import { el, workingButton } from "../dom.js";
import { factList } from "../library/parts.js";
import { api } from "../session.js";
import { ownFacility } from "./own-facility.js";

/** The four lists of bags. What a person at the counter asks for first is what a scan looks for first. */
/**
 * @type {{ id: string, label: string, title: string, none: string, hint: string, heading: (bag: Answer) => string,
 *   told: (bag: Answer) => Instruction }[]}
 */
const BAG_LISTS = [
  {
    id: "coming",
    label: "届く",
    title: "これから届く袋",
    none: "これから届く袋は、ありません。",
    hint: "木曜日に県立図書館を出ます。届いた袋は、受取開始の日曜日までお預かりください。",
    heading: ({ pickup_from: from }) => `${dayInWords(from)}からお渡しする袋`,
    told: ({ pickup_from: from }) => ({ kind: "shelf", title: `${dayInWords(from)}から` }),
  },
  {
    id: "to_hand_over",
    label: "お渡しする",
    title: "お渡しする袋",
    none: "お渡しする袋は、ありません。",
    hint: "利用者カード、Myライブラリの「利用者カード」の画面、オンライン貸出メールのどれかで、利用者番号を確かめてください。お渡しの記録は、しなくてもかまいません。あとから記録することもできます。",
    heading: ({ pickup_until: until, last_day: last }) =>
      `${dayInWords(until)}までの袋${last ? "(今日が最終日です)" : ""}`,
    told: ({ arrival }) =>
      arrival === "missing" ? { kind: "stop", title: "届いていない袋" } : { kind: "ready", title: "お渡しする" },
  },
  {
    id: "to_return",
    label: "返送する",
    title: "返送する袋",
    none: "返送する袋は、ありません。",
    hint: "袋を開けずに、次の便で県立図書館へ返送してください。お渡しした袋があれば、「お渡しした」と記録してください。",
    heading: ({ pickup_until: until, back_by: by, back_late: late }) =>
      late
        ? `${dayInWords(until)}までの袋(まだ返却されていません)`
        : `${dayInWords(until)}までの袋(${dayInWords(by)}までに県立図書館へ)`,
    told: () => ({ kind: "aside", title: "返送する" }),
  },
  {
    id: "done",
    label: "済み",
    title: "お渡し済みの袋",
    none: "お渡し済みの袋は、ありません。",
    hint: "まちがえて記録したときは、しばらくの間は取り消せます。",
    heading: ({ pickup_until: until }) => `${dayInWords(until)}までの袋`,
    told: () => ({ kind: "shelf", title: "お渡し済み" }),
  },
];
const ASKED_FIRST = ["to_hand_over", "to_return", "coming", "done"];
const ARRIVALS = { arrived: "届きました", missing: "届いていません(県立図書館に伝えました)" };

// As of the last look: for the scans, and for the counts in the links.
/** @type {Answer[]} */
let bags = [];

async function look() {
  bags = await list(`/facility/bags?list=${BAG_LISTS.map(({ id }) => id).join(",")}`, api.get);
}

export function forgetBags() {
  bags = [];
}

/** @param {Answer} bag */
const listOf = (bag) => BAG_LISTS.find(({ id }) => id === bag.list) ?? BAG_LISTS[0];
/** @param {string} id */
const onList = (id) => bags.filter((bag) => bag.list === id);

/** A view for each list, its number of bags in the link. */
export const bagViews = BAG_LISTS.map((bagList) => ({
  id: bagList.id,
  title: bagList.title,
  get label() {
    return `${bagList.label} ${onList(bagList.id).length}`;
  },
  /** @param {App} app */
  async load(app) {
    const [facility] = await Promise.all([ownFacility(), look()]);
    return new BagList(app, bagList, this).content(facility);
  },
}));

class BagList {
  /**
   * @param {App} app
   * @param {Answer} bagList
   * @param {View} view
   */
  constructor(app, bagList, view) {
    this.app = app;
    this.list = bagList;
    this.view = view;
    this.shown = el("div", { class: "stack" });
    this.scan = new Scanner(app, "利用者カードのバーコード", (code) => this.find(code));
  }

  content(facility) {
    this.draw();
    // Once it stands in the page, if nobody has gone on meanwhile.
    setTimeout(() => this.isHere() && this.opened());
    return [el("p", {}, `No.${facility.number} ${facility.name}`), this.scan.top, this.shown];
  }

  isHere() {
    return this.shown.isConnected;
  }

  opened() {
    this.app.showLinks(this.view);
    this.scan.focus();
  }

  /** The list as it is now. */
  draw() {
    const items = onList(this.list.id);
    const headings = [...new Set(items.map(this.list.heading))];
    this.shown.replaceChildren(
      el("p", {}, items.length ? this.list.hint : this.list.none),
      ...(this.list.id === "coming" ? this.allArrived(items) : []),
      ...headings.flatMap((heading) => this.part(heading, items)),
    );
  }

  /** @param {string} heading */
  part(heading, items) {
    const those = items.filter((bag) => this.list.heading(bag) === heading);
    return [
      el("h2", {}, `${heading} ${those.length}個`),
      el(
        "ul",
        { class: "books" },
        those.map((bag) => this.line(bag)),
      ),
    ];
  }

  line(bag) {
    const { former_card_number: former, arrival, handed_over_at: at } = bag;
    return el(
      "li",
      { class: "book stack" },
      el("h3", { class: "book-title number" }, bag.card_number),
      factList([
        ["袋の票", former ? `再発行前の番号 ${former}` : ""],
        ["冊数", `${bag.books}冊`],
        ["受取期間", `${dayInWords(bag.pickup_from)}～${dayInWords(bag.pickup_until)}`],
        ["到着", at ? "" : (ARRIVALS[arrival] ?? "")],
        ["お渡し", momentInWords(at)],
      ]),
      el("div", { class: "actions" }, this.buttons(bag)),
    );
  }

  /** What can be done with a bag. */
  buttons(bag) {
    const { list: on, arrival } = bag;
    if (on === "done") return bag.undo_until ? [this.undo(bag)] : [];
    const handOver = on !== "coming" && arrival !== "missing" ? this.handOver(bag) : null;
    const arrived = arrival === "missing" || (on === "coming" && !arrival) ? this.arrived(bag) : null;
    const missing = on !== "to_return" && arrival !== "missing" ? this.missing(bag) : null;
    return [handOver, arrived, missing].filter(Boolean);
  }

  handOver(bag) {
    return this.button(bag, "お渡しした", `${named(bag)} の袋をお渡しした`, "button", async () => {
      await api.post(`${path(bag)}/handover`);
      return () => ({
        kind: "ready",
        title: "お渡し済み",
        below: [el("div", { class: "actions" }, this.undo(bag))],
      });
    });
  }

  undo(bag) {
    return this.button(bag, "お渡しを取り消す", `${named(bag)} の袋のお渡しを取り消す`, "button plain", async () => {
      await api.remove(`${path(bag)}/handover`);
      return () => ({ kind: "shelf", title: "取り消しました" });
    });
  }

  arrived(bag) {
    return this.button(bag, "届いた", `${named(bag)} の袋が届いた`, "button", async () => {
      await api.post(`${path(bag)}/arrival`, { state: "arrived" });
      return () => ({ kind: "ready", title: "届いた" });
    });
  }

  missing(bag) {
    return this.button(bag, "届いていない", `${named(bag)} の袋が届いていない`, "link-button", async () => {
      await api.post(`${path(bag)}/arrival`, { state: "missing" });
      return () => ({ kind: "aside", title: "届いていない", lines: ["県立図書館に伝えました。"] });
    });
  }

  /** A crate is mostly complete. */
  allArrived(items) {
    const open = items.filter(({ arrival }) => !arrival);
    if (open.length < 2) return [];
    const all = workingButton("すべて届いた", "記録しています…", () =>
      this.act(`${open.length}個`, async () => {
        for (const bag of open) await api.post(`${path(bag)}/arrival`, { state: "arrived" });
        return () => ({ kind: "ready", title: "すべて届いた" });
      }),
    );
    return [el("div", { class: "actions" }, all)];
  }

  /**
   * @param {string} text
   * @param {string} label
   * @param {string} style
   * @param {() => Promise<() => Instruction>} work
   */
  button(bag, text, label, style, work) {
    return workingButton(text, "記録しています…", () => this.act(bag.card_number, work), {
      class: style,
      "aria-label": label,
    });
  }

  /**
   * Do something, show what is true afterwards, and say so; the cursor is back in its field at once.
   *
   * @param {string} code
   * @param {() => Promise<() => Instruction>} work
   */
  act(code, work) {
    return this.scan.run(code, async () => {
      const told = await work();
      await this.lookAgain();
      return told();
    });
  }

  async lookAgain() {
    await look();
    if (!this.isHere()) return;
    this.draw();
    this.app.showLinks(this.view);
  }

  /**
   * The bags of a card: what to do with the first in large letters, and every one with its days.
   *
   * @param {string} code
   */
  async find(code) {
    await this.lookAgain();
    const number = code.replace(/[\s-]/g, "");
    const found = ASKED_FIRST.flatMap(onList).filter(
      (bag) => bag.card_number === number || bag.former_card_number === number,
    );
    if (!found.length) return { kind: "stop", title: "袋はありません", lines: ["番号を確かめてください。"] };
    const { former_card_number: former, card_number: now } = found[0];
    return {
      ...listOf(found[0]).told(found[0]),
      lines: former === number ? [`再発行前の番号です。新しい番号は ${now} です。`] : [],
      below: found.map((bag) => this.found(bag)),
    };
  }

  found(bag) {
    const { books, pickup_from: from, pickup_until: until, last_day: last, handed_over_at: at } = bag;
    return el(
      "div",
      { class: "found" },
      el("p", { class: "where" }, `${books}冊 ${dayInWords(from)}～${dayInWords(until)}`),
      last && !at ? el("p", { class: "late" }, "今日が受取の最終日です") : null,
      el("div", { class: "actions" }, this.buttons(bag)),
    );
  }
}

const named = ({ card_number: card }) => `利用者番号 ${card}`;
const path = ({ id }) => `/facility/bags/${encodeURIComponent(id)}`;
