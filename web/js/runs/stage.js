/** The stage of a replay: titles as lanes, of which some are in sight; copies that go to the heads of their queues. */

import { lookOf } from "./story.js";
import { svg } from "../svg.js";
import { drawing, short } from "./figures.js";
import { kindOf, reasonInShort } from "./words.js";

/** @typedef {import("./story.js").Story} Story */

const LANE = 88;
const HEAD = 15;
const SHELF = 34;

/** Draws a story as far as it is told, and lets the last step move. */
export class Stage {
  /**
   * @param {Element} place
   * @param {Story} story
   */
  constructor(place, story) {
    this.place = place;
    this.story = story;
    this.first = 0;
    // What was drawn last: only one more step is worth a movement.
    this.told = -1;
    this.size = { width: 720, lanes: 5, step: 92, from: SHELF + 62 };
  }

  /** Fit the stage into the room it has: wide ones show more of a queue. */
  fit() {
    const width = Math.max(300, this.place.clientWidth);
    const wide = width > 600;
    this.size = { width, lanes: 5, step: wide ? 92 : 74, from: SHELF + 62 };
  }

  /**
   * @param {number} told so many steps
   * @param {number} duration of a movement in milliseconds; 0 shows where it ends
   */
  draw(told, duration) {
    const { story, size } = this;
    const last = story.steps[told - 1];
    const moves = duration > 0 && told === this.told + 1;
    const before = this.first;
    this.first = this.firstLane(last?.lane ?? 0, size.lanes);
    const lanes = story.lanes.slice(this.first, this.first + size.lanes);
    const drawn = lanes.map((lane, place) => this.lane(lane, this.first + place, told, size));
    const group = svg("g", {}, drawn);
    const picture = drawing("処理の再生", size.width, size.lanes * LANE, group);
    this.place.replaceChildren(picture);
    this.told = told;
    if (!moves || !last) return;
    if (this.first !== before) slide(group, (this.first - before) * LANE, duration);
    this.move(picture, last, size, duration);
  }

  /**
   * Come into sight with all that belongs to it, unless it is there.
   *
   * @param {boolean} still without movement
   */
  come(still) {
    if (this.place.getBoundingClientRect().bottom > innerHeight)
      this.place.parentElement?.scrollIntoView({ block: "start", behavior: still ? "instant" : "smooth" });
  }

  /**
   * The lane in question stays near the middle.
   *
   * @param {number} lane
   * @param {number} shown
   */
  firstLane(lane, shown) {
    return Math.max(0, Math.min(lane - Math.floor(shown / 2), this.story.lanes.length - shown));
  }

  /**
   * @param {import("./story.js").Lane} lane
   * @param {number} number
   * @param {number} told
   * @param {Stage["size"]} size
   */
  lane({ title, holds }, number, told, { width, step, from }) {
    const room = Math.max(1, Math.floor((width - from) / step));
    const current = this.story.steps[told - 1];
    // A long queue is seen around the hold that is told of.
    const at = current?.lane === number ? current.hold.place : 0;
    const start = Math.max(0, Math.min(at - room + 2, holds.length - room));
    const seen = holds.slice(start, start + room);
    const left = holds.filter((hold) => hold.served && lookOf(hold, told) === "undecided").length;
    const more = holds.length - start - seen.length;
    return svg(
      "g",
      {
        transform: `translate(0 ${(number - this.first) * LANE})`,
        class: current?.lane === number ? "lane now" : "lane",
      },
      svg("rect", { x: 0, y: 2, width, height: LANE - 6, rx: 8, class: "ground" }),
      svg("text", { x: 10, y: 22, class: "title" }, short(title, Math.floor((width - 90) / 15))),
      svg("text", { x: width - 10, y: 22, class: "name end" }, more > 0 ? `ほか${more}人` : `${holds.length}人`),
      svg("g", { class: "shelf" }, copies(left)),
      seen.map((hold, place) => head(hold, from + place * step, told, hold === current?.hold)),
    );
  }

  /**
   * @param {SVGElement} picture
   * @param {import("./story.js").Step} step
   * @param {Stage["size"]} size
   * @param {number} duration
   */
  move(picture, { kind }, { from }, duration) {
    const now = picture.querySelector(".head.told");
    if (!now) return;
    const book = now.querySelector(".book");
    const x = Number(now.getAttribute("data-x"));
    if (kind === "give" && book)
      book.animate(
        [
          { transform: `translate(${SHELF - x}px, -4px) scale(0.8)` },
          { transform: `translate(${(from - x) / 2}px, -14px) scale(1.1)`, offset: 0.5 },
          { transform: "none" },
        ],
        { duration, easing: "ease-in-out" },
      );
    else now.animate([{ opacity: 0.2 }, { opacity: 1 }], { duration: duration * 0.7, easing: "ease-out" });
    if (kind === "cap")
      now.querySelector(".gate")?.animate(
        [
          { transform: "scale(2.2)", opacity: 0 },
          { transform: "none", opacity: 1 },
        ],
        {
          duration: duration * 0.8,
          easing: "ease-out",
        },
      );
  }
}

/**
 * @param {SVGElement} group
 * @param {number} by
 * @param {number} duration
 */
const slide = (group, by, duration) =>
  group.animate([{ transform: `translateY(${by}px)` }, { transform: "none" }], {
    duration: Math.min(duration, 300),
    easing: "ease-out",
  });

/**
 * The copies that are still on the shelf: a few as spines, then a number.
 *
 * @param {number} left
 */
function copies(left) {
  const spines = Array.from({ length: Math.min(left, 4) }, (_, place) =>
    svg("rect", { x: 12 + place * 9, y: 40, width: 7, height: 26, rx: 1.5, class: "lent" }),
  );
  return [
    svg("line", { x1: 8, x2: 62, y1: 68, y2: 68, class: "axis" }),
    spines,
    left > 4 ? svg("text", { x: 50, y: 60, class: "name" }, `×${left}`) : null,
  ];
}

// What is said beneath a hold that a copy has gone to.
/** @type {Record<string, string>} */
const SAID = { lent: "貸出", kept: "上限", other: "{{owner_short}}で受取" };

/**
 * A hold in its place of the queue.
 *
 * @param {import("./story.js").StoryHold} hold
 * @param {number} x
 * @param {number} told
 * @param {boolean} now
 */
function head(hold, x, told, now) {
  const look = lookOf(hold, told);
  const kind = look === "reason" ? kindOf(hold.code) : look;
  const said = look === "reason" ? reasonInShort(hold.code) : (SAID[look] ?? "");
  const holdsBook = look in SAID;
  return svg(
    "g",
    { transform: `translate(${x} 49)`, class: now ? "head told" : "head", "data-x": x },
    now ? svg("circle", { r: HEAD + 4, class: "halo" }) : null,
    svg("circle", { r: HEAD, class: kind }),
    holdsBook
      ? svg(
          "g",
          { class: `book ${kind}` },
          svg("rect", { x: -6, y: -8, width: 12, height: 16, rx: 1.5 }),
          svg("line", { x1: -3, x2: -3, y1: -8, y2: 8 }),
        )
      : svg("text", { y: 5, class: "place middle" }, String(hold.place + 1)),
    look === "kept" ? svg("path", { d: "M-11 -13 V13 M11 -13 V13", class: "gate" }) : null,
    svg("text", { y: 31, class: "said middle" }, short(said, 7)),
  );
}
