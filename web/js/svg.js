/** Elements of drawings in one expression. */

import { flat } from "./dom.js";

/**
 * An element of a drawing with attributes and children; attributes that are null, undefined or false are left out.
 *
 * @template {keyof SVGElementTagNameMap} Tag
 * @param {Tag} name
 * @param {Attributes} attributes
 * @param {...Child} children
 */
export function svg(name, attributes = {}, ...children) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes))
    if (value !== null && value !== undefined && value !== false) made.setAttribute(key, String(value));
  made.append(...flat(children));
  return made;
}
