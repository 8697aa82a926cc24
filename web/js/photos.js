/** The photos, one a page: what to mind, choose, look, send, and wait to see whether it could be used. */

import { messageOf, Offline, Problem } from "./api.js";
import { byId, el, element, flat, show, workingButton } from "./dom.js";
import { receipt, rememberReceipt } from "./draft.js";
import { hideSummary, showSummary } from "./faults.js";
import { isOptional, slotLabel } from "./kinds.js";
import { advice, beforeTheCamera } from "./photo-advice.js";
import { shrinkImage, Unusable } from "./shrink-image.js";
import { application, ticketFor, useUpTicket } from "./tickets.js";
import { upload } from "./upload.js";

const MAX_BYTES = 10 * 1024 * 1024;
// Looking at a photo takes a second or two; after a minute and a half people should not stand and wait.
const LOOKS_MS = [500, 700, 1000, 1500, 2000, 3000, 3000, 4000, 5000, 5000, 5000, 5000, 10_000, 10_000, 15_000, 15_000];

const KEPT =
  "インターネットにつながりませんでした。選んだ写真は残っていて、つながると自動で送り直します。" +
  "この画面を閉じたときは、受付番号と確認番号を使って、続きから送れます。";

/** Go to the photo that is missing, or to the end. */
export async function nextPhoto() {
  show("写真を確認しています", el("h1", {}, "写真を確認しています"), el("p", { role: "status" }, "お待ちください…"));
  try {
    const found = await application();
    const slot = wanted(found);
    const { slots = [] } = receipt();
    if (slot && !slots.includes(slot)) rememberReceipt({ slots: [...slots, slot] });
    location.replace(slot ? `#photo/${slot}` : "#done");
  } catch (error) {
    tellFailure(error, nextPhoto);
  }
}

/**
 * The first photo still to be sent: one that is missing, or the back of a sheet that was not offered yet.
 *
 * @param {ApplicationStatus} application
 */
export function wanted({ missing_slots: missing, status, slots = [] }) {
  /** @type {{ slots?: string[], skipped?: string[] }} */
  const { slots: known = [], skipped = [] } = receipt();
  const accepted = slots.filter((each) => each.status === "accepted").map(({ slot }) => slot);
  const offered = known.filter((slot) => isOptional(slot) && !skipped.includes(slot) && !accepted.includes(slot));
  if (status === "registered" || status === "refused") return undefined;
  const order = [...new Set([...known, ...missing])];
  return order.find((slot) => missing.includes(slot) || offered.includes(slot));
}

/**
 * The page of one photo.
 *
 * @param {string} slot
 */
export function photoPage(slot) {
  const { slots = [] } = receipt();
  if (!slots.includes(slot)) {
    location.replace("#photos");
    return;
  }
  const place = el("div", { class: "stack", id: "photo-step" });
  show(
    `${slotLabel(slot)}の写真`,
    el("p", { class: "progress-text" }, `写真 ${slots.indexOf(slot) + 1}/${slots.length}枚目`),
    el("h1", {}, `${slotLabel(slot)}の写真`),
    isOptional(slot) ? el("p", {}, "裏に住所の変更などが書かれている場合だけ、送ってください。") : null,
    place,
    el("p", { class: "small" }, `受付番号 ${receipt().receipt_number}`),
  );
  choose(slot);
}

/**
 * First what to mind, then the camera.
 *
 * @param {string} slot
 */
function choose(slot) {
  const input = el("input", {
    type: "file",
    id: "photo",
    accept: "image/jpeg,image/png",
    "aria-describedby": "advice",
    onchange: () => chosen(slot, input),
  });
  const picker = el(
    "div",
    { class: "actions" },
    el("div", { class: "file" }, input, el("label", { class: "button", for: "photo" }, "写真をとる・選ぶ")),
  );
  const skip = el("button", { type: "button", class: "button plain", onclick: () => skipPhoto(slot) }, "送らずに進む");
  if (isOptional(slot)) picker.append(skip);
  showStep(beforeTheCamera(slot, picker), advice(slot), picker);
}

/**
 * @param {string} slot
 * @param {HTMLInputElement} input
 */
async function chosen(slot, input) {
  const [file] = input.files ?? [];
  if (!file) return;
  hideSummary();
  showStep(el("p", { role: "status" }, "写真を準備しています…"));
  try {
    const photo = await shrinkImage(file, MAX_BYTES);
    preview(slot, photo);
  } catch (error) {
    if (!(error instanceof Unusable)) throw error;
    askAgain(slot, error.message);
  }
}

/**
 * @param {string} slot
 * @param {Blob} photo
 */
function preview(slot, photo) {
  const address = URL.createObjectURL(photo);
  const picture = el("img", { class: "preview", src: address, alt: `選んだ写真(${slotLabel(slot)})` });
  picture.onload = picture.onerror = () => URL.revokeObjectURL(address);
  const button = el("button", { type: "button", class: "button", onclick: () => send(slot, photo) }, "この写真を送る");
  const other = el(
    "button",
    { type: "button", class: "button plain", onclick: () => choose(slot) },
    "とり直す・選び直す",
  );
  showStep(el("p", {}, "文字が読めるか、確かめてください。"), picture, el("div", { class: "actions" }, button, other));
  button.focus();
}

