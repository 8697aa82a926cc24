/** The tokens of who is signed in: in this tab, or on the device of who wants to stay signed in (a device of one's own). */

import { device, tab } from "./storage.js";

const SESSION = "session";
// A tab that is left open is signed in no longer than that.
const TAB_MS = 24 * 60 * 60 * 1000;

// Where the next one to sign in is remembered.
let chosen = tab;

/** What is kept of who is signed in, or nothing. */
export const session = () => tab.read(SESSION) ?? device.read(SESSION);

/** Whether who is signed in stays so when the tab is closed. */
export const stays = () => !tab.read(SESSION) && Boolean(device.read(SESSION));

/** Where the session is kept, and what goes with it. */
const place = () => (stays() ? device : tab);

/**
 * Whoever signs in next stays signed in, or does not.
 *
 * @param {boolean} wanted
 */
export const stayNext = (wanted) => {
  chosen = wanted ? device : tab;
};

/**
 * Whoever is signed in stays so from now on, or does not.
 *
 * @param {boolean} wanted
 * @param {string[]} names what goes with the session
 */
export function stayFromNow(wanted, names) {
  const [from, to] = wanted ? [tab, device] : [device, tab];
  for (const name of [SESSION, ...names]) {
    const kept = from.read(name);
    from.forget(name);
    if (kept) to.write(name, kept);
  }
}

/**
 * Keep the tokens of who has just signed in.
 *
 * @param {Answer} result
 */
export function begin({ AccessToken: access, RefreshToken: refresh, ExpiresIn: seconds }) {
  chosen.write(SESSION, { access, refresh, until: Date.now() + seconds * 1000, begun: Date.now() });
}

/**
 * Keep a new token in the place of the old one.
 *
 * @param {Answer} result
 */
export function renewed({ AccessToken: access, RefreshToken: refresh, ExpiresIn: seconds }) {
  const before = session();
  const until = Date.now() + seconds * 1000;
  place().write(SESSION, { ...before, access, until, refresh: refresh ?? before.refresh });
}

/** Whether a tab has been signed in for as long as it may. */
export const isOverdue = () => !stays() && Date.now() > (session()?.begun ?? 0) + TAB_MS;

export const forgetSession = () => place().forget(SESSION);

/**
 * Keep something as long as the session is kept, and where it is.
 *
 * @param {string} name
 * @param {unknown} value
 */
export const keepWithSession = (name, value) => session() && place().write(name, value);

/** The groups of who is signed in. They only choose what is shown; the API decides by the token's signature. */
export const groups = () => /** @type {string[]} */ (claims()["cognito:groups"] ?? []);

/** Which client the session was begun with: only that one may go on with it. */
export const clientOfSession = () => claims().client_id;

function claims() {
  try {
    const [, payload] = session().access.split(".");
    const bytes = Uint8Array.from(atob(payload.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return {};
  }
}
