/** Playing a story: where it stands, and its going on. Who wants less motion sees steps without movement. */

export const SPEEDS = [0.5, 1, 2, 5, 20];
// Told at the plain speed, a run of any length takes no longer than this, and no step longer than that.
const WHOLE_MS = 60_000;
const [FASTEST_MS, SLOWEST_MS] = [60, 900];

const STILL = matchMedia("(prefers-reduced-motion: reduce)");

/** Where a story stands, and its going on. */
export class Player {
  /**
   * @param {import("./story.js").Story} story
   * @param {import("./stage.js").Stage} stage
   * @param {(told: number, playing: boolean) => void} tell
   */
  constructor(story, stage, tell) {
    this.story = story;
    this.stage = stage;
    this.tell = tell;
    this.told = 0;
    this.speed = 1;
    this.timer = 0;
    /** @type {(speed: number) => void} */
    this.onSpeed = () => {};
  }

  /** How long a step takes, in milliseconds. */
  get pace() {
    const plain = Math.min(SLOWEST_MS, Math.max(FASTEST_MS, WHOLE_MS / Math.max(1, this.story.steps.length)));
    return plain / this.speed;
  }

  get playing() {
    return this.timer > 0;
  }

  toggle() {
    if (this.playing) this.stop();
    else {
      if (this.told >= this.story.steps.length) this.told = 0;
      this.timer = 1;
      this.stage.come(STILL.matches);
      this.next();
    }
  }

  stop() {
    clearTimeout(this.timer);
    this.timer = 0;
    this.show();
  }

  /** One more step, and after its time the next; a page that was left plays no further. */
  next() {
    if (this.told >= this.story.steps.length || !this.stage.place.isConnected) {
      this.stop();
      return;
    }
    // Faster than the screen there is no use in drawing each step.
    this.told = Math.min(this.story.steps.length, this.told + Math.max(1, Math.round(16 / this.pace)));
    this.timer = window.setTimeout(() => this.next(), Math.max(16, this.pace));
    this.show(this.pace * 0.85);
  }

  step() {
    if (this.playing) this.stop();
    if (this.told >= this.story.steps.length) return;
    this.told += 1;
    this.show(450);
  }

  /** @param {number} told */
  goTo(told) {
    clearTimeout(this.timer);
    this.timer = 0;
    this.told = Math.max(0, Math.min(told, this.story.steps.length));
    this.show();
  }

  /** @param {number} speed */
  setSpeed(speed) {
    this.speed = speed;
    this.onSpeed(speed);
  }

  /** @param {number} by */
  faster(by) {
    const place = Math.max(0, Math.min(SPEEDS.indexOf(this.speed) + by, SPEEDS.length - 1));
    this.setSpeed(SPEEDS[place]);
  }

  /** @param {number} [duration] of a movement */
  show(duration = 0) {
    this.stage.draw(this.told, STILL.matches || duration < 60 ? 0 : duration);
    this.tell(this.told, this.playing);
  }
}
