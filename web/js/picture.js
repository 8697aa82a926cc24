/** A drawing of one colour, for codes that a scanner or a phone reads. */

const SVG = "http://www.w3.org/2000/svg";

/**
 * A path as a picture that grows with its frame; `label` is what it is for those who do not see it.
 *
 * @param {string} path
 * @param {{ width: number, height: number, label: string } & Record<string, unknown>} attributes
 */
export function picture(path, { width, height, label, ...attributes }) {
  const svg = document.createElementNS(SVG, "svg");
  const all = { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": label, ...attributes };
  for (const [name, value] of Object.entries(all)) svg.setAttribute(name, String(value));
  const drawn = document.createElementNS(SVG, "path");
  drawn.setAttribute("d", path);
  svg.append(drawn);
  return svg;
}
