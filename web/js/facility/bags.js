/** 袋: what comes, what is to be handed over, what goes back, what is done; a card's bar code finds its bag (RULES 28-30). */

import { messageOf } from "../api.js";
import { dayInWords, momentInWords, shortDay } from "../dates.js";
import { Scanner } from "../desk/scanner.js";
import { el, workingButton } from "../dom.js";
import { api, SignedOut } from "../session.js";
import { asOf, BAG_LISTS, listOf, loadBags, onList } from "./bag-lists.js";
import { Camera } from "./camera.js";
import { carryOut, DEEDS, unsentNotes } from "./deeds.js";
import { ownFacility } from "./own-facility.js";
import { sendWaiting } from "./unsent.js";

const ASKED_FIRST = ["to_hand_over", "to_return", "coming", "done"];
const NOT_TOLD = "届いていません(まだ送られていません)";
/** @type {Record<string, string>} */
const ARRIVALS = { arrived: "届きました", missing: "届いていません({{owner_word}}に伝えました)" };

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
    sendWaiting(facility.number);
    shown = new BagList(app, bagList, this, facility);
    return shown.content();
  },
}));

/** @type {BagList | undefined} */
let shown;

/** Something was sent, or recorded in another tab: whoever looks at a list sees it. */
export const lookAgain = () => shown?.isHere() && shown.refresh();

class BagList {
  /**
   * @param {App} app
   * @param {Answer} bagList
   * @param {View} view
   * @param {Answer} facility
   */
  constructor(app, bagList, view, facility) {
    this.app = app;
    this.list = bagList;
    this.view = view;
    this.facility = facility;
    this.notes = el("div", { class: "stack", role: "status" });
    this.shown = el("div", { class: "stack" });
    this.scan = new Scanner(app, "{{card_word}}のバーコード", (code) => this.find(code));
    this.camera = new Camera(
      (code) => this.scan.run(code, (number) => this.find(number)),
      (open) => this.scan.form.classList.toggle("by-camera", open),
    );
    this.looks = 0;
  }

  content() {
    this.draw();
    const [button, panel] = this.camera.parts;
    if (button) this.scan.form.querySelector("button")?.after(button);
    if (panel) this.scan.form.after(panel);
    // Once it stands in the page, if nobody has gone on meanwhile.
    setTimeout(() => this.isHere() && this.opened());
    return [el("p", {}, `No.${this.facility.number} ${this.facility.name}`), this.scan.top, this.notes, this.shown];
  }

  isHere() {
    return this.shown.isConnected;
  }

  opened() {
    this.app.showLinks(this.view);
    this.scan.focus();
  }

  /** The list as it is now; who stood in it stands at the scan. */
  draw() {
    const wasWithin = [this.shown, this.notes].some((place) => place.contains(document.activeElement));
    const items = onList(this.list.id);
    const headings = [...new Set(items.map(this.list.heading))];
    this.notes.replaceChildren(
      ...unsentNotes(this.facility.number, () => this.draw()).filter((note) => note !== null),
      ...(asOf() ? [el("p", {}, `${momentInWords(asOf())}の一覧です。つながると、新しくなります。`)] : []),
    );
    this.shown.replaceChildren(
      el("p", {}, items.length ? this.list.hint : this.list.none),
      ...(this.list.id === "coming" ? this.allArrived(items) : []),
      ...headings.flatMap((heading) => this.part(heading, items)),
      el("p", {}, el("a", { href: "#sheet" }, "1週間の一覧を紙に印刷する")),
    );
    if (wasWithin) this.scan.focus();
  }

  /**
   * @param {string} heading
   * @param {Answer[]} items
   */
  part(heading, items) {
    const those = items.filter((bag) => this.list.heading(bag) === heading);
    const books = those.reduce((sum, bag) => sum + bag.books, 0);
    return [
      el("h2", {}, `${heading} ${those.length}個 ${books}冊`),
      el(
        "ul",
        { class: "books" },
        those.map((bag) => this.line(bag)),
      ),
    ];
  }

