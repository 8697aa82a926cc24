/** The summary of what is wrong, on top of a page, with a link to each place. */

import { byId, el, element, lines, main } from "./dom.js";

/**
 * Show a summary and move the focus to it, so that readers say it first.
 *
 * The `target` of a fault is the id of a control on this page, an address that begins with #, or nothing. `extra` are
 * elements below the list, such as a button.
 *
 * @param {Fault[]} faults
 * @param {string} title
 * @param {...Child} extra
 */
export function showSummary(faults, title = "入力内容を確かめてください", ...extra) {
  hideSummary();
  const summary = el(
    "div",
    { class: "note error", id: "summary", tabindex: -1, role: "group", "aria-labelledby": "summary-title" },
    el("h2", { id: "summary-title" }, title),
    el(
      "ul",
      {},
      faults.map((fault) => el("li", {}, linked(fault))),
    ),
    ...extra,
  );
  main().querySelector("h1")?.before(summary);
  if (!document.title.startsWith("エラー")) document.title = `エラー: ${document.title}`;
  summary.focus();
}

/** Take the summary away. */
export function hideSummary() {
  byId("summary")?.remove();
  document.title = document.title.replace(/^エラー: /, "");
}

/** @param {Fault} fault */
function linked({ message, target }) {
  if (!target) return el("span", {}, lines(message));
  if (target.startsWith("#")) return el("a", { href: target }, message);
  /** @param {Event} event */
  const focus = (event) => {
    event.preventDefault();
    element(target).focus();
  };
  return el("a", { href: `#${target}`, onclick: focus }, message);
}
