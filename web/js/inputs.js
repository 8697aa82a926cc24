/** Plain inputs with label, hint and a place for what is wrong, for the pages that keep nothing of what is typed. */

import { el } from "./dom.js";
import { hideSummary, showSummary } from "./faults.js";
import { setFault } from "./fields.js";

/**
 * A field; `attributes` are the input's own. Its control has the id `field-<name>`.
 *
 * @param {string} name
 * @param {string} label
 * @param {{ hint?: string, tag?: "input" | "select" | "textarea", children?: Child } & Attributes} attributes
 */
export function input(name, label, { hint = "", tag = "input", children = [], ...attributes } = {}) {
  const id = `field-${name}`;
  const described = [hint ? `${id}-hint` : "", `${id}-fault`].filter(Boolean).join(" ");
  const type = tag === "input" ? { type: "text" } : {};
  const control = el(tag, { id, name, class: "text", "aria-describedby": described, ...type, ...attributes }, children);
  return el(
    "div",
    { class: "field" },
    el("label", { class: "label", for: id }, label),
    hint ? el("p", { class: "hint", id: `${id}-hint` }, hint) : null,
    el("p", { class: "fault", id: `${id}-fault`, "aria-live": "polite" }),
    control,
  );
}

/**
 * A password, which can be looked at while it is typed.
 *
 * @param {string} name
 * @param {string} label
 * @param {string} autocomplete
 * @param {string} hint
 */
export function passwordInput(name, label, autocomplete, hint = "") {
  const field = input(name, label, { type: "password", autocomplete, hint, required: true, spellcheck: "false" });
  const control = controlOf(field, name);
  const look = el("button", { type: "button", class: "link-button", "aria-pressed": "false" }, "文字を表示する");
  look.addEventListener("click", () => {
    const shown = control.type === "password";
    control.type = shown ? "text" : "password";
    look.setAttribute("aria-pressed", String(shown));
  });
  field.append(look);
  return field;
}

/**
 * The control of a name within a field or form.
 *
 * @param {Element} frame
 * @param {string} name
 */
export const controlOf = (frame, name) => /** @type {HTMLInputElement} */ (frame.querySelector(`[name="${name}"]`));

/**
 * Whose password it is, for the browser's memory of passwords.
 *
 * @param {string} name
 */
export const ownerOfPassword = (name) =>
  el("input", {
    type: "text",
    class: "unseen",
    autocomplete: "username",
    value: name,
    tabindex: -1,
    "aria-hidden": "true",
    readonly: true,
  });

/**
 * A group of radio buttons.
 *
 * @param {string} name
 * @param {string} legend
 * @param {[value: string, text: string][]} options
 * @param {string} chosen
 */
export function radios(name, legend, options, chosen = "") {
  return el(
    "fieldset",
    { class: "field" },
    el("legend", { class: "label" }, legend),
    el(
      "div",
      { class: "choices" },
      options.map(([value, text]) => choice("radio", name, value, text, value === chosen)),
    ),
  );
}

/**
 * One box or button that can be touched on its whole line.
 *
 * @param {"checkbox" | "radio"} type
 * @param {string} name
 * @param {string} value
 * @param {string} text
 * @param {boolean} [checked]
 * @param {string} [what] what it is about, for who does not see where it stands
 */
export function choice(type, name, value, text, checked = false, what = "") {
  const id = `field-${name}-${value}`;
  return el(
    "div",
    { class: "choice" },
    el("input", { type, id, name, value, checked, "aria-label": what ? `「${what}」を${text}` : null }),
    el("label", { for: id }, text),
  );
}

/**
 * What was typed, by name; of several boxes with one name only the last, and nothing of radio buttons none of which is
 * chosen.
 *
 * @param {HTMLFormElement} form
 * @returns {Record<string, string>}
 */
export const typedIn = (form) =>
  Object.fromEntries([...new FormData(form)].map(([name, text]) => [name, String(text)]));

/**
 * The values of the boxes of a name that are ticked.
 *
 * @param {HTMLFormElement} form
 * @param {string} name
 */
export const tickedIn = (form, name) => new FormData(form).getAll(name).map(String);

/**
 * The fault of a field that was left empty; none if it was not.
 *
 * @param {string} field
 * @param {string | string[] | undefined} typed
 * @param {string} message
 * @returns {Fault[]}
 */
export const missingFault = (field, typed, message) => (String(typed ?? "").trim() ? [] : [{ field, message }]);

/**
 * Say what is wrong with a form: at each field, and all of it on top. `faults` are `{field, message}`; those without a
 * field of this form are told on top only. Answers whether there was any.
 *
 * @param {HTMLFormElement} form
 * @param {Fault[]} faults
 */
export function tellFaults(form, faults) {
  for (const frame of form.querySelectorAll(".field:has(.fault)")) {
    const names = [...frame.querySelectorAll("[name]")].map((control) => control.getAttribute("name"));
    setFault(frame, faults.find(({ field }) => field && names.includes(field))?.message ?? "");
  }
  if (!faults.length) return false;
  showSummary(
    faults.map(({ field, message }) => ({
      message,
      target: field && form.querySelector(`#field-${field}`) ? `field-${field}` : undefined,
    })),
  );
  return true;
}

/**
 * A form does one thing at a time, and says so.
 *
 * @param {HTMLFormElement} form
 * @param {() => unknown} work
 */
export function onSubmit(form, work) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const button = form.querySelector('button.button:not([type="button"])');
    if (!button || button.getAttribute("aria-disabled") === "true") return;
    button.setAttribute("aria-disabled", "true");
    hideSummary();
    try {
      await work();
    } finally {
      button.removeAttribute("aria-disabled");
    }
  });
}