/**
 * @param {string} slot
 * @param {Blob} photo
 */
async function send(slot, photo) {
  hideSummary();
  const bar = el("progress", { max: 100, value: 0, "aria-label": "送信の進みぐあい" });
  const words = el("p", { role: "status" }, "写真を送っています…");
  showStep(words, bar);
  try {
    const before = await application();
    if (stateOf(before, slot).status === "accepted") return proceed();
    await uploadOnce(slot, photo, (part) => tellProgress(bar, words, part));
    bar.remove();
    words.textContent = "送りました。写真を確認しています…";
    await waitForResult(slot, seenAt(before, slot));
  } catch (error) {
    waitForConnection(error, slot, photo);
  }
}

/**
 * With the ticket at hand, or once with a new one when that has run out.
 *
 * @param {string} slot
 * @param {Blob} photo
 * @param {(part: number) => void} tell
 */
async function uploadOnce(slot, photo, tell) {
  try {
    await upload(await ticketFor(slot), photo, tell);
  } catch (error) {
    if (!(error instanceof Problem) || error.status !== 403) throw error;
    useUpTicket(slot);
    await upload(await ticketFor(slot), photo, tell);
  }
  useUpTicket(slot);
}

/**
 * The bar moves all the time, the words only at quarters: nobody wants every percent read aloud.
 *
 * @param {HTMLProgressElement} bar
 * @param {HTMLElement} words
 * @param {number} part
 */
function tellProgress(bar, words, part) {
  bar.value = Math.round(part * 100);
  const quarter = Math.floor(part * 4) * 25;
  const text = `写真を送っています… ${quarter}%`;
  if (quarter && words.textContent !== text) words.textContent = text;
}

/**
 * @param {ApplicationStatus} found
 * @param {string} slot
 */
const stateOf = ({ slots = [] }, slot) => slots.find((each) => each.slot === slot) ?? { slot, status: "" };
/**
 * @param {ApplicationStatus} found
 * @param {string} slot
 */
const seenAt = (found, slot) => stateOf(found, slot).seen_at ?? null;

/**
 * Ask until the photo was looked at: then on to the next, or once more with the reason.
 *
 * @param {string} slot
 * @param {string | null} seenBefore
 */
async function waitForResult(slot, seenBefore) {
  for (const wait of LOOKS_MS) {
    await new Promise((resolve) => setTimeout(resolve, wait));
    const found = await application();
    const { status, reason, seen_at: seen, warning } = stateOf(found, slot);
    if (status === "accepted" && warning) return warn(warning);
    if (status === "accepted" || (["submitted", "registered", "refused"].includes(found.status) && !isOptional(slot)))
      return proceed();
    if (seen && seen !== seenBefore) return askAgain(slot, reason ?? "");
  }
  showStep(
    el(
      "p",
      { role: "status" },
      "確認に時間がかかっています。写真は届いていますので、あとから「申請の状況」で確かめることもできます。",
    ),
    el(
      "div",
      { class: "actions" },
      workingButton("もう一度確かめる", "確かめています…", nextPhoto),
      el("a", { class: "button plain", href: "status.html" }, "申請の状況"),
    ),
  );
}

/**
 * The photo was taken in, and something about it should be known at once; nothing is held up by it.
 *
 * @param {string} warning
 */
function warn(warning) {
  showStep(
    el("div", { class: "note warning", role: "status" }, el("h2", {}, "お確かめください"), el("p", {}, warning)),
    el("div", { class: "actions" }, workingButton("このまま進む", "お待ちください…", proceed)),
  );
}

/**
 * The photo could not be used.
 *
 * @param {string} slot
 * @param {string} reason
 */
function askAgain(slot, reason) {
  choose(slot);
  showSummary([{ message: reason, target: byId("masked") ? "masked" : "photo" }], "写真をもう一度送ってください");
}

/** @param {string} slot */
function skipPhoto(slot) {
  rememberReceipt({ skipped: [...(receipt().skipped ?? []), slot] });
  proceed();
}

const proceed = () => location.replace("#photos");

/**
 * The photo is still here: it goes again as soon as there is a connection, or at the press of the button.
 *
 * @param {unknown} error
 * @param {string} slot
 * @param {Blob} photo
 */
function waitForConnection(error, slot, photo) {
  const retry = () => {
    removeEventListener("online", retry);
    send(slot, photo);
  };
  if (error instanceof Offline) addEventListener("online", retry);
  const leave = () => removeEventListener("online", retry);
  addEventListener("hashchange", leave, { once: true });
  showStep(
    el("div", { class: "actions" }, el("button", { type: "button", class: "button", onclick: retry }, "もう一度送る")),
  );
  const message = error instanceof Offline ? KEPT : messageOf(error);
  showSummary([{ message }], "写真を送れませんでした");
}

/**
 * @param {unknown} error
 * @param {() => unknown} retry
 */
export function tellFailure(error, retry) {
  const gone = error instanceof Problem && error.status === 404;
  const way = gone
    ? el("a", { href: "status.html" }, "受付番号と確認番号を入力する")
    : workingButton("もう一度試す", "お待ちください…", retry);
  showSummary([{ message: messageOf(error) }], "うまくいきませんでした", way);
}

/** @param {...Child} content */
const showStep = (...content) => element("photo-step").replaceChildren(...flat(content));
