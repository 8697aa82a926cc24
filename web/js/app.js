/**
 * Pages of views, one of which is shown by the address after #, with a link to each; for who is signed in, or anyone.
 *
 * A view's `load(app, ...details)` answers the elements to show; the details are what follows the view's id in the address.
 */

import { Offline, Problem, reasonsOf } from "./api.js";
import { Denied } from "./cognito.js";
import { byId, el, fill, flat, main, show, workingButton } from "./dom.js";
import { hideSummary, showSummary } from "./faults.js";
import { onSubmit } from "./inputs.js";
import { signedIn, SignedOut, signOut } from "./session.js";
import { askSignIn } from "./signin.js";

/**
 * A part of the address as it was meant; one that nobody has made is left as it is.
 *
 * @param {string} part
 */
function decoded(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/**
 * Start a page of views; `who` is who may sign in to it, nobody if it is for anyone.
 *
 * @param {string} name
 * @param {View[]} views
 * @param {SignIn} [who]
 */
export function startApp(name, views, who) {
  const app = new App(name, views, who);
  addEventListener("hashchange", () => app.open());
  // A page the browser has put aside comes back as it looked, even if its owner has left since.
  addEventListener("pageshow", ({ persisted }) => persisted && app.open());
  app.open();
}

export class App {
  /**
   * @param {string} name
   * @param {View[]} views
   * @param {SignIn} [who]
   */
  constructor(name, views, who) {
    this.views = views;
    this.who = who;
    /** How much is left behind a view's link, by its id. @type {Map<string, string>} */
    this.counts = new Map();
    // How often something was opened: what comes too late belongs to a view that is gone.
    this.opened = 0;
    this.nav = el("nav", { class: "view-links", "aria-label": name });
    main().before(this.nav);
  }

  /**
   * Show the view of the address, or the sign-in. `news` is told on top of it.
   *
   * @param {Child} news
   */
  async open(news = "") {
    const [id, ...details] = location.hash.slice(1).split("/").map(decoded);
    // The link that skips to the content.
    if (byId(id) && !this.view(id)) return;
    if (this.who && !signedIn(this.who.group)) {
      this.showSignIn();
      return;
    }
    const view = this.view(id) ?? this.views[0];
    this.showLinks(view);
    await this.load(view, details, news);
  }

  /** @param {string} id */
  view(id) {
    return this.views.find((view) => view.id === id);
  }

  /** Show nothing but the sign-in; `news` is why. */
  showSignIn(news = "") {
    const { who } = this;
    if (!who) return;
    this.opened += 1;
    who.onSignOut?.();
    this.nav.replaceChildren();
    askSignIn(who, news, () => this.open());
  }

  /** @param {View} current */
  showLinks(current) {
    const id = current.under ?? current.id;
    /** @param {View} view */
    const link = (view) =>
      el(
        "li",
        { class: view.aside && "aside" },
        el("a", { href: `#${view.id}`, "aria-current": view.id === id ? "page" : null }, view.label),
      );
    const shown = this.views.filter(({ hidden }) => !hidden);
    const hasMenu = shown.some(({ aside }) => aside);
    const signOutButton =
      this.who && workingButton("ログアウト", "ログアウト中…", () => this.signOut(), { class: "link-button" });
    const menu = hasMenu && this.menuButton();
    // One way alone leads nowhere else.
    this.nav.hidden = shown.length < 2 && !this.who;
    this.nav.replaceChildren(
      el(
        "ul",
        { class: "wrap" },
        shown.filter(({ aside }) => !aside).map(link),
        menu && el("li", { class: "menu" }, menu),
        shown.filter(({ aside }) => aside).map(link),
        (this.who?.ways ?? []).map(([href, label]) => el("li", { class: "aside" }, el("a", { href }, label))),
        signOutButton && el("li", { class: hasMenu && "aside" }, signOutButton),
      ),
    );
    this.tellCounts(this.counts);
  }

  /**
   * Say at each link how much is left behind it, by the view's id.
   *
   * @param {Map<string, string>} counts
   */
  tellCounts(counts) {
    this.counts = counts;
    for (const link of this.nav.querySelectorAll("a")) {
      link.parentElement?.querySelector(".count")?.remove();
      const count = counts.get(link.hash.slice(1));
      // Readers are told on the page that counts.
      if (count) link.after(el("span", { class: "count", "aria-hidden": "true" }, count));
    }
  }

  /** On a narrow screen it opens the links that stand aside. */
  menuButton() {
    const button = el("button", { type: "button", class: "link-button", "aria-expanded": "false" }, "メニュー");
    button.addEventListener("click", () =>
      button.setAttribute("aria-expanded", String(button.getAttribute("aria-expanded") === "false")),
    );
    return button;
  }

  /**
   * @param {View} view
   * @param {string[]} details
   * @param {Child} news
   */
  async load(view, details, news) {
    const opened = (this.opened += 1);
    const title = view.title ?? view.label ?? "";
    const place = el("div", { class: "stack", "aria-busy": "true" }, el("p", {}, "読み込んでいます…"));
    show(title, el("h1", {}, title), place);
    try {
      const content = await view.load(this, ...details);
      if (opened !== this.opened) return;
      fill(place, content);
      if (news) this.announce(news);
    } catch (error) {
      if (opened !== this.opened) return;
      const again = workingButton("もう一度読み込む", "読み込んでいます…", () => this.open(), {
        class: "button plain",
      });
      if (!this.showError(error)) place.replaceChildren(again);
    } finally {
      place.setAttribute("aria-busy", "false");
    }
  }

  /**
   * Load the view again after something was done in it, and say what.
   *
   * @param {Child} news
   */
  reload(news) {
    return this.open(news);
  }

  /**
   * Go to another view, and say there what was done.
   *
   * @param {string} hash
   * @param {Child} [news]
   */
  goTo(hash, news) {
    if (location.hash !== hash) history.pushState(null, "", hash);
    return this.open(news);
  }

  /**
   * Say what was done, where readers go on. `news` is a text, or a list of texts and elements.
   *
   * @param {Child} news
   */
  announce(news) {
    byId("news")?.remove();
    const box = el("div", { class: "note done", id: "news", tabindex: -1, role: "group", "aria-label": "お知らせ" });
    box.append(...flat([news]).map((each) => (typeof each === "string" ? el("p", {}, each) : each)));
    main().querySelector("h1")?.after(box);
    box.focus({ preventScroll: true });
    window.scrollTo({ top: 0, behavior: "instant" });
  }

  /**
   * Say why something was not done. Answers true if nobody is signed in any more.
   *
   * @param {unknown} error
   */
  showError(error) {
    if (error instanceof SignedOut) {
      this.showSignIn(error.message);
      return true;
    }
    if (!(error instanceof Problem || error instanceof Offline || error instanceof Denied)) throw error;
    byId("news")?.remove();
    showSummary(
      reasonsOf(error).map(({ message, field }) => ({
        message,
        target: byId(`field-${field}`) ? `field-${field}` : undefined,
      })),
      "手続きは、まだ終わっていません",
    );
    return false;
  }

  /**
   * Say what is missing before something can be done.
   *
   * @param {string} message
   */
  showFault(message) {
    byId("news")?.remove();
    showSummary([{ message }]);
  }

  /**
   * A button that does something and says why if it could not.
   *
   * @param {string} text
   * @param {string} textAtWork
   * @param {() => unknown} work
   * @param {Attributes} attributes
   */
  button(text, textAtWork, work, attributes = {}) {
    return workingButton(text, textAtWork, () => this.attempt(work), attributes);
  }

  /**
   * A form that does something and says why if it could not.
   *
   * @param {(form: HTMLFormElement) => unknown} work
   * @param {...Child} content
   */
  form(work, ...content) {
    const form = el("form", { class: "stack", novalidate: true }, ...content);
    onSubmit(form, () => this.attempt(() => work(form)));
    return form;
  }

  /** @param {() => unknown} work */
  async attempt(work) {
    hideSummary();
    try {
      await work();
    } catch (error) {
      this.showError(error);
    }
  }

  async signOut(everywhere = false) {
    await this.attempt(() => signOut(everywhere));
    history.replaceState(null, "", location.pathname);
    this.showSignIn();
  }
}
