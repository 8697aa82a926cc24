/** Signing in, with a password of one's own in the place of a temporary one. */

import { Offline } from "./api.js";
import { Denied, PASSWORD_RULE } from "./cognito.js";
import { byId, el, show } from "./dom.js";
import { showSummary } from "./faults.js";
import {
  choice,
  input,
  missingFault,
  onSubmit,
  ownerOfPassword,
  passwordInput,
  tellFaults,
  typedIn,
} from "./inputs.js";
import { stayNext } from "./kept-session.js";
import { askCode, askEnrolment } from "./second-factor.js";
import { signedIn, signIn, signOut } from "./session.js";

/** What it means to stay signed in. */
export const STAYING =
  "この画面を閉じても、30日のあいだログインしたままになり、電波の届かないところでも{{card_word}}を表示できます。図書館のパソコンや、ご家族と使う機器など、ほかの人も使う機器では、選ばないでください。";

/**
 * Show the sign-in. `news` is why it is shown again, `done` follows a sign-in.
 *
 * @param {SignIn} who
 * @param {string} news
 * @param {() => unknown} done
 */
export function askSignIn(who, news, done) {
  const numbers = who.digits ? { inputmode: "numeric", class: "text number w16" } : {};
  const form = el(
    "form",
    { class: "stack", novalidate: true },
    input("username", who.label, {
      hint: who.hint,
      autocomplete: "username",
      autocapitalize: "none",
      spellcheck: "false",
      required: true,
      ...numbers,
    }),
    passwordInput("password", "パスワード", "current-password"),
    who.stays ? stayChoice() : null,
    el("div", { class: "actions" }, el("button", { class: "button" }, "ログイン")),
  );
  onSubmit(form, () => tryPair(form, who, done));
  show(
    who.title,
    el("h1", {}, who.title),
    news ? el("p", { class: "note warning" }, news) : null,
    el("p", {}, who.lead),
    form,
    who.below?.(),
  );
}

const stayChoice = () =>
  el(
    "div",
    { class: "field" },
    choice("checkbox", "stay", "yes", "ログインしたままにする"),
    el("p", { class: "hint" }, STAYING),
  );

/**
 * @param {HTMLFormElement} form
 * @param {SignIn} who
 * @param {() => unknown} done
 */
async function tryPair(form, who, done) {
  const { username, password, stay } = typedIn(form);
  const missing = [
    ...missingFault("username", username, `${who.label}を入力してください。`),
    ...missingFault("password", password, "パスワードを入力してください。"),
  ];
  if (tellFaults(form, missing)) return;
  const name = regular(username, who.digits);
  stayNext(Boolean(stay));
  try {
    await goOn(who, name, await signIn(who.pool, name, password.trim()), done);
  } catch (error) {
    tellDenial(who, error);
  }
}

/**
 * What is asked next, or the page.
 *
 * @param {SignIn} who
 * @param {string} name
 * @param {Challenge | undefined} asked
 * @param {() => unknown} done
 */
async function goOn(who, name, asked, done) {
  if (!asked) {
    await welcome(who, done);
    return;
  }
  /** @param {string} text */
  const give = (text) => goOnWith(who, name, asked, text, done);
  if (asked.kind === "NEW_PASSWORD_REQUIRED") askNewPassword(name, give);
  else if (asked.kind === "MFA_SETUP") askEnrolment(name, asked.key ?? "", give);
  else askCode(give);
}

/**
 * Give what was asked for. Whoever took too long begins again.
 *
 * @param {SignIn} who
 * @param {string} name
 * @param {Challenge} asked
 * @param {string} text
 * @param {() => unknown} done
 */
async function goOnWith(who, name, asked, text, done) {
  try {
    await goOn(who, name, await asked.answer(text), done);
  } catch (error) {
    if (error instanceof Denied && error.pairIsWrong)
      askSignIn(who, "時間がたったため、もう一度ログインしてください。", done);
    else tellDenial(who, error);
  }
}

/**
 * A number however wide and however grouped it was typed.
 *
 * @param {string} name
 * @param {boolean | undefined} digits
 */
function regular(name, digits) {
  const text = name.normalize("NFKC").trim();
  return digits ? text.replace(/[\s-]/g, "") : text;
}

/**
 * @param {SignIn} who
 * @param {() => unknown} done
 */
async function welcome(who, done) {
  if (signedIn(who.group)) {
    await done();
    return;
  }
  await signOut();
  showSummary([{ message: who.others }], "この画面は使えません");
}

/**
 * @param {SignIn} who
 * @param {unknown} error
 */
function tellDenial(who, error) {
  if (!(error instanceof Denied || error instanceof Offline)) throw error;
  const pairIsWrong = error instanceof Denied && error.pairIsWrong;
  const target = pairIsWrong ? "field-username" : "field-code";
  const message =
    pairIsWrong && who.pool === "staff" ? `${who.label}またはパスワードに誤りがあります。` : error.message;
  showSummary([{ message, target: byId(target) ? target : undefined }], "ログインできませんでした");
}

/**
 * A temporary password is good for one thing: choosing one's own (RULES 6).
 *
 * @param {string} name
 * @param {Give} give
 */
function askNewPassword(name, give) {
  const form = el(
    "form",
    { class: "stack", novalidate: true },
    ownerOfPassword(name),
    passwordInput("chosen", "新しいパスワード", "new-password", PASSWORD_RULE),
    passwordInput("again", "新しいパスワード(確認のため、もう一度)", "new-password"),
    el("div", { class: "actions" }, el("button", { class: "button" }, "このパスワードに決める")),
  );
  onSubmit(form, async () => {
    const { chosen, again } = typedIn(form);
    if (tellFaults(form, faultsOfChosen(chosen, again))) return;
    await give(chosen.trim());
  });
  show(
    "新しいパスワードを決めてください",
    el("h1", {}, "新しいパスワードを決めてください"),
    el(
      "p",
      {},
      "仮パスワードは、一度だけ使えます。次からログインに使うパスワードを、ご自分で決めて、忘れないようにしてください。",
    ),
    form,
  );
}

/**
 * What is wrong with a new password and its repetition.
 *
 * @param {string} chosen
 * @param {string} again
 * @returns {Fault[]}
 */
export function faultsOfChosen(chosen, again) {
  if (chosen.trim().length < 8 || !/[a-z]/.test(chosen) || !/[0-9]/.test(chosen))
    return [{ field: "chosen", message: `新しいパスワードは、${PASSWORD_RULE}` }];
  return chosen === again ? [] : [{ field: "again", message: "2つの新しいパスワードが同じではありません。" }];
}
