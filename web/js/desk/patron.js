/** 利用者: one patron's record, holds and loans, for the counter and the phone (RULES 12-14, 19). */

import { confirmDialog } from "../confirm-dialog.js";
import { dateInWords, dayInWords } from "../dates.js";
import { el } from "../dom.js";
import { input, radios, tellFaults, typedIn } from "../inputs.js";
import { factList } from "../library/parts.js";
import { facilities, placeNames, placeOptions } from "../places.js";
import { api } from "../session.js";
import { mailsOf } from "./mails.js";
import { PERSON, personFields } from "./people.js";
import { slipButton } from "./slip.js";
import { table } from "./tables.js";
import { PURPOSES, closing, trailOf } from "./trail.js";

const LOAN_STATES = {
  in_transit: "受取館へ運搬中",
  to_collect: "受取できます",
  window_over: "受取期間は終わりました",
  on_loan: "貸出",
  returning: "返送中",
};

export const patronView = { id: "patron", label: "利用者", title: "利用者の記録", load };

async function load(app, card = "", purpose = "counter") {
  const ask = lookUp(app, card, purpose);
  if (!card) return [ask, withoutCard()];
  const path = `/desk/patrons/${encodeURIComponent(card)}`;
  const [one, items, named] = await Promise.all([
    api.get(`${path}?for=${encodeURIComponent(purpose)}`),
    facilities(),
    placeNames(),
  ]);
  return [
    ask,
    record(one),
    el("h2", {}, `予約 ${one.holds.length}冊`),
    ...holds(one, path, items, named, app),
    el("h2", {}, `貸出 ${one.loans_now.length}冊`),
    loans(one, named),
    mailsOf(path, one, app),
    changes(one, path, app),
    anotherCard(one, path, app),
    password(one, path, app),
    trailOf(path, app),
    closing(one, path, app),
  ];
}

const withoutCard = () =>
  el(
    "div",
    { class: "actions" },
    el("a", { class: "button plain", href: "#people" }, "カードのない方を探す"),
    el("a", { class: "button plain", href: "#register" }, "窓口で登録する"),
    el("a", { class: "button plain", href: "#cards" }, "カードの在庫を見る"),
    el("a", { class: "button plain", href: "#trail" }, "職員の操作の記録を見る"),
  );

/** Looking at a record leaves a trace: who, when, what for (RULES 41). */
function lookUp(app, card, purpose) {
  const option = ([value, text]) => el("option", { value, selected: value === purpose }, text);
  return app.form(
    (form) => {
      const { card_number: typed, for: why } = typedIn(form);
      const number = typed.normalize("NFKC").replace(/[^0-9]/g, "");
      if (tellFaults(form, number ? [] : [{ field: "card_number", message: "利用者番号を入力してください。" }]))
        return undefined;
      return app.goTo(`#patron/${number}/${why}`);
    },
    input("card_number", "利用者番号", {
      class: "text number w16",
      inputmode: "numeric",
      autocomplete: "off",
      value: card,
    }),
    input("for", "見る目的", {
      tag: "select",
      children: PURPOSES.map(option),
      hint: "見たことは、目的とともに記録されます。",
    }),
    el("div", { class: "actions" }, el("button", { class: "button plain" }, "記録を見る")),
  );
}

function record(one) {
  const bad = (address, reachable) => (address ? `${address}${reachable ? "" : " (届きません)"}` : "");
  const cap =
    one.loan_cap === one.loan_cap_now
      ? `${one.loan_cap}冊`
      : `${one.loan_cap_now}冊(${dayInWords(one.loan_cap_from)}から${one.loan_cap}冊)`;
  return factList([
    ["お名前", `${one.name}(${one.kana})`],
    ["生年月日", dateInWords(one.birth_date)],
    ["保護者", one.guardian],
    ["利用者番号", `${one.card_number}${one.card_retired ? " (入力された番号は、使用を終えたカードのものです)" : ""}`],
    ["有効期限", `${dateInWords(one.expires_on)}${one.expired ? " (切れています)" : ""}`],
    ["貸出", one.blocked ? "止めています" : "できます"],
    ["オンライン貸出", one.online_lending ? "申込み済み" : "申込みなし"],
    ["上限", cap],
    ["返送中", one.returning ? `${one.returning}冊` : ""],
    ["電話番号", one.phone],
    ["ご住所", `${one.postal_code} ${one.address}`],
    ["メールアドレス", bad(one.email, one.email_reachable)],
    ["予約関連メール配信先", one.mail_to ? bad(one.mail_to, one.mail_to_reachable) : ""],
    ["メモ", one.note],
  ]);
}

