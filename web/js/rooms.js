/**
 * Pages for who is signed in: rooms, one of which is shown by the address after #, with a way from each to each.
 *
 * A room is `{id, label, hidden, title, load}`. `load(house, ...details)` answers the elements to show; the details are what
 * follows the room's id in the address. A hidden room has no link of its own.
 */

import { Offline, Problem } from "./api.js";
import { Denied } from "./cognito.js";
import { byId, el, show, workingButton } from "./dom.js";
import { hideSummary, showSummary } from "./faults.js";
import { signedIn, SignedOut, signOut } from "./session.js";
import { askSignIn, whenSent } from "./signin.js";

/** A part of the address as it was meant; one that nobody has made is left as it is. */
function decoded(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** Open a house of rooms; `who` is who may come in, see `askSignIn`. */
export function openHouse(name, rooms, who) {
  const house = new House(name, rooms, who);
  addEventListener("hashchange", () => house.enter());
  // A page the browser has put aside comes back as it looked, even if its owner has left since.
  addEventListener("pageshow", ({ persisted }) => persisted && house.enter());
  house.enter();
}

class House {
  constructor(name, rooms, who) {
    this.rooms = rooms;
    this.who = who;
    this.visit = 0;
    this.nav = el("nav", { class: "rooms", "aria-label": name });
    byId("content").before(this.nav);
  }

  /** Show the room of the address, or the way in. `news` is told on top of it. */
  async enter(news = "") {
    const [id, ...details] = location.hash.slice(1).split("/").map(decoded);
    // The link that skips to the content.
    if (byId(id) && !this.room(id)) return;
    if (!signedIn(this.who.group)) {
      this.lock();
      return;
    }
    const room = this.room(id) ?? this.rooms[0];
    this.showDoors(room);
    await this.fill(room, details, news);
  }

  room(id) {
    return this.rooms.find((room) => room.id === id);
  }

  lock(news = "") {
    this.visit += 1;
    this.who.leaving?.();
    this.nav.replaceChildren();
    askSignIn(this.who, news, () => this.enter());
  }

  showDoors(current) {
    const door = ({ id, label }) =>
      el(
        "li",
        {},
        el("a", { href: `#${id}`, "aria-current": id === (current.under ?? current.id) ? "page" : null }, label),
      );
    const leave = workingButton("ログアウト", "ログアウト中…", () => this.leave(), { class: "link-button" });
    this.nav.replaceChildren(
      el("ul", { class: "wrap" }, this.rooms.filter(({ hidden }) => !hidden).map(door), el("li", {}, leave)),
    );
  }

  async fill(room, details, news) {
    const visit = (this.visit += 1);
    const stage = el("div", { class: "stack", "aria-busy": "true" }, el("p", {}, "読み込んでいます…"));
    show(room.title ?? room.label, el("h1", {}, room.title ?? room.label), stage);
    try {
      const content = await room.load(this, ...details);
      if (visit !== this.visit) return;
      stage.replaceChildren(...content.flat().filter(Boolean));
      if (news) this.tell(news);
    } catch (error) {
      if (visit !== this.visit) return;
      const again = workingButton("もう一度読み込む", "読み込んでいます…", () => this.enter(), {
        class: "button plain",
      });
      if (!this.refuse(error)) stage.replaceChildren(again);
    } finally {
      stage.setAttribute("aria-busy", "false");
    }
  }

  /** Load the room again after something was done in it, and say what. */
  again(news) {
    return this.enter(news);
  }

  /** Go to another room, and say there what was done. */
  go(hash, news) {
    if (location.hash !== hash) history.pushState(null, "", hash);
    return this.enter(news);
  }

  /** Say what was done, where readers go on. `news` is a text, or a list of elements. */
  tell(news) {
    byId("news")?.remove();
    const box = el("div", { class: "note done", id: "news", tabindex: -1, role: "group", "aria-label": "お知らせ" });
    box.append(...[news].flat().map((each) => (typeof each === "string" ? el("p", {}, each) : each)));
    byId("content").querySelector("h1").after(box);
    box.focus({ preventScroll: true });
    window.scrollTo({ top: 0, behavior: "instant" });
  }

  /** Say why something was not done. Answers true if that ends the visit. */
  refuse(error, title = "できませんでした") {
    if (error instanceof SignedOut) {
      this.lock(error.message);
      return true;
    }
    if (!(error instanceof Problem || error instanceof Offline || error instanceof Denied)) throw error;
    const reasons = error.reasons?.length ? error.reasons : [{ message: error.message }];
    byId("news")?.remove();
    showSummary(
      reasons.map(({ message, field }) => ({ message, target: byId(`field-${field}`) ? `field-${field}` : undefined })),
      title,
    );
    return false;
  }

  /** Say what is missing before something can be done. */
  refuseWith(message) {
    byId("news")?.remove();
    showSummary([{ message }]);
  }

  /** A button that does something and says why if it could not. */
  button(text, textAtWork, work, attributes = {}) {
    return workingButton(text, textAtWork, () => this.attempt(work), attributes);
  }

  /** A form that does something and says why if it could not. */
  form(work, ...content) {
    const form = el("form", { class: "stack", novalidate: true }, ...content);
    whenSent(form, () => this.attempt(() => work(form)));
    return form;
  }

  async attempt(work) {
    hideSummary();
    try {
      await work();
    } catch (error) {
      this.refuse(error);
    }
  }

  async leave(everywhere = false) {
    await this.attempt(() => signOut(everywhere));
    history.replaceState(null, "", location.pathname);
    this.lock();
  }
}
