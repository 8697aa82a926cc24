/** メール: what a patron was written, and one of them sent again; addresses tried again (RULES 38, 39). */

import { list } from "../api.js";
import { confirmDialog } from "../confirm-dialog.js";
import { momentInWords } from "../dates.js";
import { el, lines } from "../dom.js";
import { book, books } from "../library/parts.js";
import { api } from "../session.js";

/**
 * A button for addresses that mails did not reach, once the patron has put it right.
 *
 * @param {string} card
 * @param {App} app
 */
export function tryAgainButton(card, app) {
  const work = async () => {
    const text =
      "届かないという記録を消し、受信確認メールを送ります。同じアドレスを使う方すべてに、また届くようになります。";
    if (!(await confirmDialog("もう一度試しますか", text, "もう一度試す"))) return;
    const { message } = await api.post(`/desk/patrons/${encodeURIComponent(card)}/address`, { action: "try_again" });
    await app.reload(message);
  };
  return app.button("アドレスをもう一度試す", "記録しています…", work, { class: "button plain" });
}

/**
 * The mails of a patron, fetched once they are wanted: that they are read is recorded (RULES 41).
 *
 * @param {string} path
 * @param {Answer} one
 * @param {App} app
 */
export function mailsOf(path, one, app) {
  const place = el("div", { class: "stack" });
  /** @param {Answer} event */
  const fill = async ({ target }) => {
    if (!target.open || place.firstChild) return;
    place.append(el("p", {}, "読み込んでいます…"));
    try {
      const mails = await list(`${path}/mails`, api.get);
      place.replaceChildren(
        mails.length
          ? books(mails.map((mail) => entry(mail, path, app)))
          : el("p", {}, "最近お送りしたメールは、ありません。"),
        one.email || one.mail_to ? el("div", { class: "actions" }, tryAgainButton(one.card_number, app)) : "",
      );
    } catch (error) {
      place.replaceChildren();
      target.open = false;
      app.showError(error);
    }
  };
  return el("details", { ontoggle: fill }, el("summary", {}, "お送りしたメール"), place);
}

/**
 * @param {Answer} mail
 * @param {string} path
 * @param {App} app
 */
function entry(mail, path, app) {
  const again = async () => {
    if (!(await confirmDialog("もう一度送りますか", `「${mail.label}」を、今の内容で送ります。`, "もう一度送る")))
      return;
    await api.post(`${path}/mails/${encodeURIComponent(mail.id)}/again`);
    await app.reload(`「${mail.label}」をもう一度送ります。`);
  };
  return book(
    { title: mail.subject },
    [
      ["日時", momentInWords(mail.sent_at ?? mail.created_at)],
      ["配信", el("span", { class: `state ${mail.state}` }, mail.state_label)],
      ["送らなかった理由", mail.why],
      ["宛先", mail.to],
    ],
    mail.text ? el("details", {}, el("summary", {}, "本文"), el("p", {}, lines(mail.text))) : null,
    mail.kind === "address_confirmation"
      ? null
      : el(
          "div",
          { class: "actions" },
          app.button("もう一度送る", "送っています…", again, {
            class: "button plain",
            "aria-label": `「${mail.subject}」をもう一度送る`,
          }),
        ),
  );
}
