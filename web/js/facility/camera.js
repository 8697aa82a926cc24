/** Reading a card's bar code with the camera (RULES 53): by the browser itself, or else by a reader of our own. */

import { el } from "../dom.js";

const AGAIN_MS = 120;
// A card that is still held there was read already.
const SAME_MS = 4_000;
const READER = "../codabar-reader.js";
/** What it takes to read without the browser's help, as the page would ask for it. */
export const READER_FILES = ["js/codabar-reader.js", "js/codabar.js", "js/picture.js"];

/** @type {Record<string, string>} */
const REFUSED = {
  NotAllowedError: "カメラを使うことが、許可されていません。ブラウザーの設定で、このページにカメラを許可してください。",
  NotFoundError: "カメラが見つかりません。",
  NotReadableError: "カメラを使えません。ほかのアプリが使っていないか、確かめてください。",
};
const OTHERWISE = "カメラを使えません。番号を入力してください。";

/** @typedef {(video: HTMLVideoElement) => Promise<string | null | undefined>} Reader */

export class Camera {
  /**
   * @param {(code: string) => unknown} found
   * @param {(open: boolean) => void} told whenever it is switched on or off
   */
  constructor(found, told) {
    this.found = found;
    this.told = told;
    /** @type {MediaStream | null} */
    this.stream = null;
    this.last = { code: "", at: 0 };
    this.video = el("video", { playsinline: true, muted: true, "aria-label": "カメラの画像" });
    this.said = el("p", { role: "status" });
    this.panel = el("div", { class: "camera stack", hidden: true }, this.video, this.said);
    this.button = el("button", { type: "button", class: "button plain camera-switch" });
    this.button.addEventListener("click", () => (this.stream ? this.close() : this.open()));
    this.label();
  }

  /** Where there is no camera at all, nothing speaks of one. */
  get parts() {
    return "mediaDevices" in navigator ? [this.button, this.panel] : [];
  }

  label() {
    this.button.textContent = this.stream ? "カメラを止める" : "カメラで読み取る";
    this.told(Boolean(this.stream));
  }

  async open() {
    this.panel.hidden = false;
    this.said.textContent = "カメラを準備しています…";
    try {
      this.stream = await navigator.mediaDevices.getUserMedia({
        video: { facingMode: "environment", width: { ideal: 1280 }, height: { ideal: 720 } },
      });
      this.video.srcObject = this.stream;
      this.label();
      await this.video.play();
      const read = await reader();
      this.said.textContent = "カードのバーコードを、画面の中央に映してください。";
      this.button.scrollIntoView();
      this.look(read);
    } catch (error) {
      this.close();
      this.panel.hidden = false;
      this.said.textContent = (error instanceof DOMException && REFUSED[error.name]) || OTHERWISE;
    }
  }

  close() {
    for (const track of this.stream?.getTracks() ?? []) track.stop();
    this.stream = null;
    this.video.srcObject = null;
    this.panel.hidden = true;
    this.label();
  }

  /**
   * Look, and look again, as long as it is on and can be seen.
   *
   * @param {Reader} read
   */
  async look(read) {
    if (!this.stream) return;
    if (!this.panel.isConnected || document.hidden) {
      this.close();
      return;
    }
    // A picture that is none yet, or that cannot be read, is followed by another one.
    const code = await read(this.video).catch(() => null);
    if (code) this.tell(code);
    setTimeout(() => this.look(read), AGAIN_MS);
  }

  /** @param {string} code */
  tell(code) {
    const isSame = code === this.last.code && Date.now() - this.last.at < SAME_MS;
    this.last = { code, at: Date.now() };
    if (isSame) return;
    navigator.vibrate?.(60);
    this.found(code);
  }
}

/**
 * The browser's own reader, if it knows the bar code of cards; else ours, which is fetched when it is first needed.
 *
 * @returns {Promise<Reader>}
 */
async function reader() {
  const { BarcodeDetector: Detector } = /** @type {any} */ (window);
  const formats = (await Detector?.getSupportedFormats()) ?? [];
  if (formats.includes("codabar")) {
    const detector = new Detector({ formats: ["codabar"] });
    return async (video) => (await detector.detect(video))[0]?.rawValue;
  }
  const { readCodabar } = await import(READER);
  const picture = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  return async (video) => {
    const { videoWidth: width, videoHeight: height } = video;
    if (!picture || !width) return null;
    Object.assign(picture.canvas, { width, height });
    picture.drawImage(video, 0, 0);
    return readCodabar(picture.getImageData(0, 0, width, height));
  };
}
