/** The date of birth as people know it: an era or 西暦, year, month and day. */

import { el } from "./dom.js";
import { ERAS } from "./eras.js";

/**
 * The field; its controls are named `<prefix>era`, `<prefix>year`, `<prefix>month` and `<prefix>day`. `known` are their
 * values by these names.
 *
 * @param {string} prefix
 * @param {Child} legend
 * @param {Record<string, string>} known
 */
export function birthField(prefix, legend, known = {}) {
  const id = `field-${prefix}year`;
  /**
   * @param {string} name
   * @param {string} label
   * @param {string} width
   */
  const part = (name, label, width) =>
    el(
      "div",
      {},
      el("label", { for: `field-${prefix}${name}` }, label),
      el("input", {
        id: `field-${prefix}${name}`,
        name: `${prefix}${name}`,
        type: "text",
        class: `text ${width}`,
        inputmode: "numeric",
        autocomplete: `bday-${name}`,
        required: true,
        value: known[`${prefix}${name}`] ?? "",
        "aria-describedby": `${id}-hint ${id}-fault`,
      }),
    );
  return el(
    "fieldset",
    { class: "field" },
    legend,
    el("p", { class: "hint", id: `${id}-hint` }, "西暦でも、元号でも入力できます。例:昭和 53年 4月 1日"),
    el("p", { class: "fault", id: `${id}-fault`, "aria-live": "polite" }),
    el(
      "div",
      { class: "date" },
      eraChoice(`${prefix}era`, known),
      part("year", "年", "w4"),
      part("month", "月", "w2"),
      part("day", "日", "w2"),
    ),
  );
}

/**
 * @param {string} name
 * @param {Record<string, string>} known
 */
function eraChoice(name, known) {
  const options = ERAS.map(({ id, label }) => el("option", { value: id, selected: id === known[name] }, label));
  return el(
    "div",
    {},
    el("label", { for: `field-${name}` }, "西暦・元号"),
    el("select", { id: `field-${name}`, name, class: "text", autocomplete: "off" }, options),
  );
}
