/** 袋: what comes, what is to be handed over, what goes back, what is done; a card's bar code finds its bag (RULES 28-30). */

import { dayInWords, momentInWords } from "../dates.js";
import { Scanner } from "../desk/scanner.js";
import { el, workingButton } from "../dom.js";
import { factList } from "../library/parts.js";
import { api } from "../session.js";
import { BAG_LISTS, listOf, loadBags, onList } from "./bag-lists.js";
import { ownFacility } from "./own-facility.js";

const ASKED_FIRST = ["to_hand_over", "to_return", "coming", "done"];
/** @type {Record<string, string>} */
const ARRIVALS = { arrived: "届きました", missing: "届いていません(県立図書館に伝えました)" };

/** A view for each list, its number of bags in the link. */
export const bagViews = BAG_LISTS.map((bagList) => ({
  id: bagList.id,
  title: bagList.title,
  get label() {
    return `${bagList.label} ${onList(bagList.id).length}`;
  },
  /** @param {App} app */
  async load(app) {
    const [facility] = await Promise.all([ownFacility(), loadBags()]);
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

  /** @param {Answer} facility */
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

  /**
   * @param {string} heading
   * @param {Answer[]} items
   */
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

  /** @param {Answer} bag */
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

  /**
   * What can be done with a bag.
   *
   * @param {Answer} bag
   */
  buttons(bag) {
    const { list: on, arrival } = bag;
    if (on === "done") return bag.undo_until ? [this.undo(bag)] : [];
    const handOver = on !== "coming" && arrival !== "missing" ? this.handOver(bag) : null;
    const arrived = arrival === "missing" || (on === "coming" && !arrival) ? this.arrived(bag) : null;
    const missing = on !== "to_return" && arrival !== "missing" ? this.missing(bag) : null;
    return [handOver, arrived, missing].filter(Boolean);
  }

  /** @param {Answer} bag */
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

  /** @param {Answer} bag */
  undo(bag) {
    return this.button(bag, "お渡しを取り消す", `${named(bag)} の袋のお渡しを取り消す`, "button plain", async () => {
      await api.remove(`${path(bag)}/handover`);
      return () => ({ kind: "shelf", title: "取り消しました" });
    });
  }

  /** @param {Answer} bag */
  arrived(bag) {
    return this.button(bag, "届いた", `${named(bag)} の袋が届いた`, "button", async () => {
      await api.post(`${path(bag)}/arrival`, { state: "arrived" });
      return () => ({ kind: "ready", title: "届いた" });
    });
  }

  /** @param {Answer} bag */
  missing(bag) {
    return this.button(bag, "届いていない", `${named(bag)} の袋が届いていない`, "link-button", async () => {
      await api.post(`${path(bag)}/arrival`, { state: "missing" });
      return () => ({ kind: "aside", title: "届いていない", lines: ["県立図書館に伝えました。"] });
    });
  }

  /**
   * A crate is mostly complete.
   *
   * @param {Answer[]} items
   */
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
   * @param {Answer} bag
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
    await loadBags();
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

  /** @param {Answer} bag */
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

/** @param {Answer} bag */
const named = ({ card_number: card }) => `利用者番号 ${card}`;
/** @param {Answer} bag */
const path = ({ id }) => `/facility/bags/${encodeURIComponent(id)}`;
