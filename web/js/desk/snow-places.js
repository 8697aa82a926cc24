/** The choice of facilities whose bags are to wait: one by one, a district, or all; and on a map. */

import { shortDay } from "../dates.js";
import { el } from "../dom.js";
import { facilityMap } from "../facility-map.js";

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
    this.map = this.drawn();
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
      el("div", { class: "snow-places" }, this.map.picture, el("div", { class: "stack" }, tiles)),
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
    // What is chosen stands out on the map; as long as nothing is, what has bags.
    const shown = numbers.length ? new Set(numbers) : new Set(this.bags.keys());
    this.map.show(new Set(this.places.filter(({ number }) => shown.has(String(number)))));
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

  drawn() {
    /** @param {Facility} place */
    const bagsAt = ({ number }) => this.bags.get(String(number)) ?? 0;
    return facilityMap(
      this.places,
      (members) => {
        const numbers = new Set(members.map(({ number }) => String(number)));
        const all = [...numbers].every((number) => this.boxes.get(number)?.checked);
        this.choose((number) => (numbers.has(number) ? !all : Boolean(this.boxes.get(number)?.checked)));
      },
      {
        number: (members) => String(members.reduce((sum, place) => sum + bagsAt(place), 0) || ""),
        more: (place) => (bagsAt(place) ? `(袋${bagsAt(place)})` : ""),
        hint: "印を選ぶと、その市町村の館を選びます。数字は袋の数です。",
      },
    );
  }
}
