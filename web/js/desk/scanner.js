/**
 * Scanning bar codes: a field that a scanner types into and ends with Enter, and in large letters what to do with the book.
 *
 * Books come faster than answers: the field is free at once, and the scans are carried out one after the other.
 */

import { Offline, Problem, reasonsOf } from "../api.js";
import { el, fill } from "../dom.js";
import { controlOf, input } from "../inputs.js";
import { SignedOut } from "../session.js";
import { play, soundSwitch } from "./sound.js";

const KEPT = 20;
const BEFORE = "バーコードを読み取ってください。";

/**
 * A scanner. `act` is asked with each code, which is called `label`. `top` stays in sight above what is below it, `log` is
 * what was read.
 */
export class Scanner {
  /**
   * @param {App} app
   * @param {string} label
   * @param {(code: string) => Promise<Instruction>} act
   */
  constructor(app, label, act) {
    const field = barcodeInput(label);
    this.app = app;
    /** What the next code is read for, settled when it is read. */
    this.meant = () => act;
    this.control = controlOf(field, "barcode");
    this.screen = el("div", { class: "instruction", role: "status", id: "instruction" }, el("p", {}, BEFORE));
    this.log = el("ol", { class: "scans", "aria-label": "これまでに読み取ったもの" });
    this.form = el(
      "form",
      { class: "scan", novalidate: true },
      field,
      el("button", { class: "button" }, "読み取る"),
      soundSwitch(),
    );
    this.form.addEventListener("submit", (event) => this.submitted(event));
    this.top = el("div", { class: "scan-top stack" }, this.form, this.screen);
    /** @type {Promise<void>} */
    this.turn = Promise.resolve();
    this.answers = 0;
  }

  /** @param {Event} event */
  submitted(event) {
    event.preventDefault();
    const code = scanned(this.control.value);
    this.control.value = "";
    if (code) this.run(code, this.meant());
  }

  /** Whatever was pressed: the next scan goes into the field. */
  focus() {
    this.control.focus({ preventScroll: true });
  }

  /** Forget every answer. */
  clear(text = BEFORE) {
    this.screen.className = "instruction";
    fill(this.screen, el("p", {}, text));
    this.log.replaceChildren();
  }

  /**
   * Do something with a code, after what was begun before it, and tell what comes of it.
   *
   * @param {string} code
   * @param {(code: string) => Promise<Instruction>} work
   */
  run(code, work) {
    this.focus();
    this.turn = this.turn.then(async () => {
      try {
        this.tell(code, await work(code));
      } catch (error) {
        if (error instanceof SignedOut) this.app.showSignIn(error.message);
        else this.tell(code, refusal(error));
      }
    });
    return this.turn;
  }

  /**
   * @param {string} code
   * @param {Instruction} instruction
   */
  tell(code, { kind, title, lines = [], below = [] }) {
    this.answers += 1;
    // The same answer once more has another number and time: it is seen, and read out.
    const which = `${this.answers}件目 ${new Date().toLocaleTimeString("ja-JP")}`;
    play(kind);
    this.screen.className = `instruction ${kind}`;
    fill(
      this.screen,
      el("p", { class: "what" }, title),
      lines.map((line) => el("p", { class: "where" }, line)),
      el("p", {}, el("span", { class: "number" }, code), el("span", { class: "which" }, which)),
      below,
    );
    this.log.prepend(el("li", { class: kind }, [which, code, title, ...lines].join("  ")));
    while (this.log.children.length > KEPT) this.log.lastChild?.remove();
  }
}

/** @param {string} label */
const barcodeInput = (label) =>
  input("barcode", label, {
    class: "text number w16",
    autocomplete: "off",
    autocapitalize: "none",
    spellcheck: "false",
    enterkeyhint: "done",
  });

/**
 * A code as it is meant: however wide it was typed, without the letters that begin and end Codabar.
 *
 * @param {string} text
 */
export const scanned = (text) =>
  text
    .normalize("NFKC")
    .trim()
    .replace(/^[A-D]([0-9]+)[A-D]$/i, "$1");

/**
 * A no, as an instruction.
 *
 * @param {unknown} error
 */
function refusal(error) {
  if (!(error instanceof Problem || error instanceof Offline)) throw error;
  const lines = reasonsOf(error).map(({ message }) => message);
  return { kind: "stop", title: error instanceof Offline ? "もう一度読み取ってください" : "確かめてください", lines };
}
