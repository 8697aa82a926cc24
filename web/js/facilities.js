/** The partner facilities: all of them on a map and as a list, found by municipality or name, each with its closed days (RULES 5, 29, 40). */

import { get, messageOf } from "./api.js";
import { dayInWords } from "./dates.js";
import { byId, el } from "./dom.js";
import { facilityMap } from "./facility-map.js";
import { fillFrom } from "./filling.js";
import { finder } from "./finding.js";
import { factList } from "./library/parts.js";

/**
 * Search, map and list.
 *
 * @param {Facility[]} facilities
 */
function view(facilities) {
  const field = el("input", { class: "text", id: "words", type: "search", maxlength: 100, autocomplete: "off" });
  const found = el("p", { role: "status" });
  const entries = facilities.map((facility) => ({ facility, shown: entry(facility) }));
  const sections = sectionsOf(entries);
  const map = facilityMap(facilities, (members) => choose(members));

  const find = () => {
    const has = finder(field.value);
    const matching = new Set(facilities.filter((each) => has(textOf(each))));
    for (const { facility, shown } of entries) shown.hidden = !matching.has(facility);
    for (const section of sections) section.hidden = !section.querySelector("li:not([hidden])");
    map.show(matching);
    found.textContent = matching.size ? `${matching.size}か所` : "当たる{{partner_word}}は、ありません。";
  };
  /** @param {Facility[]} members */
  const choose = (members) => {
    field.value = members.length > 1 ? members[0].municipality : members[0].name;
    find();
    open(members[0].number);
  };
  field.addEventListener("input", find);
  find();
  return [
    search(field, found),
    el("p", {}, el("a", { href: "#list" }, "地図をとばして、一覧へ進む")),
    el("div", { class: "map-and-list" }, map.picture, el("div", { id: "list", tabindex: -1 }, sections)),
  ];
}

/** @param {Facility} facility */
const textOf = ({ district, municipality, name }) => `${district} ${municipality} ${name}`;

/**
 * @param {HTMLInputElement} field
 * @param {HTMLElement} found
 */
function search(field, found) {
  const form = el(
    "form",
    { class: "finder", role: "search" },
    el("label", { class: "label", for: "words" }, "市町村や館の名前でさがす"),
    field,
    found,
  );
  form.addEventListener("submit", (event) => event.preventDefault());
  return form;
}

/** @param {{ facility: Facility, shown: HTMLElement }[]} entries */
function sectionsOf(entries) {
  const districts = [...new Set(entries.map(({ facility }) => facility.district))];
  return districts.map((district) =>
    el(
      "section",
      { class: "district" },
      el("h2", {}, district),
      el(
        "ul",
        { class: "facility-list" },
        entries.filter(({ facility }) => facility.district === district).map(({ shown }) => shown),
      ),
    ),
  );
}

/**
 * One facility; what is to be known of its days is asked for when it is opened.
 *
 * @param {Facility} facility
 */
function entry({ number, municipality, name, gives_out_kits: kits }) {
  const place = el("div", { class: "stack", "aria-live": "polite" });
  const details = el(
    "details",
    { id: `facility-${number}` },
    el("summary", {}, el("span", {}, name), " ", el("small", {}, municipality, kits ? "" : "・{{kit_short}}なし")),
    factList([["{{kit_short}}", kits ? "受け取れます" : "配布していません"]]),
    place,
  );
  details.addEventListener("toggle", () => {
    if (details.open && !place.hasChildNodes()) fillDays(place, number);
  });
  return el("li", {}, details);
}

/**
 * @param {HTMLElement} place
 * @param {number} number
 */
async function fillDays(place, number) {
  place.replaceChildren(el("p", {}, "読み込んでいます…"));
  place.setAttribute("aria-busy", "true");
  try {
    place.replaceChildren(...days(await get(`/calendar?facility=${number}`), number));
  } catch (error) {
    place.replaceChildren(el("p", {}, messageOf(error)));
  } finally {
    place.setAttribute("aria-busy", "false");
  }
}

/**
 * @param {Answer} calendar
 * @param {number} number
 */
function days({ items: weeks, closed_days: closed }, number) {
  const [next] = weeks;
  const pickup = next?.pickup_from && !next.suspended;
  const shut = closed.map((/** @type {Answer} */ { date, reason }) => dayInWords(date) + (reason ? `(${reason})` : ""));
  return [
    factList([
      ["つぎの受取期間", pickup ? `${dayInWords(next.pickup_from)}～${dayInWords(next.pickup_until)}` : "お休みします"],
      ["休館日", shut.length ? shut.join("、") : `これから${weeks.length}週間に、登録はありません`],
    ]),
    el("p", {}, el("a", { href: `calendar.html#calendar/${number}` }, "この館のカレンダーを見る")),
  ].filter((each) => each !== null);
}

/** @param {number} number */
function open(number) {
  const details = byId(`facility-${number}`);
  if (!(details instanceof HTMLDetailsElement)) return;
  details.open = true;
  details.querySelector("summary")?.focus({ preventScroll: true });
  details.scrollIntoView({ block: "center" });
}

await fillFrom("facilities", "/facilities", view);
// The facility of the address.
open(Number(location.hash.replace("#facility-", "")));
