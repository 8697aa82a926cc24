/** What a page remembers, in this tab or on this device. Where the browser keeps nothing, or is full, in the page itself. */

/** @param {() => Storage} storage */
function storeOf(storage) {
  /** @type {Map<string, Answer>} */
  const memory = new Map();
  return {
    /** @param {string} name */
    read(name) {
      try {
        return JSON.parse(storage().getItem(name) ?? "null") ?? memory.get(name) ?? null;
      } catch {
        return memory.get(name) ?? null;
      }
    },
    /**
     * @param {string} name
     * @param {unknown} value
     */
    write(name, value) {
      try {
        storage().setItem(name, JSON.stringify(value));
        memory.delete(name);
      } catch {
        memory.set(name, value);
      }
    },
    /** @param {string} name */
    forget(name) {
      memory.delete(name);
      try {
        storage().removeItem(name);
      } catch {
        // It was kept in memory only.
      }
    },
  };
}

/** What goes with the tab. */
export const tab = storeOf(() => sessionStorage);

/** What stays when the tab is closed. */
export const device = storeOf(() => localStorage);

export const { read, write, forget } = tab;