function holds(one, path, items, named, app) {
  if (!one.holds.length) return [el("p", {}, "予約は、ありません。")];
  const all = async () => {
    if (
      !(await confirmDialog(
        "すべての予約を取り消しますか",
        `${one.holds.length}冊の予約を取り消します。`,
        "すべて取り消す",
      ))
    )
      return;
    const { items: done } = await api.post(`${path}/holds`, { action: "cancel_all" });
    await app.reload([`${done.length}冊の予約を取り消しました。`, ...done.flatMap(toShelve)]);
  };
  return [
    table(
      "予約",
      ["題名", "状態", "順番", "受取館", "前回の処理", ""],
      one.holds.map((hold) => holdRow(hold, path, items, named, app)),
    ),
    el(
      "div",
      { class: "actions" },
      app.button("すべて取り消す", "取り消しています…", all, { class: "button plain" }),
    ),
  ];
}

function holdRow(hold, path, items, named, app) {
  const of = `${path}/holds/${encodeURIComponent(hold.title_id)}`;
  const button = (text, work) =>
    app.button(text, "記録しています…", work, { class: "link-button", "aria-label": `「${hold.title}」を${text}` });
  const cancel = async () => {
    if (!(await confirmDialog("予約を取り消しますか", `「${hold.title}」の予約を取り消します。`, "取り消す"))) return;
    const done = await api.post(of, { action: "cancel" });
    await app.reload([`「${hold.title}」の予約を取り消しました。`, ...toShelve(done)]);
  };
  const toEnd = async () => {
    if (!(await confirmDialog("順番を最後にしますか", `「${hold.title}」の順番を、最後に移します。`, "最後に移す"))) return;
    await api.post(of, { action: "to_end" });
    await app.reload(`「${hold.title}」の順番を、最後に移しました。`);
  };
  const next = hold.next_pickup_place
    ? ` (${dayInWords(hold.next_pickup_from)}の処理から ${named(hold.next_pickup_place)})`
    : "";
  return el(
    "tr",
    {},
    el("th", { scope: "row" }, hold.title),
    el("td", {}, hold.status_label, hold.pickup_until ? ` (${dayInWords(hold.pickup_until)}まで)` : ""),
    el("td", {}, hold.position ? `${hold.position}/${hold.of}` : ""),
    el("td", {}, named(hold.pickup_place) + next, changePlace(hold, of, items, named, app)),
    el("td", {}, hold.last_run ? `${dayInWords(hold.last_run.date)} ${hold.last_run.message}` : ""),
    el(
      "td",
      {},
      el(
        "div",
        { class: "row-actions" },
        button("取り消す", cancel),
        hold.status === "waiting" ? button("最後に移す", toEnd) : null,
      ),
    ),
  );
}

function changePlace(hold, of, items, named, app) {
  if (hold.status === "ready") return null;
  const select = el(
    "select",
    { class: "text", "aria-label": `「${hold.title}」の受取館` },
    placeOptions(items, hold.pickup_place),
  );
  const change = async () => {
    const place = select.value;
    if (!place) return;
    const done = await api.post(of, { action: "change_pickup", pickup_place: place });
    const from = done.next_pickup_from ? `${dayInWords(done.next_pickup_from)}の処理から、` : "";
    await app.reload(`「${hold.title}」の受取館を、${from}${named(place)}にします。`);
  };
  return el(
    "details",
    {},
    el("summary", {}, "受取館を変える"),
    select,
    app.button("変える", "記録しています…", change, {
      class: "link-button",
      "aria-label": `「${hold.title}」の受取館を変える`,
    }),
  );
}

/** A book that was kept for a hold which is gone has to be taken from where it was kept. */
function toShelve({ barcode, next }) {
  if (!barcode) return [];
  return [`取り置いていた本(${barcode})を、${next === "hold" ? "次の予約のために棚へ" : "書架へ"}戻してください。`];
}

