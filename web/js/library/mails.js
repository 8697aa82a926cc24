/** メール: what was sent, and whether it arrived; so nothing is lost with a mail (RULES 38). */

import { list } from "../api.js";
import { dateInWords, dayInWords, momentInWords } from "../dates.js";
import { el, lines } from "../dom.js";
import { placeNames } from "../places.js";
import { api } from "../session.js";
import { me, warnings } from "./me.js";
import { factList, row, rows } from "./parts.js";

/** @type {Record<string, [term: string, worded: (text: string) => string]>} */
const FACTS = {
  pickup_from: ["受取開始", dayInWords],
  pickup_until: ["受取の最終日", dayInWords],
  due_on: ["返却期限", dayInWords],
  ready_on: ["準備できた日", dayInWords],
  reminded_on: ["お知らせした日", dayInWords],
  expired_on: ["有効期限が切れた日", dateInWords],
  expires_on: ["有効期限", dateInWords],
  reason: ["理由", String],
};

export const mailsView = { id: "mails", label: "メール", title: "お送りしたメール", aside: true, load };

/** @param {App} app */
async function load(app) {
  const [record, mails, named] = await Promise.all([me(), list("/me/mails", api.get), placeNames()]);
  const test = async () => {
    await api.post("/me/test-mail");
    await app.reload(
      `受信確認メールを ${record.mail_to} にお送りします。数分たっても届かないときは、迷惑メールの設定を確かめてください。`,
    );
  };
  return [
    ...warnings(record),
    mails.length ? rows(mails.map((mail) => entry(mail, named))) : el("p", {}, "最近お送りしたメールは、ありません。"),
    el("h2", {}, "メールが届くか確かめる"),
    el("p", {}, "{{owner_word}}からのメールは「@{{mail_domain}}」から届きます。"),
    el(
      "div",
      { class: "actions" },
      app.button("受信確認メールを送る", "送っています…", test, { class: "button plain" }),
    ),
  ];
}

/**
 * @param {Answer} mail
 * @param {Named} named
 */
function entry(mail, named) {
  const { facility } = mail.facts;
  /** @type {Fact[]} */
  const told = Object.entries(FACTS).map(([name, [term, worded]]) => [
    term,
    mail.facts[name] && worded(mail.facts[name]),
  ]);
  const state = el("span", { class: `state ${mail.state}` }, mail.state_label);
  return row(
    mail.subject,
    [state, ` ${momentInWords(mail.sent_at ?? mail.created_at)}`],
    [
      factList([
        ["送らなかった理由", mail.why],
        ["宛先", mail.to],
        ["受取館", facility ? named(facility) : ""],
        ...told,
      ]),
      mail.text ? el("p", {}, lines(mail.text)) : null,
    ],
  );
}
