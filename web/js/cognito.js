/** Cognito, spoken to from the page: passwords go there and nowhere else. Nothing of it is ever logged. */

import { Offline } from "./api.js";

const WRONG_PAIR = "利用券の番号またはパスワードに誤りがあります。";
const WRONG_CODE = "確認コードが違います。認証アプリに今出ている数字を入力してください。";
export const PASSWORD_RULE = "8文字以上で、英字の小文字と数字をどちらも使ってください。";
/** @type {Record<string, string>} */
const SENTENCES = {
  InvalidPasswordException: `このパスワードは使えません。${PASSWORD_RULE}`,
  LimitExceededException:
    "続けて何度も試されたため、しばらく受け付けられません。時間をおいて、もう一度お試しください。",
  TooManyRequestsException: "ただいま混み合っています。しばらくしてから、もう一度お試しください。",
  CodeMismatchException: WRONG_CODE,
  EnableSoftwareTokenMFAException: WRONG_CODE,
  ExpiredCodeException: "この確認コードは、もう使われました。次の数字に変わってから、入力してください。",
};
const UNKNOWN = "うまくいきませんでした。しばらくしてから、もう一度お試しください。";
// A wrong number, a wrong password, one that has run out, an account that is locked: nobody is told which (RULES 6).
const ALIKE = [
  "NotAuthorizedException",
  "UserNotFoundException",
  "UserNotConfirmedException",
  "PasswordResetRequiredException",
  "InvalidParameterException",
];
const TIMEOUT_MS = 35_000;

/** Cognito's no: `code` is its own name for it, the message is for people. */
export class Denied extends Error {
  /** @param {string} code */
  constructor(code) {
    super(ALIKE.includes(code) ? WRONG_PAIR : (SENTENCES[code] ?? UNKNOWN));
    this.code = code;
    this.pairIsWrong = ALIKE.includes(code);
  }
}

let config;

async function settings() {
  config ??= fetch("config.json", { signal: AbortSignal.timeout(TIMEOUT_MS) }).then((answer) => answer.json());
  try {
    return await config;
  } catch {
    config = undefined;
    throw new Offline();
  }
}

/**
 * One operation of Cognito. Throws Denied, or Offline when no answer came.
 *
 * @param {string} operation
 * @param {object} parameters
 */
export async function cognito(operation, parameters) {
  const { cognitoEndpoint } = await settings();
  let answer, read;
  try {
    answer = await fetch(`${cognitoEndpoint}/`, {
      method: "POST",
      headers: {
        "Content-Type": "application/x-amz-json-1.1",
        "X-Amz-Target": `AWSCognitoIdentityProviderService.${operation}`,
      },
      body: JSON.stringify(parameters),
      cache: "no-store",
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    read = JSON.parse((await answer.text()) || "{}");
  } catch {
    throw new Offline();
  }
  if (!answer.ok) throw new Denied(String(read.__type ?? "").replace(/^.*#/, ""));
  return read;
}

/**
 * The pages' own client of a pool.
 *
 * @param {Pool} pool
 * @returns {Promise<string>}
 */
export async function clientOf(pool) {
  const { userPoolClientId, staffPoolClientId } = await settings();
  return pool === "staff" ? staffPoolClientId : userPoolClientId;
}
