/**
 * A map of the facilities, drawn from their own coordinates over a rough outline of the land.
 *
 * A mark stands for all that have the same place; it is a link that a finger or the keyboard reaches. Where marks would
 * lie on each other they are moved apart, so they stand about where they are.
 */

import { el } from "./dom.js";
import { svg } from "./svg.js";

/**
 * @typedef {[latitude: number, longitude: number]} Place
 * @typedef {{ x: number, y: number }} Point
 * @typedef {Point & { members: Facility[] }} Spot
 */

const WIDTH = 360;
const MARGIN = 12;
const RADIUS = 11;
// As far as two marks are apart at least: what a finger can tell.
const APART = 25;
const ROUNDS = 60;

const SOURCE = "印は市町村のおおよその場所です。位置: Geolonia 住所データ(CC BY 4.0)を加工。海岸線は略図です。";

/** @type {Place[]} */
const LAND = JSON.parse(document.getElementById("land")?.textContent ?? "[]");

/**
 * How a mark looks: the number on it, and what its facilities are called beside their names.
 *
 * @typedef {{ number: (members: Facility[]) => string, more: (facility: Facility) => string, hint: string }} Look
 */

/** @type {Look} */
const PLAIN = {
  number: ({ length }) => (length > 1 ? String(length) : ""),
  more: () => "",
  hint: "印を選ぶと、その館が一覧に出ます。数字は館の数です。",
};

/**
 * The map, and how to show those that were found; a mark that is chosen gives the facilities it stands for.
 *
 * @param {Facility[]} facilities
 * @param {(members: Facility[]) => void} choose
 * @param {Look} look
 */
export function facilityMap(facilities, choose, look = PLAIN) {
  const { at, height } = projection(LAND.length ? LAND : placesOf(facilities));
  const caption = el("p", { class: "map-caption", role: "status" }, look.hint);
  const marks = spotsOf(facilities, at).map((spot) => ({ ...spot, link: mark(spot, caption, choose, look) }));
  const outline = LAND.map((place) => at(place)).map(({ x, y }) => `${x.toFixed(1)} ${y.toFixed(1)}`);
  const drawn = svg(
    "svg",
    {
      viewBox: `0 0 ${WIDTH} ${height.toFixed(0)}`,
      class: "map",
      role: "group",
      "aria-label": "{{partner_word}}の地図",
    },
    LAND.length ? svg("path", { class: "land", d: `M${outline.join("L")}Z`, "aria-hidden": "true" }) : null,
    marks.map(({ link }) => link),
  );
  /** @param {Set<Facility>} found */
  const show = (found) => {
    for (const { link, members } of marks) link.classList.toggle("out", !members.some((member) => found.has(member)));
  };
  return { picture: el("div", {}, drawn, caption, el("p", { class: "small" }, SOURCE)), show };
}

/**
 * Where a place lies on the drawing: a degree of longitude is shorter than one of latitude.
 *
 * @param {Place[]} land
 */
function projection(land) {
  const latitudes = land.map(([latitude]) => latitude);
  const longitudes = land.map(([, longitude]) => longitude);
  const [south, north] = [Math.min(...latitudes), Math.max(...latitudes)];
  const [west, east] = [Math.min(...longitudes), Math.max(...longitudes)];
  const across = (WIDTH - 2 * MARGIN) / (east - west || 1);
  const up = across / Math.cos((((south + north) / 2) * Math.PI) / 180);
  /** @param {Place} place */
  const at = ([latitude, longitude]) => ({
    x: MARGIN + (longitude - west) * across,
    y: MARGIN + (north - latitude) * up,
  });
  return { at, height: (north - south) * up + 2 * MARGIN };
}

/**
 * Where facilities are, as far as it is known.
 *
 * @param {Facility[]} facilities
 * @returns {Place[]}
 */
const placesOf = (facilities) =>
  facilities.flatMap(({ latitude, longitude }) => (latitude && longitude ? [[latitude, longitude]] : []));

/**
 * @param {Facility[]} facilities
 * @param {(place: Place) => Point} at
 */
function spotsOf(facilities, at) {
  /** @type {Map<string, Spot>} */
  const spots = new Map();
  for (const facility of facilities) {
    const { latitude, longitude } = facility;
    if (!latitude || !longitude) continue;
    const key = `${latitude} ${longitude}`;
    const spot = spots.get(key) ?? { ...at([latitude, longitude]), members: [] };
    spot.members.push(facility);
    spots.set(key, spot);
  }
  return movedApart([...spots.values()]);
}

/** @param {Spot[]} spots */
function movedApart(spots) {
  for (let round = 0; round < ROUNDS; round += 1)
    for (const [place, one] of spots.entries()) for (const other of spots.slice(place + 1)) part(one, other);
  return spots;
}

/**
 * @param {Point} one
 * @param {Point} other
 */
function part(one, other) {
  const [dx, dy] = [other.x - one.x, other.y - one.y];
  const distance = Math.hypot(dx, dy) || 1;
  if (distance >= APART) return;
  const push = (APART - distance) / 2 / distance;
  one.x -= dx * push;
  one.y -= dy * push;
  other.x += dx * push;
  other.y += dy * push;
}

/**
 * @param {Spot} spot
 * @param {HTMLElement} caption
 * @param {(members: Facility[]) => void} choose
 * @param {Look} look
 */
function mark({ x, y, members }, caption, choose, look) {
  const [{ municipality }] = members;
  const name = `${municipality} ${members.map((each) => `${each.name}${look.more(each)}`).join("、")}`;
  const link = svg(
    "a",
    { href: `#facility-${members[0].number}`, class: "map-mark", "aria-label": name },
    svg("title", {}, name),
    svg("circle", { cx: x.toFixed(1), cy: y.toFixed(1), r: RADIUS }),
    svg("text", { x: x.toFixed(1), y: (y + 4).toFixed(1) }, look.number(members)),
  );
  const tell = () => caption.replaceChildren(name);
  link.addEventListener("focus", tell);
  link.addEventListener("pointerenter", tell);
  link.addEventListener("click", (event) => {
    event.preventDefault();
    choose(members);
  });
  return link;
}
