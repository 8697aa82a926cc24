/**
 * What was recorded at the counter and the prefectural library does not have yet (RULES 53).
 *
 * Every act is kept on this device before it is sent, and until it is answered: a lost connection, a closed page, a second
 * tab lose nothing. Its key makes it be carried out once however often it is sent. What is refused stays until somebody
 * has read why.
 */

import { Offline, Problem, reasonsOf } from "../api.js";
import { nowInTokyo } from "../dates.js";
import { api } from "../session.js";
import { device } from "../storage.js";

const KEPT = "unsent-acts";
// Nobody at the counter waits longer for the network; it is sent all the same.
const PATIENCE_MS = 5_000;
const AGAIN_MS = 20_000;

/** @type {Record<Deed, (bag: string, headers: Record<string, string>) => Promise<Answer>>} */
const TELL = {
  handed_over: (bag, headers) => api.post(`${pathOf(bag)}/handover`, undefined, headers),
  taken_back: (bag) => api.remove(`${pathOf(bag)}/handover`),
  arrived: (bag, headers) => api.post(`${pathOf(bag)}/arrival`, { state: "arrived" }, headers),
  missing: (bag, headers) => api.post(`${pathOf(bag)}/arrival`, { state: "missing" }, headers),
};

/** @param {string} bag */
const pathOf = (bag) => `/facility/bags/${encodeURIComponent(bag)}`;

/** @returns {Act[]} */
const all = () => device.read(KEPT) ?? [];

/** How many acts are still here, of whatever facility. */
export const countUnsent = () => all().length;

/**
 * The acts of a facility that are still here, the first first.
 *
 * @param {number | undefined} facility
 */
export const unsent = (facility) => all().filter((act) => act.facility === facility);

/**
 * Record what was done with a bag, and send it if that can be done at once.
 *
 * Answers whether the prefectural library has it. Throws Problem with what stands in the way, if it is refused.
 *
 * @param {number} facility
 * @param {Answer} bag
 * @param {Deed} deed
 */
export async function record(facility, { id: bag, card_number: card }, deed) {
  const act = { id: crypto.randomUUID(), at: nowInTokyo(), facility, bag, card, deed };
  await change((acts) => [...acts, act]);
  const sending = sendUnsent(facility);
  await Promise.race([sending, new Promise((resolve) => setTimeout(resolve, PATIENCE_MS))]);
  const left = all().find(({ id }) => id === act.id);
  if (left && !left.refused) sending.then(told, () => {});
  if (!left?.refused) return !left;
  await forgetAct(act.id);
  throw new Problem(409, { detail: left.refused.join("") });
}

/**
 * Send what is still here, in its order, until there is no connection. Of all tabs one sends at a time.
 *
 * @param {number} facility
 */
const sendUnsent = (facility) => locked("send-acts", () => sendInOrder(facility));

/** @param {number} facility */
async function sendInOrder(facility) {
  for (const act of unsent(facility).filter(({ refused }) => !refused)) {
    try {
      await TELL[act.deed](act.bag, { "Idempotency-Key": act.id });
    } catch (error) {
      if (isForLater(error)) return;
      if (!(error instanceof Problem)) throw error;
      const refused = reasonsOf(error).map(({ message }) => message);
      await change((acts) => acts.map((each) => (each.id === act.id ? { ...each, refused } : each)));
      continue;
    }
    await forgetAct(act.id);
  }
}

/**
 * Whether it was not decided about: the connection is gone, or the other side cannot do it just now.
 *
 * @param {unknown} error
 */
const isForLater = (error) =>
  error instanceof Offline ||
  (error instanceof Problem && (error.status === 429 || error.status >= 500 || error.code === "in_progress"));

/**
 * Take an act back that has not been sent; answers whether it was still here.
 *
 * @param {string} id
 */
export const takeBack = (id) =>
  locked("send-acts", async () => {
    const isHere = all().some((act) => act.id === id);
    await forgetAct(id);
    return isHere;
  });

/** @param {string} id */
export const forgetAct = (id) => change((acts) => acts.filter((act) => act.id !== id));

const told = () => dispatchEvent(new Event("unsent"));

/**
 * Send what waits, if anything does, and tell when that is done.
 *
 * @param {number | undefined} facility its number, if it is known
 */
export async function sendWaiting(facility) {
  if (!facility || !unsent(facility).some(({ refused }) => !refused)) return;
  // Who is not signed in any more sends nothing; it is said when the next view is opened.
  await sendUnsent(facility).catch(() => {});
  told();
}

/**
 * Send acts once there is a connection again, and tell whenever that, or another tab, has made others of them.
 *
 * @param {() => number | undefined} facility whose acts are meant
 * @param {() => void} tell
 */
export function watchUnsent(facility, tell) {
  addEventListener("unsent", tell);
  addEventListener("storage", ({ key }) => key === KEPT && tell());
  addEventListener("online", () => sendWaiting(facility()));
  setInterval(() => sendWaiting(facility()), AGAIN_MS);
}

/** @param {(acts: Act[]) => Act[]} changed */
const change = (changed) => locked("change-acts", async () => device.write(KEPT, changed(all())));

/**
 * Do something while no other tab does; an old browser has no such locks, and the acts' keys are enough for it.
 *
 * @template Given
 * @param {string} name
 * @param {() => Promise<Given>} work
 * @returns {Promise<Given>}
 */
const locked = (name, work) => (navigator.locks ? navigator.locks.request(name, work) : work());
