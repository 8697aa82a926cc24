/** The choice of facilities whose bags are to wait: one by one, a district, or all; with a map where it is known where they are. */

import { shortDay } from "../dates.js";
import { el } from "../dom.js";

const SVG = "http://www.w3.org/2000/svg";
const MAP_WIDTH = 400;
const MAP_EDGE = 24;
// A degree of longitude is so much of one of latitude in Aomori.
const NARROWER = 0.76;

export class FacilityChoice {
  /**
   * @param {Facility[]} places
   * @param {Answer[]} crates
   * @param {Answer[]} moved
   */
  constructor(places, crates, moved) {
    this.places = places;
    this.bags = new Map(crates.map(({ facility, bag_count: count }) => [facility, count]));
    this.moved = new Map(moved.map((shift) => [shift.facility, shift]));
    /** @type {Map<string, HTMLInputElement>} */
    this.boxes = new Map();
    const districts = [...new Set(places.map(({ district }) => district))];
    this.count = el("p", { role: "status", class: "chosen-days" });
    const tiles = districts.map((district) => this.district(district));
    this.dots = new Map();
    const map = this.map();
    this.element = el(
      "div",
      { class: "stack" },
      el(
        "div",
        { class: "actions" },
        this.button("袋のある館をすべて選ぶ", (number) => this.bags.has(number)),
        this.button("すべての館を選ぶ", () => true),
        this.button("選ぶのをやめる", () => false),
      ),
      this.count,
      el("div", { class: map ? "snow-places" : "" }, map, el("div", { class: "stack" }, tiles)),
    );
    this.element.addEventListener("input", () => this.tell());
    this.tell();
  }

  /** The numbers of the facilities that are chosen. */
  chosen() {
    return [...this.boxes].filter(([, { checked }]) => checked).map(([number]) => number);
  }

  tell() {
    const numbers = this.chosen();
    const bags = numbers.reduce((sum, number) => sum + (this.bags.get(number) ?? 0), 0);
    this.count.textContent = numbers.length ? `${numbers.length}館、袋${bags}を選んでいます。` : "館を選んでください。";
    for (const [number, dot] of this.dots) dot.classList.toggle("chosen", this.boxes.get(number)?.checked);
  }

  /**
   * @param {string} text
   * @param {(number: string) => boolean} wanted
   */
  button(text, wanted) {
    return el("button", { type: "button", class: "button plain", onclick: () => this.choose(wanted) }, text);
  }

  /** @param {(number: string) => boolean} wanted */
  choose(wanted) {
    for (const [number, box] of this.boxes) box.checked = wanted(number);
    this.element.dispatchEvent(new Event("input"));
  }

  /** @param {string} district */
  district(district) {
    const own = this.places.filter((place) => place.district === district);
    const numbers = new Set(own.map(({ number }) => String(number)));
    const all = el(
      "button",
      {
        type: "button",
        class: "link-button",
        "aria-label": `${district}の館をすべて選ぶ`,
        onclick: () => this.choose((number) => numbers.has(number) || Boolean(this.boxes.get(number)?.checked)),
      },
      "この地区をすべて選ぶ",
    );
    return el(
      "fieldset",
      { class: "district" },
      el("legend", {}, district),
      all,
      el(
        "div",
        { class: "tiles" },
        own.map((place) => this.tile(place)),
      ),
    );
  }

  /** @param {Facility} place */
  tile({ number, name }) {
    const key = String(number);
    const box = el("input", { type: "checkbox", name: "facilities", value: key });
    this.boxes.set(key, box);
    const shift = this.moved.get(key);
    const bags = this.bags.get(key);
    return el(
      "label",
      { class: bags ? "tile bagged" : "tile" },
      box,
      el(
        "span",
        {},
        `No.${key} ${name}`,
        el("span", { class: "bags" }, bags ? ` 袋${bags}` : " 袋なし"),
        shift ? el("span", { class: "late" }, ` ${shortDay(shift.pickup_until)}までに変更済み`) : null,
      ),
    );
  }

  /** The facilities where they are; what it shows is written on the tiles, so it is for eyes alone. */
  map() {
    const known = this.places.filter(({ latitude, longitude }) => latitude && longitude);
    if (!known.length) return null;
    const at = positions(known);
    const svg = document.createElementNS(SVG, "svg");
    svg.setAttribute("viewBox", `0 0 ${MAP_WIDTH} ${at.height}`);
    svg.setAttribute("aria-hidden", "true");
    svg.classList.add("snow-map");
    for (const place of known) svg.append(this.dot(place, at.of(place)));
    return svg;
  }

  /**
   * @param {Facility} place
   * @param {{ x: number, y: number }} at
   */
  dot({ number, name }, { x, y }) {
    const key = String(number);
    const bags = this.bags.get(key) ?? 0;
    const dot = document.createElementNS(SVG, "circle");
    const size = bags ? 6 + 3 * Math.sqrt(bags) : 4;
    for (const [attribute, value] of Object.entries({ cx: x, cy: y, r: size }))
      dot.setAttribute(attribute, String(value));
    dot.classList.add("dot");
    dot.classList.toggle("bagged", bags > 0);
    dot.classList.toggle("moved", this.moved.has(key));
    const title = document.createElementNS(SVG, "title");
    title.textContent = `${name} 袋${bags}`;
    dot.append(title);
    dot.addEventListener("click", () => this.boxes.get(key)?.click());
    this.dots.set(key, dot);
    return dot;
  }
}

/**
 * Where places are on a map of their own size, north at the top.
 *
 * @param {Facility[]} places
 */
function positions(places) {
  const [north, south] = range(places.map(({ latitude = 0 }) => latitude));
  const [east, west] = range(places.map(({ longitude = 0 }) => longitude));
  const scale = (MAP_WIDTH - 2 * MAP_EDGE) / ((east - west) * NARROWER || 1);
  return {
    height: Math.ceil((north - south) * scale + 2 * MAP_EDGE),
    /** @param {Facility} place */
    of: ({ latitude = 0, longitude = 0 }) => ({
      x: MAP_EDGE + (longitude - west) * NARROWER * scale,
      y: MAP_EDGE + (north - latitude) * scale,
    }),
  };
}

/** @param {number[]} values */
const range = (values) => [Math.max(...values), Math.min(...values)];
