/**
 * What a search found, page by page. How much of it was shown, and which title was opened, is kept with the entry of the
 * browser's history: Back shows as much again, at the same place.
 */

import { get, nextPage } from "./api.js";
import { el } from "./dom.js";
import { books } from "./library/parts.js";

const PAGE = 20;
// The API gives no more at once.
const MOST = 50;

/**
 * The list for a path, with a button for more; empty if nothing was found.
 *
 * @param {string} path
 * @param {(item: Answer) => HTMLElement} show
 * @param {App} app
 */
export async function foundTitles(path, show, app) {
  const { shown = 0, opened = "" } = history.state ?? {};
  const first = await pagesOf(path, Math.max(PAGE, shown));
  if (!first.items.length && !first.cursor) return { total: 0, elements: [] };
  const list = books(first.items.map(show));
  list.addEventListener("click", ({ target }) => {
    const link = /** @type {Element} */ (target).closest("a[id]");
    if (link) keep({ shown: list.children.length, opened: link.id });
  });
  if (opened)
    requestAnimationFrame(() => list.querySelector(`#${CSS.escape(opened)}`)?.scrollIntoView({ block: "center" }));
  return { total: first.total, elements: [list, first.cursor ? more(path, first.cursor, list, show, app) : null] };
}

/** @param {{ shown: number, opened?: string }} kept */
const keep = (kept) => history.replaceState({ ...history.state, ...kept }, "");

/**
 * As many titles as were shown.
 *
 * @param {string} path
 * @param {number} count
 */
async function pagesOf(path, count) {
  const page = await get(`${path}&limit=${Math.min(count, MOST)}`);
  while (page.cursor && page.items.length < count) {
    const next = await get(nextPage(`${path}&limit=${Math.min(count - page.items.length, MOST)}`, page.cursor));
    page.items.push(...next.items);
    page.cursor = next.cursor;
  }
  return page;
}

/**
 * @param {string} path
 * @param {string} cursor
 * @param {HTMLElement} list
 * @param {(item: Answer) => HTMLElement} show
 * @param {App} app
 */
function more(path, cursor, list, show, app) {
  const frame = el("div", { class: "actions" });
  let next = cursor;
  const button = app.button(
    "続きを見る",
    "読み込んでいます…",
    async () => {
      const page = await get(nextPage(`${path}&limit=${PAGE}`, next));
      const added = page.items.map(show);
      list.append(...added);
      keep({ shown: list.children.length });
      next = page.cursor;
      if (!next) frame.remove();
      added[0]?.querySelector("a, button")?.focus();
    },
    { class: "button plain" },
  );
  frame.append(button);
  return frame;
}