  /** @param {Answer} bag */
  line(bag) {
    const { former_card_number: former, books } = bag;
    return el(
      "li",
      { class: "book bag" },
      el(
        "div",
        {},
        el(
          "h3",
          { class: "book-title" },
          el("span", { class: "number" }, bag.card_number),
          " ",
          el("span", { class: "bag-books" }, `${books}冊`),
        ),
        el("p", {}, `受取 ${shortDay(bag.pickup_from)}～${shortDay(bag.pickup_until)}`),
        former ? el("p", {}, `袋の票は、再発行前の番号 ${former}`) : null,
        state(bag) ? el("p", {}, state(bag)) : null,
      ),
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
    if (on === "done") return this.undo(bag);
    /** @type {Deed[]} */
    const deeds = [];
    if (on !== "coming" && arrival !== "missing") deeds.push("handed_over");
    if (arrival === "missing" || (on === "coming" && !arrival)) deeds.push("arrived");
    if (on !== "to_return" && arrival !== "missing") deeds.push("missing");
    return deeds.map((deed) => this.button(bag, deed));
  }

  /**
   * @param {Answer} bag
   * @returns {Child[]}
   */
  undo(bag) {
    const until = bag.undo_until ? `${momentInWords(bag.undo_until)}まで取り消せます` : "";
    return bag.undo_until || bag.unsent ? [this.button(bag, "taken_back"), until ? el("span", {}, until) : null] : [];
  }

  /**
   * @param {Answer} bag
   * @param {Deed} deed
   */
  button(bag, deed) {
    const { text, about, style } = DEEDS[deed];
    const work = async () => {
      const said = await carryOut(this.facility.number, bag, deed);
      await this.lookAgain();
      const now = onList("done").find(({ id }) => id === bag.id);
      return deed === "handed_over" && now
        ? { ...said, below: [el("div", { class: "actions" }, this.undo(now))] }
        : said;
    };
    return workingButton(text, "記録しています…", () => this.scan.run(bag.card_number, work), {
      class: style,
      "aria-label": `利用者番号 ${bag.card_number} ${about}`,
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
    const work = async () => {
      const said = [];
      for (const bag of open) said.push(await carryOut(this.facility.number, bag, "arrived"));
      await this.lookAgain();
      const last = said.at(-1) ?? DEEDS.arrived.said;
      return { ...last, title: "すべて届いた" };
    };
    const all = workingButton("すべて届いた", "記録しています…", () => this.scan.run(`${open.length}個`, work));
    return [el("div", { class: "actions" }, all)];
  }

  /** Nobody asked for it: where it cannot be done, the list stays as it is. */
  async refresh() {
    try {
      await this.lookAgain();
    } catch (error) {
      if (error instanceof SignedOut) this.app.showSignIn(error.message);
      else messageOf(error);
    }
  }

  /** Of several looks the latest counts. */
  async lookAgain() {
    const look = (this.looks += 1);
    await loadBags();
    if (!this.isHere() || look !== this.looks) return;
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
    if (!found.length) return this.nothing(number);
    const { former_card_number: former, card_number: now } = found[0];
    return {
      ...listOf(found[0]).told(found[0]),
      lines: former === number ? [`再発行前の番号です。新しい番号は ${now} です。`] : [],
      below: found.map((bag) => this.found(bag)),
    };
  }

  /** @param {Answer} bag */
  found(bag) {
    const { books, last_day: last, handed_over_at: at } = bag;
    return el(
      "div",
      { class: "found" },
      el("p", { class: "where" }, `${books}冊 ${days(bag)}`),
      last && !at ? el("p", { class: "late" }, "今日が受取の最終日です") : null,
      el("div", { class: "actions" }, this.buttons(bag)),
    );
  }

  /**
   * No bag of that number is known here; it may lie there all the same (RULES 54).
   *
   * @param {string} number
   * @returns {Instruction}
   */
  nothing(number) {
    const work = async () => {
      await api.post("/facility/reports", {
        kind: "extra",
        text: `一覧にない袋が届いています。袋の票の番号 ${number}`,
      });
      return { kind: "aside", title: "連絡しました", lines: ["袋は、開けずにお預かりください。"] };
    };
    const tell = workingButton("この番号の袋が届いている", "連絡しています…", () => this.scan.run(number, work), {
      class: "button plain",
      "aria-label": `番号 ${number} の袋が届いていると、{{owner_word}}に連絡する`,
    });
    const lines = ["番号を確かめてください。"];
    return { kind: "stop", title: "袋はありません", lines, below: [el("div", { class: "actions" }, tell)] };
  }
}

/** @param {Answer} bag */
const days = ({ pickup_from: from, pickup_until: until }) => `${dayInWords(from)}～${dayInWords(until)}`;

/**
 * How far it has come: whether it arrived, when it was handed over.
 *
 * @param {Answer} bag
 */
function state({ arrival, handed_over_at: at, unsent }) {
  if (at) return `${momentInWords(at)} お渡し${unsent ? "(まだ送られていません)" : ""}`;
  return unsent && arrival === "missing" ? NOT_TOLD : (ARRIVALS[arrival] ?? "");
}
