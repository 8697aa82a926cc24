/** What a page remembers: in this tab only. Where the browser keeps nothing, or is full, in the page itself. */

/** @type {Map<string, Answer>} */
const memory = new Map();

/** @param {string} name */
export function read(name) {
  try {
    return JSON.parse(sessionStorage.getItem(name) ?? "null") ?? memory.get(name) ?? null;
  } catch {
    return memory.get(name) ?? null;
  }
}

/**
 * @param {string} name
 * @param {unknown} value
 */
export function write(name, value) {
  memory.set(name, value);
  try {
    sessionStorage.setItem(name, JSON.stringify(value));
  } catch {
    // Kept in memory.
  }
}

/** @param {string} name */
export function forget(name) {
  memory.delete(name);
  try {
    sessionStorage.removeItem(name);
  } catch {
    // It was kept in memory only.
  }
}
