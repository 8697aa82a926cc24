/** The API under the site's own address. What it refuses is a Problem, what never reached it is Offline. */

import { travelledTo } from "./moment.js";

const BASE = "/api";
const TIMEOUT_MS = 35_000;

/** A refusal: its status and code, a sentence for people, and everything that stands in the way (RFC 9457). */
export class Problem extends Error {
  /**
   * @param {number} status
   * @param {Answer} body
   */
  constructor(status, body) {
    super(body.detail || body.title || "うまくいきませんでした。しばらくしてから、もう一度お試しください。");
    this.status = status;
    this.code = body.code || "";
    /** @type {Answer[]} */
    this.reasons = body.reasons || [];
  }
}

/** No answer came: the connection was lost, or nobody answered in time. Nothing is known of what was asked for. */
export class Offline extends Error {
  constructor() {
    super("インターネットにつながりませんでした。電波の届くところで、もう一度お試しください。");
  }
}

/**
 * What people are told of an error of ours; another one is thrown on.
 *
 * @param {unknown} error
 */
export function messageOf(error) {
  if (error instanceof Problem || error instanceof Offline) return error.message;
  throw error;
}

/**
 * All that stands in the way, each with its field if it has one.
 *
 * @param {Error} error
 * @returns {Fault[]}
 */
export const reasonsOf = (error) =>
  error instanceof Problem && error.reasons.length ? error.reasons : [{ message: error.message }];

/**
 * @callback Ask  Without a body.
 * @param {string} path
 * @param {Record<string, string>} [headers]
 * @returns {Promise<Answer>}
 */

/**
 * @callback Send  With a body.
 * @param {string} path
 * @param {object} [body]
 * @param {Record<string, string>} [headers]
 * @returns {Promise<Answer>}
 */

/** @type {Ask} */
export const get = (path, headers = {}) => call("GET", path, undefined, headers);
/** @type {Send} */
export const post = (path, body, headers = {}) => call("POST", path, body, headers);
/** @type {Send} */
export const put = (path, body, headers = {}) => call("PUT", path, body, headers);
/** @type {Send} */
export const patch = (path, body, headers = {}) => call("PATCH", path, body, headers);
/** @type {Ask} */
export const remove = (path, headers = {}) => call("DELETE", path, undefined, headers);

/**
 * A whole list, page by page; `ask` is how a page is asked for.
 *
 * @param {string} path
 * @param {Ask} ask
 */
export async function list(path, ask = get) {
  /** @type {Answer[]} */
  const items = [];
  let cursor = "";
  do {
    const page = await ask(nextPage(path, cursor));
    items.push(...page.items);
    cursor = page.cursor;
  } while (cursor);
  return items;
}

/**
 * The address of the page that a cursor leads to; without one, of the first.
 *
 * @param {string} path
 * @param {string | null} cursor
 */
export function nextPage(path, cursor) {
  if (!cursor) return path;
  return `${path}${path.includes("?") ? "&" : "?"}cursor=${encodeURIComponent(cursor)}`;
}

/**
 * @param {string} method
 * @param {string} path
 * @param {object | undefined} body
 * @param {Record<string, string>} headers
 */
async function call(method, path, body, headers) {
  const sent = body === undefined ? {} : { body: JSON.stringify(body) };
  const moment = travelledTo();
  /** @type {Record<string, string>} */
  const own = { ...(body !== undefined && { "Content-Type": "application/json" }), ...(moment && { "X-Now": moment }) };
  const timeout = new AbortController();
  const timer = setTimeout(() => timeout.abort(), TIMEOUT_MS);
  let answer, text;
  try {
    answer = await fetch(BASE + path, { method, headers: { ...own, ...headers }, signal: timeout.signal, ...sent });
    text = await answer.text();
  } catch {
    throw new Offline();
  } finally {
    clearTimeout(timer);
  }
  // A table for a spreadsheet is handed on as it is.
  const read = answer.headers.get("Content-Type")?.startsWith("text/csv") ? text : parsed(text);
  if (!answer.ok) throw new Problem(answer.status, read);
  return read;
}

/**
 * What stands between us and the API may answer in its own words.
 *
 * @param {string} text
 */
function parsed(text) {
  try {
    return JSON.parse(text) || {};
  } catch {
    return {};
  }
}
