/** Who is signed in, and the API asked with their tokens. */

import { get, patch, post, Problem, put, remove } from "./api.js";
import { clientOf, cognito, Denied } from "./cognito.js";
import {
  begin,
  clientOfSession,
  forgetSession,
  groups,
  isOverdue,
  renewed,
  session,
  stayNext,
  stays,
} from "./kept-session.js";
import { forget, read, write } from "./storage.js";

const LINK = "facility-link";
// Nobody should be sent away because the token ran out on its way.
const MARGIN_MS = 60_000;

/** Nobody is signed in any more: what was asked for was not done. */
export class SignedOut extends Error {
  constructor(message = "しばらく操作がなかったため、ログアウトしました。もう一度ログインしてください。") {
    super(message);
  }
}

/**
 * Whoever has a facility's link needs no account: it opens that facility's part of the API (RULES 53).
 *
 * @param {string} link
 */
export const followLink = (link) => write(LINK, link);

/**
 * Whether somebody of a group is signed in; `facility` stands for any of them.
 *
 * @param {string} group
 */
export const signedIn = (group) =>
  (group === "facility" && Boolean(read(LINK))) ||
  groups().some((name) => name === group || name.startsWith(`${group}-`));

/**
 * Sign in to a pool. Answers nothing; or what is asked for before somebody is let in.
 *
 * @param {Pool} pool
 * @param {string} name
 * @param {string} password
 */
export async function signIn(pool, name, password) {
  const client = await clientOf(pool);
  const answer = await cognito("InitiateAuth", {
    ClientId: client,
    AuthFlow: "USER_PASSWORD_AUTH",
    AuthParameters: { USERNAME: name, PASSWORD: password },
  });
  return letIn(client, name, answer);
}

/**
 * @param {string} client
 * @param {string} name
 * @param {Answer} answer
 * @returns {Promise<Challenge | undefined>}
 */
async function letIn(client, name, { AuthenticationResult: result, ChallengeName: kind, ...asked }) {
  if (result) {
    begin(result);
    return undefined;
  }
  const id = asked.ChallengeParameters?.USER_ID_FOR_SRP ?? name;
  if (kind === "MFA_SETUP") return enrolment(client, id, asked.Session);
  const given = kind === "NEW_PASSWORD_REQUIRED" ? "NEW_PASSWORD" : `${kind}_CODE`;
  return { kind, answer: (text) => respond(client, kind, asked.Session, { USERNAME: id, [given]: text }) };
}

/**
 * A key for the authenticator of somebody who has none yet; the answer is a code that proves it was taken over.
 *
 * @param {string} client
 * @param {string} name
 * @param {string} challenge
 * @returns {Promise<Challenge>}
 */
async function enrolment(client, name, challenge) {
  const begun = await cognito("AssociateSoftwareToken", { Session: challenge });
  return {
    kind: "MFA_SETUP",
    key: begun.SecretCode,
    answer: async (code) => {
      const proved = await cognito("VerifySoftwareToken", { Session: begun.Session, UserCode: code });
      return respond(client, "MFA_SETUP", proved.Session, { USERNAME: name });
    },
  };
}

/**
 * @param {string} client
 * @param {string} kind
 * @param {string} challenge
 * @param {Record<string, string>} responses
 */
async function respond(client, kind, challenge, responses) {
  const answer = await cognito("RespondToAuthChallenge", {
    ClientId: client,
    ChallengeName: kind,
    Session: challenge,
    ChallengeResponses: responses,
  });
  return letIn(client, responses.USERNAME, answer);
}

/**
 * Put a password of one's own in the place of the current one; every other device is signed out.
 *
 * @param {string} name
 * @param {string} current
 * @param {string} chosen
 */
export async function changePassword(name, current, chosen) {
  await cognito("ChangePassword", {
    AccessToken: await token(),
    PreviousPassword: current,
    ProposedPassword: chosen,
  });
  await cognito("GlobalSignOut", { AccessToken: await token() });
  stayNext(stays());
  await signIn("patron", name, chosen);
}

