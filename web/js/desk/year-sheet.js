/** A year as a sheet of days, of which some are chosen: by dragging, by two clicks, or with shift and the arrow keys. */

import { dayInWords } from "../dates.js";
import { el } from "../dom.js";
import { daysAfter, daysOfMonth, weekdayOf } from "./year-days.js";

const WEEKDAYS = [..."日月火水木金土"];
/** @type {Record<string, number>} */
const STEPS = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7, PageUp: -28, PageDown: 28 };

/**
 * What is to be seen of a day: classes, a sign under its number, and the same in words.
 *
 * @typedef {{ look: string, sign: string, words: string }} Mark
 */

export class YearSheet {
  /**
   * @param {number} year
   * @param {(day: string) => Mark} markOf
   * @param {(from: string, until: string) => void} chosen
   */
  constructor(year, markOf, chosen) {
    this.markOf = markOf;
    this.chosen = chosen;
    /** @type {Map<string, HTMLButtonElement>} */
    this.buttons = new Map();
    this.anchor = "";
    this.from = "";
    this.until = "";
    /** Whether the next click ends what the last one began. */
    this.open = false;
    this.dragged = false;
    this.element = el(
      "div",
      { class: "year", role: "group", "aria-label": `${year}年`, "aria-describedby": "year-help" },
      Array.from({ length: 12 }, (_, n) => this.month(year, n + 1)),
    );
    this.listen();
  }

  /**
   * @param {number} year
   * @param {number} month
   */
  month(year, month) {
    const days = daysOfMonth(year, month);
    const cells = [...Array(weekdayOf(days[0])).fill(""), ...days];
    const weeks = Array.from({ length: Math.ceil(cells.length / 7) }, (_, n) => cells.slice(n * 7, n * 7 + 7));
    return el(
      "section",
      {},
      el("h3", {}, `${month}月`),
      el(
        "table",
        { class: "month", "aria-label": `${year}年${month}月` },
        el(
          "thead",
          {},
          el(
            "tr",
            {},
            WEEKDAYS.map((name) => el("th", { scope: "col" }, name)),
          ),
        ),
        el(
          "tbody",
          {},
          weeks.map((week) =>
            el(
              "tr",
              {},
              Array.from({ length: 7 }, (_, n) => el("td", {}, week[n] ? this.day(week[n]) : null)),
            ),
          ),
        ),
      ),
    );
  }

  /** @param {string} day */
  day(day) {
    const { look, sign, words } = this.markOf(day);
    const button = el(
      "button",
      {
        type: "button",
        class: `day ${look}`,
        tabindex: this.buttons.size ? -1 : 0,
        "data-day": day,
        "aria-pressed": "false",
        "aria-label": `${dayInWords(day)}${words ? ` ${words}` : ""}`,
      },
      String(Number(day.slice(8))),
      el("span", { class: "sign", "aria-hidden": "true" }, sign),
    );
    this.buttons.set(day, button);
    return button;
  }

  listen() {
    const { element } = this;
    element.addEventListener("keydown", (event) => this.moved(event));
    element.addEventListener("pointerdown", (event) => {
      if (event.pointerType === "mouse") this.anchor = dayAt(event);
      this.dragged = false;
    });
    element.addEventListener("pointerover", (event) => {
      const day = dayAt(event);
      if (event.pointerType !== "mouse" || !(event.buttons & 1) || !this.anchor || !day || day === this.anchor) return;
      this.dragged = true;
      this.open = false;
      this.choose(this.anchor, day);
    });
    element.addEventListener("click", (event) => !this.dragged && this.clicked(dayAt(event)));
  }

  /** @param {string} day */
  clicked(day) {
    if (!day) return;
    if (!this.open) this.anchor = day;
    this.open = !this.open;
    this.choose(this.anchor, day);
    this.goTo(day);
  }

  /** @param {KeyboardEvent} event */
  moved(event) {
    const at = dayAt(event);
    const to = at && event.key in STEPS ? daysAfter(at, STEPS[event.key]) : "";
    if (!this.buttons.has(to)) return;
    event.preventDefault();
    if (event.shiftKey) {
      if (!this.open) this.anchor = at;
      this.open = true;
      this.choose(this.anchor, to);
    }
    this.goTo(to);
  }

  /**
   * One day of the sheet can be tabbed to, from which the keys lead on.
   *
   * @param {string} day
   */
  goTo(day) {
    for (const button of this.buttons.values()) button.tabIndex = -1;
    const button = this.buttons.get(day);
    if (!button) return;
    button.tabIndex = 0;
    button.focus();
  }

  /**
   * @param {string} one
   * @param {string} other
   */
  choose(one, other) {
    [this.from, this.until] = [one, other].sort();
    for (const [day, button] of this.buttons) {
      button.setAttribute("aria-pressed", String(this.from <= day && day <= this.until));
    }
    this.chosen(this.from, this.until);
  }
}

/** @param {Event} event */
const dayAt = ({ target }) =>
  (target instanceof Element && target.closest("[data-day]")?.getAttribute("data-day")) || "";
