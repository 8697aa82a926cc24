/** 使い方: the questions and answers stand in the page; here they are searched, and opened by the address. */

import { byId, element } from "./dom.js";
import { finder } from "./finding.js";

// So few answers are opened at once.
const FEW = 3;

const questions = [...element("content").querySelectorAll("details")];
const sections = [...element("content").querySelectorAll("section")];
const field = /** @type {HTMLInputElement} */ (element("words"));

/** Show what has the words that are typed, and how much of it there is. */
function find() {
  const words = field.value.trim();
  const has = finder(words);
  const found = questions.filter((question) => has(question.textContent ?? ""));
  for (const question of questions) {
    question.hidden = !found.includes(question);
    question.open = Boolean(words) && found.length <= FEW && found.includes(question);
  }
  for (const section of sections) section.hidden = !section.querySelector("details:not([hidden])");
  element("found").textContent = words ? told(words, found.length) : "";
}

/**
 * @param {string} words
 * @param {number} count
 */
const told = (words, count) =>
  count
    ? `「${words}」のある質問と答えは、${count}件です。`
    : `「${words}」のある質問と答えは、ありません。別の言葉でお試しください。`;

/** Open the question of the address, whatever was searched for. */
function openAsked() {
  const asked = byId(location.hash.slice(1));
  if (!(asked instanceof HTMLDetailsElement)) return;
  if (asked.hidden) {
    field.value = "";
    find();
  }
  asked.open = true;
  asked.scrollIntoView();
}

const form = element("finder");
form.hidden = false;
form.addEventListener("submit", (event) => event.preventDefault());
field.addEventListener("input", find);
addEventListener("hashchange", openAsked);
// What was typed is still there when a browser leads back.
find();
openAsked();
