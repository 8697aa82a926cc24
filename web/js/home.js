/** The home page's news and facilities, as the API knows them today. */

import { list, messageOf } from "./api.js";
import { el, element, flat, workingButton } from "./dom.js";

/**
 * Fill a place of the page with a list of the API; where that fails, say so and offer another try.
 *
 * @param {string} place
 * @param {string} path
 * @param {(items: Answer[]) => Child[]} render
 */
async function fill(place, path, render) {
  const frame = element(place);
  frame.setAttribute("aria-busy", "true");
  try {
    frame.replaceChildren(...flat(render(await list(path))));
  } catch (error) {
    const again = workingButton("もう一度読み込む", "読み込んでいます…", () => fill(place, path, render), {
      class: "button plain",
    });
    frame.replaceChildren(el("p", {}, messageOf(error)), again);
  } finally {
    frame.setAttribute("aria-busy", "false");
  }
}

/** @param {Answer[]} items */
function notices(items) {
  if (!items.length) return [el("p", {}, "現在、お知らせはありません。")];
  const everywhere = items.filter(({ facility }) => !facility);
  const somewhere = items.filter(({ facility }) => facility);
  return [
    everywhere.length ? messages(everywhere) : el("p", {}, "県立図書館とサービス全体のお知らせは、現在ありません。"),
    somewhere.length
      ? el("details", {}, el("summary", {}, `協力館のお知らせ(${somewhere.length}件)`), messages(somewhere))
      : "",
  ];
}

/** @param {Answer[]} items */
const messages = (items) =>
  el(
    "ul",
    { class: "notices" },
    items.map(({ message }) => el("li", {}, message)),
  );

/** @param {Facility[]} items */
function facilities(items) {
  const districts = grouped(items);
  return [...districts].map(([district, members]) =>
    el("details", {}, el("summary", {}, `${district}(${members.length}か所)`), table(district, members)),
  );
}

/** @param {Facility[]} items */
function grouped(items) {
  /** @type {Map<string, Facility[]>} */
  const groups = new Map();
  for (const item of items) groups.set(item.district, [...(groups.get(item.district) ?? []), item]);
  return groups;
}

/**
 * @param {string} district
 * @param {Facility[]} members
 */
function table(district, members) {
  /** @param {string} name */
  const column = (name) => el("th", { scope: "col" }, name);
  return el(
    "table",
    { class: "facilities" },
    el("caption", { class: "unseen" }, `${district}の協力館`),
    el("thead", {}, el("tr", {}, column("市町村"), column("協力館"), column("登録セット"))),
    el("tbody", {}, members.map(row)),
  );
}

/** @param {Facility} facility */
const row = ({ municipality, name, gives_out_kits: kits }) =>
  el(
    "tr",
    {},
    el("td", {}, municipality),
    el("td", {}, name),
    kits ? el("td", {}, "あり") : el("td", { class: "none" }, "配布なし"),
  );

fill("notices", "/notices", notices);
fill("facilities", "/facilities", facilities);
