/** A run's decisions: fetched whole, and looked through. */

import { nextPage } from "../api.js";
import { el } from "../dom.js";
import { api } from "../session.js";
import { table } from "../desk/tables.js";
import { kindOf, outcomeInWords, reasonInWords } from "./words.js";

const SHOWN = 20;

/**
 * A run with all of its decisions, page by page.
 *
 * @param {string} path
 * @returns {Promise<Answer>}
 */
export async function decisionsOf(path) {
  const whole = await api.get(`${path}?limit=1000`);
  let { cursor } = whole;
  while (cursor) {
    const page = await api.get(nextPage(`${path}?limit=1000`, cursor));
    whole.decisions.push(...page.decisions);
    ({ cursor } = page);
  }
  return whole;
}

/**
 * A field to search in them, a choice of reasons, and what is found, twenty at a time.
 *
 * @param {Answer[]} decisions
 * @param {Named} placeName
 */
export function searchable(decisions, placeName) {
  const { text, code, fields } = filters(decisions);
  const place = el("div", { class: "stack" });
  const show = (most = SHOWN) => {
    const found = decisions.filter(
      (each) => (!code.value || each.code === code.value) && has(each, text.value, placeName),
    );
    place.replaceChildren(
      el("p", { role: "status" }, `${found.length}件`),
      found.length
        ? table(
            "決定",
            ["本", "利用者番号", "受取館", "結果", "説明"],
            found.slice(0, most).map((each) => row(each, placeName)),
          )
        : "",
    );
    if (found.length > most)
      place.append(
        el(
          "div",
          { class: "actions" },
          el("button", { type: "button", class: "button plain", onclick: () => show(most + SHOWN * 5) }, "続きを見る"),
        ),
      );
  };
  text.addEventListener("input", () => show());
  code.addEventListener("change", () => show());
  show();
  return [fields, place];
}

/** @param {Answer[]} decisions */
function filters(decisions) {
  const text = /** @type {HTMLInputElement} */ (
    el("input", { type: "search", id: "field-decision", class: "text", autocomplete: "off" })
  );
  const codes = [...new Set(decisions.map(({ code: each }) => each))].sort();
  const code = /** @type {HTMLSelectElement} */ (
    el(
      "select",
      { id: "field-reason", class: "text" },
      el("option", { value: "" }, "すべて"),
      codes.map((each) => el("option", { value: each }, reasonInWords(each))),
    )
  );
  const fields = el(
    "div",
    { class: "search-decisions" },
    el("div", { class: "field" }, el("label", { for: "field-decision" }, "本の名前・利用者番号・受取館"), text),
    el("div", { class: "field" }, el("label", { for: "field-reason" }, "結果と理由"), code),
  );
  return { text, code, fields };
}

/**
 * @param {Answer} decision
 * @param {string} text
 * @param {Named} placeName
 */
function has(decision, text, placeName) {
  const words = text.normalize("NFKC").toLowerCase().split(/\s+/).filter(Boolean);
  const { title, title_id: id, card_number: card, barcode, pickup_place: place } = decision;
  const all = `${title} ${id} ${card} ${barcode} ${placeName(place)}`.normalize("NFKC").toLowerCase();
  return words.every((word) => all.includes(word));
}

/**
 * @param {Answer} decision
 * @param {Named} placeName
 */
const row = ({ title, title_id: id, card_number: card, decision, code, message, pickup_place: place }, placeName) =>
  el(
    "tr",
    {},
    el("th", { scope: "row", class: "wide" }, title || id),
    el("td", { class: "number" }, card),
    el("td", {}, placeName(place)),
    el(
      "td",
      {},
      el(
        "span",
        { class: `chip ${kindOf(code)}` },
        decision === "none" ? reasonInWords(code) : outcomeInWords(decision),
      ),
    ),
    el("td", {}, message),
  );
