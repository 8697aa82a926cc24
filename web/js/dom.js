/** Elements in one expression, and the few things every page does with them. */

/**
 * An element with attributes and children.
 *
 * Attributes that are null, undefined or false are left out, true ones are empty; functions become listeners (`onclick`).
 * Children are elements, texts, or lists of them; null and false ones are left out.
 *
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} name
 * @param {Attributes} attributes
 * @param {...Child} children
 */
export function el(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (typeof value === "function") made.addEventListener(key.slice(2), /** @type {EventListener} */ (value));
    else if (value !== null && value !== undefined && value !== false)
      made.setAttribute(key, value === true ? "" : String(value));
  }
  made.append(...flat(children));
  return made;
}

/**
 * What stands there of children and lists of them.
 *
 * @param {Child[]} children
 * @returns {(Node | string)[]}
 */
export const flat = (children) =>
  children.flatMap((child) => {
    if (Array.isArray(child)) return flat(child);
    return child === null || child === undefined || child === false ? [] : [child];
  });

/**
 * Put content in the place of what an element holds.
 *
 * @param {Element} place
 * @param {...Child} content
 */
export const fill = (place, ...content) => place.replaceChildren(...flat(content));

/** @param {string} id */
export const byId = (id) => document.getElementById(id);

/**
 * The element with an id that the page must have.
 *
 * @param {string} id
 */
export function element(id) {
  const found = byId(id);
  if (!found) throw new Error(`There is no #${id}.`);
  return found;
}

/** Where the content of the page goes. */
export const main = () => element("content");

/**
 * Texts of several lines as elements: every line but the last is followed by a break.
 *
 * @param {string} text
 * @returns {Child[]}
 */
export function lines(text) {
  return String(text)
    .split("\n")
    .flatMap((line, place) => (place ? [el("br"), line] : [line]));
}

// What follows the page's own name in every title, as the page itself has it.
const SITE = document.title.split(" | ").at(-1);

/**
 * Put a new page into `main`: its title, its content, and the focus on its heading, where readers then go on.
 *
 * @param {string} title
 * @param {...Child} content
 */
export function show(title, ...content) {
  document.title = `${title} | ${SITE}`;
  fill(main(), content);
  const heading = main().querySelector("h1");
  if (heading) heading.tabIndex = -1;
  heading?.focus({ preventScroll: true });
  window.scrollTo({ top: 0, behavior: "instant" });
}

/**
 * A button that does one thing at a time: while it works it says so and takes no second press.
 *
 * @param {string} text
 * @param {string} textAtWork
 * @param {() => unknown} work
 * @param {Attributes} attributes
 */
export function workingButton(text, textAtWork, work, attributes = {}) {
  const button = el("button", { type: "button", class: "button", ...attributes }, text);
  button.addEventListener("click", async () => {
    if (button.getAttribute("aria-disabled") === "true") return;
    button.setAttribute("aria-disabled", "true");
    button.textContent = textAtWork;
    try {
      await work();
    } finally {
      button.removeAttribute("aria-disabled");
      button.textContent = text;
    }
  });
  return button;
}
