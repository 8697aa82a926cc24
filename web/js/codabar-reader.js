/** Finding the Codabar (NW-7) of a card in a picture, for browsers that read no bar codes themselves. */

import { PATTERNS } from "./codabar.js";

const CHARACTERS = new Map(Object.entries(PATTERNS).map(([character, pattern]) => [pattern, character]));
const PARTS = 7;
const FEWEST_DIGITS = 6;
// Lines looked at in each direction, and how many must say the same: Codabar has no check digit.
const LINES = 20;
const WITNESSES = 2;
// A card is held by hand.
const SLOPES = [0, 0.09, -0.09, 0.18, -0.18];
// How far around a point its own light is measured, in parts of a line; and what is no noise, of 255.
const NEIGHBOURHOOD = 0.06;
const CONTRAST = 12;

/**
 * The digits of the code in a picture, or nothing.
 *
 * @param {ImageData} picture
 */
export function readCodabar({ data, width, height }) {
  /** @type {Map<string, number>} */
  const seen = new Map();
  for (const light of lines(data, width, height)) {
    const runs = runsOf(light);
    const digits = digitsIn(runs) ?? digitsIn([...runs].reverse());
    if (!digits) continue;
    const witnesses = (seen.get(digits) ?? 0) + 1;
    if (witnesses === WITNESSES) return digits;
    seen.set(digits, witnesses);
  }
  return null;
}

/**
 * Lines across and down the picture, straight and slanted, as the light along each.
 *
 * @param {Uint8ClampedArray} data red, green, blue and opacity of each point
 * @param {number} width
 * @param {number} height
 */
function* lines(data, width, height) {
  for (const slope of SLOPES) {
    for (let n = 1; n <= LINES; n += 1) {
      const part = n / (LINES + 1);
      yield lightAlong(data, width, height, (x) => x + width * Math.round(part * height + slope * (x - width / 2)));
      yield lightAlong(data, height, width, (y) => width * y + Math.round(part * width + slope * (y - height / 2)));
    }
  }
}

/**
 * @param {Uint8ClampedArray} data
 * @param {number} length
 * @param {number} across how far it is across
 * @param {(along: number) => number} place
 */
function lightAlong(data, length, across, place) {
  const light = new Uint8Array(length);
  const last = length * across - 1;
  for (let along = 0; along < length; along += 1) {
    const at = Math.min(last, Math.max(0, place(along))) * 4;
    light[along] = (data[at] + 2 * data[at + 1] + data[at + 2]) >> 2;
  }
  return light;
}

/**
 * How long it stays light, dark, light … along a line; dark is what is darker than its neighbourhood.
 *
 * @param {Uint8Array} light
 */
function runsOf(light) {
  const sums = new Uint32Array(light.length + 1);
  for (let i = 0; i < light.length; i += 1) sums[i + 1] = sums[i] + light[i];
  const reach = Math.max(8, Math.round(light.length * NEIGHBOURHOOD));
  const runs = [0];
  let wasDark = false;
  for (let i = 0; i < light.length; i += 1) {
    const from = Math.max(0, i - reach);
    const until = Math.min(light.length, i + reach + 1);
    const isDark = light[i] < (sums[until] - sums[from]) / (until - from) - CONTRAST;
    if (isDark !== wasDark) runs.push(0);
    runs[runs.length - 1] += 1;
    wasDark = isDark;
  }
  // It begins and ends light, so that it can be read from either end.
  if (wasDark) runs.push(0);
  return runs;
}

/**
 * The digits between the letters of the first whole code; `runs` begin with a light one.
 *
 * @param {number[]} runs
 */
function digitsIn(runs) {
  for (let start = 1; start + PARTS < runs.length; start += 2) {
    const digits = digitsFrom(runs, start);
    if (digits) return digits;
  }
  return null;
}

/**
 * @param {number[]} runs
 * @param {number} start
 */
function digitsFrom(runs, start) {
  const width = sum(runs, start);
  if (!isLetter(characterAt(runs, start)) || runs[start - 1] < width / 3) return null;
  let digits = "";
  for (let at = start + PARTS + 1; at + PARTS <= runs.length; at += PARTS + 1) {
    const character = characterAt(runs, at);
    const isLike = Math.abs(sum(runs, at) - width) < width * 0.4 && runs[at - 1] < width / 2;
    if (!character || !isLike) return null;
    if (isLetter(character)) {
      const quiet = runs[at + PARTS] >= width / 3;
      return quiet && digits.length >= FEWEST_DIGITS ? digits : null;
    }
    digits += character;
  }
  return null;
}

/**
 * @param {number[]} runs
 * @param {number} start
 */
const sum = (runs, start) => runs.slice(start, start + PARTS).reduce((whole, part) => whole + part, 0);

/** @param {string | undefined} character */
const isLetter = (character) => character !== undefined && /[A-D]/.test(character);

/**
 * The character whose bars and spaces begin at a run. Printing makes bars wider and spaces narrower, or the other way round:
 * each are compared among themselves.
 *
 * @param {number[]} runs
 * @param {number} start
 */
function characterAt(runs, start) {
  const parts = runs.slice(start, start + PARTS);
  const bars = wide(parts.filter((_, place) => place % 2 === 0));
  const spaces = wide(parts.filter((_, place) => place % 2 === 1));
  return CHARACTERS.get([0, 1, 2, 3, 4, 5, 6].map((place) => (place % 2 ? spaces : bars)[place >> 1]).join(""));
}

/** @param {number[]} lengths */
function wide(lengths) {
  const limit = (Math.min(...lengths) + Math.max(...lengths)) / 2;
  const differ = Math.max(...lengths) > 1.4 * Math.min(...lengths);
  return lengths.map((length) => (differ && length > limit ? "1" : "0"));
}
