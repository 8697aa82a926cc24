/** What is printed of a week's crates: the slips of the bags, and each crate's list with its facility's link (RULES 24, 53). */

import { Problem } from "../api.js";
import { codabar } from "../codabar.js";
import { confirmDialog } from "../confirm-dialog.js";
import { el } from "../dom.js";
import { qrCode } from "../qr.js";
import { api } from "../session.js";
import { bagsOf, crates, ofDay } from "./crates.js";
import { pickupDays, printing } from "./pulls.js";
import { table } from "./tables.js";

export const slipsView = { id: "slips", title: "袋の票(印刷)", hidden: true, under: "crates", load: loadSlips };
export const crateListsView = {
  id: "crate-lists",
  title: "コンテナの一覧(印刷)",
  hidden: true,
  under: "crates",
  load: loadLists,
};

// What fits on a sheet of A4, in lines of text; the first has the link on it.
const PAGE_LINES = 32;
const LINK_LINES = 6;
const SPACE_LINES = 0.7;
const BARCODES_A_LINE = 3;

/**
 * @param {App} app
 * @param {string} day
 */
async function loadSlips(app, day = "") {
  const found = await crates(day);
  const slips = found.flatMap((crate) => bagsOf(crate).map((bag) => slip(crate, bag)));
  return [printing(ofDay("crates", day)), el("div", { class: "sheet slips" }, slips)];
}

/**
 * Card number, facility and days, no name.
 *
 * @param {Answer} crate
 * @param {Answer} bag
 */
const slip = ({ facility, name }, bag) =>
  el(
    "div",
    { class: "slip" },
    el("p", {}, "{{service_name}}"),
    el("p", { class: "slip-facility" }, `No.${facility} ${name}`),
    el("p", { class: "slip-days" }, `${pickupDays(bag)} ${bag.count}冊`),
    codabar(bag.card_number),
    el("p", { class: "slip-card number" }, bag.card_number),
  );

/**
 * @param {App} app
 * @param {string} day
 */
async function loadLists(app, day = "") {
  const found = await crates(day);
  const sheets = await Promise.all(found.map((crate) => crateList(app, crate)));
  return [printing(ofDay("crates", day)), el("div", { class: "sheet" }, sheets)];
}

/**
 * A crate's list, page by page, with the facility's link on the first.
 *
 * @param {App} app
 * @param {Answer} crate
 */
async function crateList(app, crate) {
  const link = await linkOf(crate);
  const pages = pagesOf(bagsOf(crate));
  return pages.map((bags, n) =>
    crateSheet(crate, bags, `${n + 1}/${pages.length}ページ`, n ? null : linkPart(app, crate, link)),
  );
}

/** @param {string} facility */
const linkPath = (facility) => `/desk/facilities/${encodeURIComponent(facility)}/link`;

/**
 * The facility's link; a new one if there is none, or it is over before the crate's last pickup day. A new one ends the
 * old one, so the one there is stays as long as it can.
 *
 * @param {Answer} crate
 */
async function linkOf({ facility, bags }) {
  const path = linkPath(facility);
  const last = bags
    .map((/** @type {Answer} */ { pickup_until: until }) => until)
    .sort()
    .at(-1);
  try {
    const link = await api.get(path);
    if (!last || link.valid_until > last) return link;
  } catch (error) {
    if (!(error instanceof Problem && error.status === 404)) throw error;
  }
  return api.post(path);
}

/**
 * @param {App} app
 * @param {Answer} crate
 * @param {Answer} link
 */
const linkPart = (app, { facility, name }, { token }) =>
  el(
    "div",
    { class: "crate-link" },
    qrCode(new URL(`facility.html#link/${token}`, location.href).href, "{{partner_word}}の画面を開くQRコード"),
    el("p", {}, "到着、お渡し、返送の記録は、このQRコードから。ログインはいりません。館の外に出さないでください。"),
    el("div", { class: "actions" }, renewButton(app, facility, name)),
  );

/**
 * For a list that went astray: whoever has it gets in no more.
 *
 * @param {App} app
 * @param {string} facility
 * @param {string} name
 */
function renewButton(app, facility, name) {
  const renew = async () => {
    const text = `これまでに印刷した${name}のQRコードは、使えなくなります。一覧を印刷し直してください。`;
    if (!(await confirmDialog("QRコードを作り直しますか", text, "作り直す"))) return;
    await api.post(linkPath(facility));
    await app.reload(`${name}のQRコードを作り直しました。`);
  };
  return app.button("QRコードを作り直す", "作り直しています…", renew, {
    class: "button plain",
    "aria-label": `${name} QRコードを作り直す`,
  });
}

/**
 * Bags as they fit on a page: a row has a line for each few bar codes, and space around it.
 *
 * @param {Answer[]} bags
 */
function pagesOf(bags) {
  /** @type {Answer[][]} */
  const pages = [];
  let free = 0;
  for (const bag of bags) {
    const height = Math.ceil(bag.count / BARCODES_A_LINE) + SPACE_LINES;
    if (height > free) {
      free = pages.push([]) === 1 ? PAGE_LINES - LINK_LINES : PAGE_LINES;
    }
    pages.at(-1)?.push(bag);
    free -= height;
  }
  return pages;
}

/**
 * @param {Answer} crate
 * @param {Answer[]} bags
 * @param {string} page
 * @param {Child} link
 */
function crateSheet(crate, bags, page, link) {
  const { facility, name, bag_count: count, book_count: books } = crate;
  const days = [...new Set(crate.bags.map(pickupDays))].join("、");
  return el(
    "section",
    { class: "crate stack", "aria-label": `${name} ${page}` },
    el("h2", {}, `No.${facility} ${name}`),
    el("p", { class: "slip-days" }, `${days} ${books}冊`),
    el("p", {}, `袋${count} ${page}`),
    link,
    table(
      `${name}の袋 ${page}`,
      ["済", "利用者番号", "冊数", "資料番号"],
      bags.map((bag) => bagRow(bag)),
    ),
  );
}

/** @param {Answer} crate */
const bagRow = ({ card_number: card, former_card_number: former, count, books }) =>
  el(
    "tr",
    {},
    el("td", {}, "□"),
    el("th", { scope: "row", class: "number" }, card, former ? ` (旧 ${former})` : null),
    el("td", {}, String(count)),
    el("td", {}, books.map((/** @type {Answer} */ { barcode }) => barcode).join(" ")),
  );
