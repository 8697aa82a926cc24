/** A drawing of one colour, for codes that a scanner or a phone reads. */

import { svg } from "./svg.js";

/**
 * A path as a picture that grows with its frame; `label` is what it is for those who do not see it.
 *
 * @param {string} path
 * @param {{ width: number, height: number, label: string } & Attributes} attributes
 */
export const picture = (path, { width, height, label, ...attributes }) =>
  svg(
    "svg",
    { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": label, ...attributes },
    svg("path", { d: path }),
  );
