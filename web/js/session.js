/** Who is signed in, in this tab only: its tokens, and the API asked with them. */

import { get, patch, post, Problem, put, remove } from "./api.js";
import { asClient, cognito, Denied } from "./cognito.js";
import { forget, read, write } from "./storage.js";

const SESSION = "session";
// Nobody should be sent away because the token ran out on its way.
const MARGIN_MS = 60_000;

/** Nobody is signed in any more: what was asked for was not done. */
export class SignedOut extends Error {
  constructor() {
    super("しばらく操作がなかったため、ログアウトしました。もう一度ログインしてください。");
  }
}

/**
 * Whether somebody of a group is signed in; `facility` stands for any of them.
 *
 * @param {string} group
 */
export const signedIn = (group) => groups().some((name) => name === group || name.startsWith(`${group}-`));

/**
 * The groups of who is signed in. They only choose what is shown; the API decides by the token's signature.
 *
 * @returns {string[]}
 */
export function groups() {
  const session = read(SESSION);
  return session ? (claims(session.access)["cognito:groups"] ?? []) : [];
}

/** @param {string} accessToken */
function claims(accessToken) {
  try {
    const bytes = Uint8Array.from(atob(accessToken.split(".")[1].replace(/-/g, "+").replace(/_/g, "/")), (c) =>
      c.charCodeAt(0),
    );
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return {};
  }
}

/**
 * Sign in. Answers nothing; or, if the password was a temporary one, a function that takes the new password and
 * signs in with it.
 *
 * @param {string} name
 * @param {string} password
 * @returns {Promise<((chosen: string) => Promise<void>) | undefined>}
 */
export async function signIn(name, password) {
  const answer = await asClient("InitiateAuth", {
    AuthFlow: "USER_PASSWORD_AUTH",
    AuthParameters: { USERNAME: name, PASSWORD: password },
  });
  if (answer.ChallengeName !== "NEW_PASSWORD_REQUIRED") {
    keep(answer.AuthenticationResult);
    return undefined;
  }
  return async (chosen) => {
    const { AuthenticationResult: result } = await asClient("RespondToAuthChallenge", {
      ChallengeName: "NEW_PASSWORD_REQUIRED",
      Session: answer.Session,
      ChallengeResponses: { USERNAME: answer.ChallengeParameters.USER_ID_FOR_SRP, NEW_PASSWORD: chosen },
    });
    keep(result);
  };
}

/** @param {Answer} result */
function keep({ AccessToken: access, RefreshToken: refresh, ExpiresIn: seconds }) {
  write(SESSION, {
    access,
    refresh: refresh ?? read(SESSION)?.refresh,
    until: Date.now() + seconds * 1000,
  });
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
  await signIn(name, chosen);
}

/** Leave this device; with `everywhere` all others as well. The tab forgets in any case. */
export async function signOut(everywhere = false) {
  const session = read(SESSION);
  const ending =
    everywhere && session ? cognito("GlobalSignOut", { AccessToken: await token() }) : revoke(session?.refresh);
  forget(SESSION);
  await ending;
}

/** @param {string | undefined} refresh */
async function revoke(refresh) {
  try {
    if (refresh) await asClient("RevokeToken", { Token: refresh });
  } catch {
    // It runs out by itself.
  }
}

/** @type {Promise<void> | null} */
let renewing = null;

async function token() {
  const session = read(SESSION);
  if (!session) throw new SignedOut();
  if (Date.now() > session.until - MARGIN_MS) await renewOnce();
  return read(SESSION).access;
}

/** A new token for the old one, asked for once however many need it. */
function renewOnce() {
  renewing ??= renew().finally(() => (renewing = null));
  return renewing;
}

async function renew() {
  try {
    const { AuthenticationResult: result } = await asClient("InitiateAuth", {
      AuthFlow: "REFRESH_TOKEN_AUTH",
      AuthParameters: { REFRESH_TOKEN: read(SESSION)?.refresh ?? "" },
    });
    keep(result);
  } catch (error) {
    if (!(error instanceof Denied && error.pairIsWrong)) throw error;
    forget(SESSION);
    throw new SignedOut();
  }
}

/** The API as who is signed in. Throws SignedOut when nobody is any more. */
export const api = {
  /** @param {string} path */
  get: (path) => withToken((headers) => get(path, headers)),
  /**
   * @param {string} path
   * @param {object} [body]
   */
  post: (path, body) => withToken((headers) => post(path, body, headers)),
  /** @param {string} path */
  put: (path) => withToken((headers) => put(path, undefined, headers)),
  /**
   * @param {string} path
   * @param {object} body
   */
  patch: (path, body) => withToken((headers) => patch(path, body, headers)),
  /** @param {string} path */
  remove: (path) => withToken((headers) => remove(path, headers)),
};

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
    forget(SESSION);
    throw new SignedOut();
  }
}

/**
 * The token counts no more. The gateway says so in words of its own, a function in ours: both by the status.
 *
 * @param {unknown} error
 */
const isUnauthorized = (error) => error instanceof Problem && error.status === 401;
