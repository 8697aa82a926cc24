/**
 * A text as a QR code, which a phone takes over from a screen (ISO/IEC 18004).
 *
 * It is always version 9 with level L, mask 0: 53 modules a side, room for 230 bytes. A phone reads any mask; a screen
 * needs no more repair than that.
 */

import { picture } from "./picture.js";

const SIZE = 53;
const BLOCKS = 2;
const DATA = 116; // code words of a block, without
const CHECK = 30; // those that repair it
const ROOM = BLOCKS * DATA - 2;
const ALIGNMENT = [6, 26, 46];
// What version 9 looks like beside the finders, and level L with mask 0; both with their own repair.
const VERSION_BITS = 0x09a99;
const FORMAT_BITS = 0x77c4;
const QUIET = 4;

/**
 * A text of at most 230 bytes as a picture.
 *
 * @param {string} text
 * @param {string} label
 */
export function qrCode(text, label) {
  let path = "";
  modulesOf(text).forEach((row, y) =>
    row.forEach((dark, x) => {
      if (dark) path += `M${x + QUIET} ${y + QUIET}h1v1h-1z`;
    }),
  );
  const side = SIZE + 2 * QUIET;
  return picture(path, { width: side, height: side, label, class: "qr", "shape-rendering": "crispEdges" });
}

/**
 * The modules, row by row: true is dark.
 *
 * @param {string} text
 */
function modulesOf(text) {
  /** @type {(boolean | undefined)[][]} */
  const grid = Array.from({ length: SIZE }, () => Array(SIZE).fill(undefined));
  drawFinders(grid);
  drawAlignment(grid);
  drawTiming(grid);
  drawVersion(grid);
  drawFormat(grid);
  drawWords(grid, interleaved(dataWords(text)));
  return grid;
}

/**
 * Length and bytes as code words, filled up.
 *
 * @param {string} text
 */
function dataWords(text) {
  const bytes = [...new TextEncoder().encode(text)];
  if (bytes.length > ROOM) throw new RangeError("The text is too long for the code.");
  // The kind of data, the number of bytes, the bytes, the end: in halves of a code word.
  const halves = [4, ...[bytes.length, ...bytes].flatMap((byte) => [byte >> 4, byte & 15]), 0];
  const words = [];
  for (let i = 0; i < halves.length; i += 2) words.push((halves[i] << 4) | halves[i + 1]);
  for (let i = 0; words.length < BLOCKS * DATA; i += 1) words.push(i % 2 ? 0x11 : 0xec);
  return words;
}

/**
 * The blocks with what repairs them, one word of each in turn.
 *
 * @param {number[]} words
 */
function interleaved(words) {
  const blocks = Array.from({ length: BLOCKS }, (_, n) => words.slice(n * DATA, (n + 1) * DATA));
  const checks = blocks.map(checkWords);
  /** @param {number[][]} rows */
  const inTurn = (rows) => rows[0].flatMap((_, i) => rows.map((row) => row[i]));
  return [...inTurn(blocks), ...inTurn(checks)];
}

/**
 * A product in the field of 256 elements.
 *
 * @param {number} a
 * @param {number} b
 */
function product(a, b) {
  let result = 0;
  for (let bit = 7; bit >= 0; bit -= 1) {
    result = (result << 1) ^ ((result >> 7) * 0x11d);
    if ((b >> bit) & 1) result ^= a;
  }
  return result;
}

/** The polynomial that blocks are divided by, without its first coefficient. */
function divisor() {
  let coefficients = [1];
  for (let i = 0, root = 1; i < CHECK; i += 1, root = product(root, 2)) {
    const shifted = [...coefficients, 0];
    coefficients = shifted.map((value, n) => value ^ (n ? product(coefficients[n - 1], root) : 0));
  }
  return coefficients.slice(1);
}

/**
 * What is left of a block when it is divided (Reed-Solomon).
 *
 * @param {number[]} block
 */
function checkWords(block) {
  const by = divisor();
  let rest = Array(CHECK).fill(0);
  for (const word of block) {
    const factor = word ^ rest[0];
    rest = [...rest.slice(1), 0].map((value, i) => value ^ product(by[i], factor));
  }
  return rest;
}

/** @param {(boolean | undefined)[][]} grid */
function drawFinders(grid) {
  for (const [top, left] of [
    [0, 0],
    [0, SIZE - 7],
    [SIZE - 7, 0],
  ])
    for (let y = -1; y <= 7; y += 1)
      for (let x = -1; x <= 7; x += 1) {
        const ring = Math.max(Math.abs(y - 3), Math.abs(x - 3));
        const row = grid[top + y];
        if (row && left + x >= 0 && left + x < SIZE) row[left + x] = ring !== 2 && ring !== 4;
      }
}

/** @param {(boolean | undefined)[][]} grid */
function drawAlignment(grid) {
  for (const top of ALIGNMENT)
    for (const left of ALIGNMENT) {
      if (grid[top][left] !== undefined) continue;
      for (let y = -2; y <= 2; y += 1)
        for (let x = -2; x <= 2; x += 1) grid[top + y][left + x] = Math.max(Math.abs(y), Math.abs(x)) !== 1;
    }
}

/** @param {(boolean | undefined)[][]} grid */
function drawTiming(grid) {
  for (let i = 8; i < SIZE - 8; i += 1) {
    grid[6][i] = i % 2 === 0;
    grid[i][6] = i % 2 === 0;
  }
}

/** @param {(boolean | undefined)[][]} grid */
function drawVersion(grid) {
  for (let i = 0; i < 18; i += 1) {
    const dark = ((VERSION_BITS >> i) & 1) === 1;
    const [far, near] = [SIZE - 11 + (i % 3), Math.floor(i / 3)];
    grid[near][far] = dark;
    grid[far][near] = dark;
  }
}

/** @param {(boolean | undefined)[][]} grid */
function drawFormat(grid) {
  for (let i = 0; i < 15; i += 1) {
    const dark = ((FORMAT_BITS >> i) & 1) === 1;
    // Around the finder at the top left, past the lines of the timing, and once more beside the other two.
    if (i < 8) {
      grid[i < 6 ? i : i + 1][8] = dark;
      grid[8][SIZE - 1 - i] = dark;
    } else {
      grid[8][i === 8 ? 7 : 14 - i] = dark;
      grid[SIZE - 15 + i][8] = dark;
    }
  }
  grid[SIZE - 8][8] = true;
}

/**
 * The words' bits, from the bottom right, up and down in columns of two, with the mask over them.
 *
 * @param {(boolean | undefined)[][]} grid
 * @param {number[]} words
 */
function drawWords(grid, words) {
  let bit = 0;
  let upwards = true;
  for (let right = SIZE - 1; right > 0; right -= 2, upwards = !upwards) {
    if (right === 6) right = 5;
    for (let step = 0; step < SIZE; step += 1) {
      const y = upwards ? SIZE - 1 - step : step;
      for (const x of [right, right - 1]) {
        if (grid[y][x] !== undefined) continue;
        const dark = ((words[bit >> 3] >> (7 - (bit & 7))) & 1) === 1;
        grid[y][x] = dark !== ((x + y) % 2 === 0);
        bit += 1;
      }
    }
  }
}
