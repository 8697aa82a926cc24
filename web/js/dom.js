/** Elements in one expression, and the few things every page does with them. */

/**
 * An element with attributes and children.
 *
 * Attributes that are null, undefined or false are left out, true ones are empty; functions become listeners (`onclick`).
 * Children are elements, texts, or lists of them; null and false ones are left out.
 */
export function el(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(key.slice(2), value);
    else if (value !== null && value !== undefined && value !== false)
      element.setAttribute(key, value === true ? "" : value);
  }
  element.append(
    ...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false),
  );
  return element;
}

export const byId = (id) => document.getElementById(id);

/** Texts of several lines as elements: every line but the last is followed by a break. */
export function lines(text) {
  return String(text)
    .split("\n")
    .flatMap((line, place) => (place ? [el("br"), line] : [line]));
}

// What follows the page's own name in every title, as the page itself has it.
const SITE = document.title.split(" | ").at(-1);

/** Put a new page into `main`: its title, its content, and the focus on its heading, where readers then go on. */
export function show(title, ...content) {
  document.title = `${title} | ${SITE}`;
  const main = byId("content");
  main.replaceChildren(...content.flat().filter(Boolean));
  const heading = main.querySelector("h1");
  heading.tabIndex = -1;
  heading.focus({ preventScroll: true });
  window.scrollTo({ top: 0, behavior: "instant" });
}

/** A button that does one thing at a time: while it works it says so and takes no second press. */
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
