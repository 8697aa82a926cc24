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

/** Whether somebody of a group is signed in; `facility` stands for any of them. */
export const signedIn = (group) => groups().some((name) => name === group || name.startsWith(`${group}-`));

/** The groups of who is signed in. They only choose what is shown; the API decides by the token's signature. */
export function groups() {
  const session = read(SESSION);
  return session ? (claims(session.access)["cognito:groups"] ?? []) : [];
}

function claims(token) {
  try {
    const bytes = Uint8Array.from(atob(token.split(".")[1].replace(/-/g, "+").replace(/_/g, "/")), (c) =>
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
 */
export async function signIn(name, password) {
  const answer = await asClient("InitiateAuth", {
    AuthFlow: "USER_PASSWORD_AUTH",
    AuthParameters: { USERNAME: name, PASSWORD: password },
  });
  if (answer.ChallengeName !== "NEW_PASSWORD_REQUIRED") return keep(answer.AuthenticationResult);
  return async (chosen) => {
    const { AuthenticationResult: result } = await asClient("RespondToAuthChallenge", {
      ChallengeName: "NEW_PASSWORD_REQUIRED",
      Session: answer.Session,
      ChallengeResponses: { USERNAME: answer.ChallengeParameters.USER_ID_FOR_SRP, NEW_PASSWORD: chosen },
    });
    keep(result);
  };
}

function keep({ AccessToken: access, RefreshToken: refresh, ExpiresIn: seconds }) {
  write(SESSION, {
    access,
    refresh: refresh ?? read(SESSION)?.refresh,
    until: Date.now() + seconds * 1000,
  });
}

/** Put a password of one's own in the place of the current one; every other device is signed out. */
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
  const leaving =
    everywhere && session ? cognito("GlobalSignOut", { AccessToken: await token() }) : revoke(session?.refresh);
  forget(SESSION);
  await leaving;
}

async function revoke(refresh) {
  try {
    if (refresh) await asClient("RevokeToken", { Token: refresh });
  } catch {
    // It runs out by itself.
  }
}

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
  get: (path) => signed((headers) => get(path, headers)),
  post: (path, body) => signed((headers) => post(path, body, headers)),
  put: (path, body) => signed((headers) => put(path, body, headers)),
  patch: (path, body) => signed((headers) => patch(path, body, headers)),
  remove: (path) => signed((headers) => remove(path, headers)),
};

async function signed(call) {
  const withToken = async () => call({ Authorization: `Bearer ${await token()}` });
  try {
    return await withToken();
  } catch (error) {
    if (!isUnauthorized(error)) throw error;
  }
  await renewOnce();
  try {
    return await withToken();
  } catch (error) {
    if (!isUnauthorized(error)) throw error;
    forget(SESSION);
    throw new SignedOut();
  }
}

/** The token counts no more. The gateway says so in words of its own, a function in ours: both by the status. */
const isUnauthorized = (error) => error instanceof Problem && error.status === 401;
