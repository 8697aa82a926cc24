/** The end of an application, with its numbers once more. */

import { numbers } from "./answers.js";
import { el, lines, show } from "./dom.js";
import { forgetReceipt } from "./draft.js";
import { tellFailure, wanted } from "./photos.js";
import { application } from "./tickets.js";

/** The end: what was received, what happens now, and a way to leave nothing behind on this device. */
export async function donePage() {
  try {
    const found = await application();
    if (wanted(found)) location.replace("#photos");
    else showDone(found);
  } catch (error) {
    show("申請の状況", el("h1", {}, "申請の状況"), numbers());
    tellFailure(error, donePage);
  }
}

/** @param {ApplicationStatus} application */
function showDone({ status, message }) {
  const title = status === "submitted" ? "申請を受け付けました" : "申請の状況";
  const leave = () => {
    forgetReceipt();
    location.replace("index.html");
  };
  show(
    title,
    el("h1", {}, title),
    numbers(),
    el("p", {}, lines(message)),
    status === "submitted" ? afterwards() : null,
    el("p", {}, "ほかの人も使う機器では、番号をひかえてから「終わる」を押してください。この機器から番号を消します。"),
    el(
      "div",
      { class: "actions" },
      el("button", { type: "button", class: "button", onclick: leave }, "終わる"),
      el("a", { href: "status.html" }, "申請の状況を見る"),
    ),
  );
}

function afterwards() {
  return el(
    "div",
    { class: "stack" },
    el("h2", {}, "このあとの流れ"),
    el(
      "ol",
      {},
      el("li", {}, "{{owner_word}}の職員が、申請の内容と写真を確認します(1～{{decision_days}}日程度)。"),
      el(
        "li",
        {},
        "結果を「{{mail_sender}}」からメールでお知らせします。写真がはっきりしないときは、もう一度送っていただくことがあります。",
      ),
      el("li", {}, "受理メールが届いたら、手続きは完了です。"),
    ),
  );
}