/** Leave this device; with `everywhere` all others as well. It forgets in any case. */
export async function signOut(everywhere = false) {
  const ending = everywhere && session() ? cognito("GlobalSignOut", { AccessToken: await token() }) : revoke();
  forgetSession();
  forget(LINK);
  await ending;
}

async function revoke() {
  try {
    if (session()) await cognito("RevokeToken", { ClientId: clientOfSession(), Token: session().refresh });
  } catch {
    // It runs out by itself.
  }
}

/** @type {Promise<void> | null} */
let renewing = null;

async function token() {
  if (session() && isOverdue()) await signOut();
  if (!session()) throw new SignedOut();
  if (Date.now() > session().until - MARGIN_MS) await renewOnce();
  return session().access;
}

/** A new token for the old one, asked for once however many need it. */
function renewOnce() {
  renewing ??= renew().finally(() => (renewing = null));
  return renewing;
}

async function renew() {
  if (!session()) throw new SignedOut();
  try {
    const { AuthenticationResult: result } = await cognito("InitiateAuth", {
      ClientId: clientOfSession(),
      AuthFlow: "REFRESH_TOKEN_AUTH",
      AuthParameters: { REFRESH_TOKEN: session().refresh },
    });
    // Somebody may have signed out in another tab meanwhile.
    if (!session()) throw new SignedOut();
    renewed(result);
  } catch (error) {
    if (!(error instanceof Denied && error.pairIsWrong)) throw error;
    forgetSession();
    throw new SignedOut();
  }
}

/** The API as who is signed in, or has a facility's link. Throws SignedOut when nobody is any more. */
export const api = {
  /** @param {string} path */
  get: (path) => asWho(path, get),
  /**
   * @param {string} path
   * @param {object} [body]
   * @param {Record<string, string>} [more]
   */
  post: (path, body, more) => asWho(path, (at, headers) => post(at, body, { ...headers, ...more })),
  /**
   * @param {string} path
   * @param {object} [body]
   */
  put: (path, body) => asWho(path, (at, headers) => put(at, body, headers)),
  /**
   * @param {string} path
   * @param {object} body
   */
  patch: (path, body) => asWho(path, (at, headers) => patch(at, body, headers)),
  /** @param {string} path */
  remove: (path) => asWho(path, remove),
};

/**
 * @param {string} path
 * @param {(path: string, headers: Record<string, string>) => Promise<Answer>} call
 * @returns {Promise<Answer>}
 */
async function asWho(path, call) {
  const link = read(LINK);
  if (!link) return withToken((headers) => call(path, headers));
  try {
    return await call(path.replace("/facility", `/facility-links/${link}`), {});
  } catch (error) {
    if (!(isNotFound(error) && (await isOver(link)))) throw error;
    forget(LINK);
    throw new SignedOut(
      "このリンクは、もう使えません。{{owner_word}}に新しいリンクをお求めになるか、{{partner_word}}IDでログインしてください。",
    );
  }
}

/**
 * Whether a facility's link opens nothing any more: whatever is asked by it is not found then.
 *
 * @param {string} link
 */
async function isOver(link) {
  try {
    await get(`/facility-links/${link}`);
    return false;
  } catch (error) {
    return isNotFound(error);
  }
}

/** @param {unknown} error */
const isNotFound = (error) => error instanceof Problem && error.status === 404;

/**
 * @param {(headers: Record<string, string>) => Promise<Answer>} call
 * @returns {Promise<Answer>}
 */
async function withToken(call) {
  const ask = async () => call({ Authorization: `Bearer ${await token()}` });
  try {
    return await ask();
  } catch (error) {
    if (!isUnauthorized(error)) throw error;
  }
  await renewOnce();
  try {
    return await ask();
  } catch (error) {
    if (!isUnauthorized(error)) throw error;
    forgetSession();
    throw new SignedOut();
  }
}

/**
 * The token counts no more. The gateway says so in words of its own, a function in ours: both by the status.
 *
 * @param {unknown} error
 */
const isUnauthorized = (error) => error instanceof Problem && error.status === 401;
