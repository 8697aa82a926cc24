/** 連絡: whom to call because a mail came back (RULES 39). */

import { list } from "../api.js";
import { confirmDialog } from "../confirm-dialog.js";
import { momentInWords } from "../dates.js";
import { el } from "../dom.js";
import { book, books, nothing } from "../library/parts.js";
import { api } from "../session.js";
import { tryAgainButton } from "./mails.js";

export const contactsView = { id: "contacts", label: "連絡", aside: true, title: "連絡が必要な方", load };

/** @param {App} app */
async function load(app) {
  const tasks = await list("/desk/contacts", api.get);
  if (!tasks.length) return nothing("連絡が必要な方は、いません。");
  return [el("p", {}, `${tasks.length}件です。`), books(tasks.map((task) => entry(task, app)))];
}

/**
 * @param {Answer} task
 * @param {App} app
 */
function entry(task, app) {
  const { patron, receipt_number: receipt, phone, mail } = task;
  /** @type {Fact[]} */
  const facts = [
    ["電話番号", phone ? el("a", { href: `tel:${phone.replace(/[^0-9+]/g, "")}` }, phone) : "登録なし"],
    ["利用者番号", patron ? el("a", { class: "number", href: `#patron/${patron}/contact` }, patron) : ""],
    ["受付番号", receipt ? el("a", { class: "number", href: `#application/${receipt}` }, receipt) : ""],
    ["原因", task.cause_label],
    ["届かないアドレス", task.address ? `${task.address}${task.unreachable ? " (使えません)" : ""}` : ""],
    ["メール", mail ? `${mail.label} ${mail.sent_at ? momentInWords(mail.sent_at) : "(送っていません)"}` : ""],
    ["件数", `${task.mails}通`],
    ["はじめ", momentInWords(task.since)],
  ];
  const done = async () => {
    if (
      !(await confirmDialog(
        "連絡が済みましたか",
        `${task.name || patron || receipt} への連絡を、済みにします。`,
        "済みにする",
      ))
    )
      return;
    await api.post(`/desk/contacts/${encodeURIComponent(task.id)}/done`);
    await app.reload("連絡を済みにしました。");
  };
  return book(
    { title: task.name || `受付番号 ${receipt}` },
    facts,
    task.explanation ? el("p", { class: "why" }, task.explanation) : null,
    el(
      "div",
      { class: "actions" },
      app.button("連絡済みにする", "記録しています…", done, { class: "button plain" }),
      patron && task.address ? tryAgainButton(patron, app) : null,
    ),
  );
}
