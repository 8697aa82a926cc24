/** The patron's own record, and the warnings that belong on top of every view. */

import { dateInWords } from "../dates.js";
import { el } from "../dom.js";
import { api } from "../session.js";
import { keepCard } from "./kept-card.js";

/** The record as it is now. */
export async function me() {
  const record = await api.get("/me");
  keepCard(record);
  return record;
}

/**
 * What a patron has to know before anything else.
 *
 * @param {Answer} record
 */
export function warnings({ email_reachable: reachable, expired, renewal_due: due, expires_on: expiry, blocked }) {
  const renew = el("a", { href: "apply.html?kind=renewal" }, "{{card_word}}を更新する");
  return [
    reachable
      ? null
      : warning(
          "メールが届いていません",
          "登録されているメールアドレスに、メールが届きませんでした。貸出のお知らせも届きません。",
          el("a", { href: "#settings" }, "メールアドレスを確かめる"),
        ),
    expired
      ? warning(
          "{{card_word}}の有効期限が切れています",
          `有効期限は${dateInWords(expiry)}でした。予約は残りますが、更新されるまで貸出はできません。`,
          renew,
        )
      : null,
    due
      ? warning(
          "{{card_word}}の有効期限が近づいています",
          `有効期限は${dateInWords(expiry)}です。過ぎると、更新されるまで貸出はできません。`,
          renew,
        )
      : null,
    blocked ? warning("貸出が止められています", "お電話でお問い合わせください。") : null,
  ];
}

/**
 * @param {string} title
 * @param {string} text
 * @param {Child} link
 */
const warning = (title, text, link = null) =>
  el("div", { class: "note warning" }, el("h2", {}, title), el("p", {}, text), link ? el("p", {}, link) : null);
