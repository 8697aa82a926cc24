/**
 * Scanning bar codes: a field that a scanner types into and ends with Enter, and in large letters what to do with the book.
 *
 * Books come faster than answers: the field is free at once, and the scans are carried out one after the other.
 */

import { Offline, Problem } from "../api.js";
import { el } from "../dom.js";
import { input } from "../inputs.js";
import { SignedOut } from "../session.js";

const KEPT = 20;
const BEFORE = "バーコードを読み取ってください。";

/**
 * A scanner. `act` is asked with each code and answers an instruction
 * `{kind, title, lines, below}`: what colour, what in large letters, what below it, and elements under that. `label` is
 * what is scanned. Of the scanner, `top` stays in sight above what is below it, `log` is what was read, `run` does something
 * with a code that was not scanned, and `clear` forgets every answer.
 */
export function scanner(app, label, act) {
  const field = input("barcode", label, {
    class: "text number w16",
    autocomplete: "off",
    autocapitalize: "none",
    spellcheck: "false",
    enterkeyhint: "done",
  });
  const control = field.querySelector("input");
  const screen = el(
    "div",
    { class: "instruction", role: "status", id: "instruction" },
    el("p", {}, BEFORE),
  );
  const log = el("ol", { class: "scans", "aria-label": "これまでに読み取ったもの" });
  let turn = Promise.resolve();
  let answers = 0;

  const clear = (text = BEFORE) => {
    screen.className = "instruction";
    screen.replaceChildren(el("p", {}, text));
    log.replaceChildren();
  };
  const tell = (code, { kind, title, lines = [], below = [] }) => {
    answers += 1;
    // The same answer once more has another number and time: it is seen, and read out.
    const which = `${answers}件目 ${new Date().toLocaleTimeString("ja-JP")}`;
    screen.className = `instruction ${kind}`;
    screen.replaceChildren(
      el("p", { class: "what" }, title),
      ...lines.map((line) => el("p", { class: "where" }, line)),
      el("p", {}, el("span", { class: "number" }, code), el("span", { class: "which" }, which)),
      ...below,
    );
    log.prepend(el("li", { class: kind }, [which, code, title, ...lines].join("  ")));
    while (log.children.length > KEPT) log.lastChild.remove();
  };
  // Whatever was pressed: the next scan goes into the field.
  const focus = () => control.focus({ preventScroll: true });
  const run = (code, work) => {
    focus();
    turn = turn.then(async () => {
      try {
        tell(code, await work(code));
      } catch (error) {
        if (error instanceof SignedOut) app.showSignIn(error.message);
        else tell(code, refusal(error));
      }
    });
    return turn;
  };
  const form = el("form", { class: "scan", novalidate: true }, field, el("button", { class: "button" }, "読み取る"));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const code = scanned(control.value);
    control.value = "";
    if (code) run(code, act);
  });
  const top = el("div", { class: "scan-top stack" }, form, screen);
  return { form, top, log, run, clear, focus };
}

/** A code as it is meant: however wide it was typed, without the letters that begin and end Codabar. */
export const scanned = (text) =>
  text
    .normalize("NFKC")
    .trim()
    .replace(/^[A-D]([0-9]+)[A-D]$/i, "$1");

/** A no, as an instruction. */
function refusal(error) {
  if (!(error instanceof Problem || error instanceof Offline)) throw error;
  const lines = error.reasons?.length ? error.reasons.map(({ message }) => message) : [error.message];
  return { kind: "stop", title: error instanceof Offline ? "もう一度読み取ってください" : "確かめてください", lines };
}
