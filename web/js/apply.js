/** The application page: the address after # says which step is shown, so that Back and Forward work. */

import { checkAnswers, showReceipt } from "./answers.js";
import { watchConnection } from "./connection.js";
import { byId, el, show } from "./dom.js";
import { donePage } from "./done.js";
import { draft, forgetDraft, forgetReceipt, receipt } from "./draft.js";
import { nextPhoto, photoPage } from "./photos.js";
import { question } from "./questions.js";
import { firstOpen, stepsOf } from "./steps.js";

/** @type {Record<string, (slot: string) => unknown>} */
const AFTER_SENDING = { receipt: showReceipt, photos: nextPhoto, photo: photoPage, done: donePage };

function route() {
  const [name, detail] = location.hash.slice(1).split("/");
  // The link that skips to the content.
  if (byId(name)) return;
  if (name in AFTER_SENDING) {
    if (receipt()) AFTER_SENDING[name](detail);
    else location.replace("status.html");
  } else if (receipt()) {
    unfinished();
  } else if (name === "stop") {
    stop();
  } else if (name === "change") {
    ask(detail, true);
  } else {
    ask(name || "kind", false);
  }
}

/**
 * Show a question, or the first that has to be answered before it.
 *
 * @param {string} id
 * @param {boolean} changing
 */
function ask(id, changing) {
  const ids = [...stepsOf(draft().kind ?? "new").map((step) => step.id), "check"];
  const open = firstOpen()?.id ?? "check";
  if (!ids.includes(id) || ids.indexOf(id) > ids.indexOf(open)) location.replace(`#${open}`);
  else if (id === "check") checkAnswers();
  else question(id, changing);
}

/** Leave nothing on a device that other people use. */
function stop() {
  const leave = () => {
    forgetDraft();
    location.replace("index.html");
  };
  show(
    "入力をやめますか",
    el("h1", {}, "入力をやめますか"),
    el("p", {}, "ここまでに入力した内容を、この機器から消します。申請は送信されません。"),
    el(
      "div",
      { class: "actions" },
      el("button", { type: "button", class: "button", onclick: leave }, "消してやめる"),
      el("button", { type: "button", class: "button plain", onclick: () => history.back() }, "入力を続ける"),
    ),
  );
}

/** An application was sent whose photos are missing: nobody should make a second one by pressing Back. */
function unfinished() {
  const anew = () => {
    forgetReceipt();
    route();
  };
  show(
    "送信した申請があります",
    el("h1", {}, "送信した申請があります"),
    el(
      "p",
      {},
      `受付番号 ${receipt().receipt_number} の申請を送信しています。送信した内容は、この画面では変更できません。`,
    ),
    el(
      "div",
      { class: "actions" },
      el("a", { class: "button", href: "#photos" }, "この申請を続ける"),
      el("button", { type: "button", class: "button plain", onclick: anew }, "別の申請をはじめる"),
    ),
  );
}

addEventListener("hashchange", route);
// A page the browser has put aside comes back as it looked, even if its numbers were erased since.
addEventListener("pageshow", ({ persisted }) => persisted && route());
watchConnection();
route();
