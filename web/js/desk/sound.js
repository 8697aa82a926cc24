/** A sound at each scan, so that nobody has to look up: well, look at this, or not done. Who wants silence has it. */

import { el } from "../dom.js";

const SILENT = "silent-scans";
const SECONDS = 0.12;

/**
 * The tones of an answer, in hertz, one after the other.
 *
 * @type {Record<string, number[]>}
 */
const TONES = { good: [880], look: [660, 880], bad: [220, 165] };
/** Of what an instruction is coloured like. @type {Record<string, string>} */
const SOUNDS = { bag: "good", shelf: "good", ready: "good", aside: "look", stop: "bad" };

/** @type {AudioContext | undefined} */
let audio;

function silent() {
  try {
    return localStorage.getItem(SILENT) === "1";
  } catch {
    return false;
  }
}

/** @param {boolean} wanted */
function setSilent(wanted) {
  try {
    if (wanted) localStorage.setItem(SILENT, "1");
    else localStorage.removeItem(SILENT);
  } catch {
    // It is as it was when the page is opened again.
  }
}

/**
 * Let the answer of a kind be heard.
 *
 * @param {string} kind
 */
export function play(kind) {
  if (silent() || !("AudioContext" in window)) return;
  audio ??= new AudioContext();
  audio.resume();
  let at = audio.currentTime;
  for (const hertz of TONES[SOUNDS[kind] ?? "bad"]) {
    tone(audio, hertz, at);
    at += SECONDS;
  }
}

/**
 * @param {AudioContext} context
 * @param {number} hertz
 * @param {number} at
 */
function tone(context, hertz, at) {
  const oscillator = new OscillatorNode(context, { frequency: hertz, type: "triangle" });
  // It ends softly: cut off it would click.
  const gain = new GainNode(context, { gain: 0.3 });
  gain.gain.setTargetAtTime(0, at + SECONDS / 2, SECONDS / 8);
  oscillator.connect(gain).connect(context.destination);
  oscillator.start(at);
  oscillator.stop(at + SECONDS);
}

/** The switch for it, remembered by this device. */
export function soundSwitch() {
  const box = el("input", { type: "checkbox", id: "sound", checked: !silent() });
  box.addEventListener("change", () => {
    setSilent(!box.checked);
    play("shelf");
  });
  return el("div", { class: "sound" }, box, el("label", { for: "sound" }, "読み取ったときに音を鳴らす"));
}