function loans(one, named) {
  if (!one.loans_now.length) return el("p", {}, "貸出は、ありません。");
  const rows = one.loans_now.map((loan) =>
    el(
      "tr",
      {},
      el("th", { scope: "row" }, loan.title),
      el("td", { class: "number" }, loan.barcode),
      el("td", {}, LOAN_STATES[loan.state], loan.lost ? " 紛失" : "", loan.damaged ? " 破損" : ""),
      el("td", {}, named(loan.pickup_place)),
      el("td", {}, dayInWords(loan.due_on)),
      el("td", {}, `${loan.renewals}回`),
    ),
  );
  return table("貸出", ["題名", "資料番号", "状態", "受取館", "返却期限", "延長"], rows);
}

function changes(one, path, app) {
  const form = app.form(
    async (sent) => {
      const { loan_cap: cap, blocked, online_lending: online, expires_on: expiry, mail_to: to, ...typed } = typedIn(sent);
      const wanted = {
        ...Object.fromEntries(Object.keys(PERSON).map((name) => [name, typed[name].trim()])),
        mail_to: to.trim(),
        loan_cap: Number(cap),
        blocked: blocked === "yes",
        online_lending: online === "yes",
        expires_on: expiry || one.expires_on,
      };
      const changed = Object.entries(wanted).filter(([name, value]) => value !== one[name]);
      if (!changed.length) return;
      await api.patch(path, Object.fromEntries(changed));
      await app.reload("登録の内容を変えました。");
    },
    radios(
      "loan_cap",
      "借りられる冊数(次の処理から)",
      [
        ["5", "5冊"],
        ["10", "10冊"],
      ],
      String(one.loan_cap),
    ),
    radios(
      "blocked",
      "貸出",
      [
        ["no", "できる"],
        ["yes", "止める"],
      ],
      one.blocked ? "yes" : "no",
    ),
    radios(
      "online_lending",
      "オンライン貸出サービス",
      [
        ["yes", "申込み済み"],
        ["no", "申込みなし"],
      ],
      one.online_lending ? "yes" : "no",
    ),
    input("expires_on", "有効期限", { type: "date", class: "text w16", value: one.expires_on }),
    personFields(one),
    input("mail_to", "予約関連メール配信先", {
      value: one.mail_to,
      inputmode: "email",
      autocomplete: "off",
      autocapitalize: "none",
      spellcheck: "false",
    }),
    el("div", { class: "actions" }, el("button", { class: "button" }, "変更する")),
  );
  return el("details", {}, el("summary", {}, "登録の内容を変える"), form);
}

/** A lost card: a blank one of any place takes its place (RULES 44). */
function anotherCard(one, path, app) {
  const form = app.form(
    async (sent) => {
      const { new_card: number } = typedIn(sent);
      const none = number.trim() ? [] : [{ field: "new_card", message: "新しいカードの番号を入力してください。" }];
      if (tellFaults(sent, none)) return;
      const text = `${one.name} 様に、新しいカード(${number})をお渡しします。今のカードは、使えなくなります。`;
      if (!(await confirmDialog("カードを作り直しますか", text, "作り直す"))) return;
      const { card_number: now } = await api.post(`${path}/card`, { card_number: number });
      await app.goTo(`#patron/${now}`, "新しいカードをお渡しできます。ログインも、新しい番号でできます。");
    },
    input("new_card", "新しいカードの番号", {
      class: "text number w16",
      inputmode: "numeric",
      autocomplete: "off",
    }),
    el("div", { class: "actions" }, el("button", { class: "button" }, "カードを作り直す")),
  );
  return el("details", {}, el("summary", {}, "新しいカードを渡す"), form);
}

function password(one, path, app) {
  const send = async () => {
    const text = `${one.email} に新しい仮パスワードを送ります。今のパスワードは、使えなくなります。`;
    if (!(await confirmDialog("仮パスワードを送りますか", text, "送る"))) return;
    const { message } = await api.post(`${path}/temporary-password`);
    await app.reload(message);
  };
  const actions = el(
    "div",
    { class: "actions" },
    one.email ? app.button("仮パスワードを送る", "送っています…", send, { class: "button plain" }) : null,
    slipButton(path, () => actions, app),
  );
  return actions;
}
