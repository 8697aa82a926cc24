/**
 * The player of a recorded run: play, step, go to any place, faster and slower, by mouse, touch and keyboard. It needs
 * the record alone, `{date, decisions}` as the API answers it, and no connection. Who wants less motion sees steps
 * without movement.
 */

import { el } from "../dom.js";
import { Player, SPEEDS } from "./playing.js";
import { Stage } from "./stage.js";
import { holdsOf, inWords, STORY_LEGEND, storyOf, tally } from "./story.js";
import { svg } from "../svg.js";
import { legend } from "./figures.js";
import { outcomeInWords } from "./words.js";

/**
 * @param {{ date: string, decisions: Answer[] }} record
 * @returns {HTMLElement}
 */
export function replayPlayer({ decisions }) {
  const story = storyOf(decisions);
  const place = el("div", { class: "stage" });
  const shown = readings(story);
  const stage = new Stage(place, story);
  const player = new Player(story, stage, (told, playing) => {
    shown.tell(told, playing);
    play.textContent = playing ? "止める" : "再生";
  });
  shown.scrub.addEventListener("input", () => player.goTo(Number(shown.scrub.value)));
  const play = button("再生", () => player.toggle(), "button");
  const box = el(
    "div",
    { class: "replay stack", role: "group", "aria-label": "処理の再生" },
    shown.progress,
    shown.sums,
    shown.scrub,
    controls(player, play),
    shown.said,
    place,
    el("p", { class: "hint" }, "キーボード: スペースで再生と停止、←→で一つずつ、HomeとEndで最初と最後、+と−で速さ。"),
    legend(STORY_LEGEND),
  );
  box.addEventListener("keydown", (event) => onKey(event, player));
  // Drawn for the room there is, once there is any, and anew whenever that changes.
  new ResizeObserver(() => {
    stage.fit();
    player.show();
  }).observe(place);
  return box;
}

/**
 * What tells how far the story is: a bar, sums, a sentence, and the place on its way.
 *
 * @param {import("./story.js").Story} story
 */
function readings(story) {
  const all = story.steps.length;
  const scrub = /** @type {HTMLInputElement} */ (
    el("input", { type: "range", min: 0, max: all, value: 0, "aria-label": "どこまで進めるか", class: "scrub" })
  );
  const said = el("p", { class: "said-now" });
  const [sums, progress] = [el("ul", { class: "sums" }), el("div", { "aria-hidden": "true" })];
  /**
   * @param {number} told
   * @param {boolean} playing
   */
  const tell = (told, playing) => {
    const found = tally(story, told);
    scrub.value = String(told);
    scrub.setAttribute("aria-valuetext", `${all}のうち${told}まで`);
    said.textContent = inWords(story, told);
    said.setAttribute("aria-live", playing ? "off" : "polite");
    sums.replaceChildren(...sumsOf(found));
    progress.replaceChildren(progressBar(found, holdsOf(story)));
  };
  return { scrub, said, sums, progress, tell };
}

/**
 * @param {ReturnType<typeof tally>} sums
 * @param {number} all
 */
function progressBar({ lent, kept, other, reason }, all) {
  let at = 0;
  const parts = /** @type {[string, number][]} */ ([
    ["lent", lent],
    ["kept", kept],
    ["other", other],
    ["waits", reason],
    ["undecided", all - lent - kept - other - reason],
  ]).map(([kind, number]) => {
    const box = svg("rect", { x: at, y: 0, width: number, height: 1, class: kind });
    at += number;
    return box;
  });
  return svg(
    "svg",
    { viewBox: `0 0 ${Math.max(1, all)} 1`, preserveAspectRatio: "none", class: "drawing progress" },
    parts,
  );
}

/**
 * @param {Player} player
 * @param {HTMLElement} play
 */
const controls = (player, play) =>
  el(
    "div",
    { class: "controls" },
    button("最初へ", () => player.goTo(0)),
    button("一つ前", () => player.goTo(player.told - 1)),
    play,
    button("一つ先", () => player.step()),
    button("最後へ", () => player.goTo(Infinity)),
    speedChoice(player),
  );

/**
 * @param {string} text
 * @param {() => unknown} work
 */
const button = (text, work, look = "button plain") =>
  el("button", { type: "button", class: look, onclick: work }, text);

/**
 * @param {Player} player
 */
function speedChoice(player) {
  const select = /** @type {HTMLSelectElement} */ (
    el(
      "select",
      { id: "field-speed" },
      SPEEDS.map((speed) => el("option", { value: speed, selected: speed === player.speed }, `${speed}倍`)),
    )
  );
  select.addEventListener("change", () => player.setSpeed(Number(select.value)));
  player.onSpeed = (speed) => {
    select.value = String(speed);
  };
  return el("label", { class: "speed", for: "field-speed" }, "速さ ", select);
}

/** @type {Record<string, (player: Player) => void>} */
const KEYS = {
  " ": (player) => player.toggle(),
  ArrowRight: (player) => player.step(),
  ArrowLeft: (player) => player.goTo(player.told - 1),
  Home: (player) => player.goTo(0),
  End: (player) => player.goTo(Infinity),
  "+": (player) => player.faster(1),
  "-": (player) => player.faster(-1),
};

/**
 * A button keeps its own space, a choice its own arrows.
 *
 * @param {KeyboardEvent} event
 * @param {Player} player
 */
function onKey(event, player) {
  const { target } = event;
  if (target instanceof HTMLSelectElement || (target instanceof HTMLButtonElement && event.key === " ")) return;
  const work = KEYS[event.key];
  if (!work || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  work(player);
}

/** @param {ReturnType<typeof tally>} sums */
const sumsOf = ({ lent, kept, other, reason }) =>
  /** @type {[string, string, number][]} */ ([
    ["whole", "決まった予約", lent + kept + other + reason],
    ["lent", "貸出", lent],
    ["kept", "確保", kept],
    ["other", outcomeInWords("for_prefectural"), other],
    ["waits", "今回はなし", reason],
  ]).map(([kind, text, number]) =>
    el(
      "li",
      {},
      el("span", { class: `swatch ${kind}`, "aria-hidden": "true" }),
      `${text} `,
      el("strong", {}, String(number)),
    ),
  );
