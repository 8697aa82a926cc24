/** 申請: what waits for a decision, and one application with its images (RULES 2-4). */

import { list } from "../api.js";
import { dateInWords, dayInWords, momentInWords } from "../dates.js";
import { el } from "../dom.js";
import { choice, input, radios, tellFaults, typedIn } from "../inputs.js";
import { DOCUMENTS } from "../kinds.js";
import { factList } from "../library/parts.js";
import { api } from "../session.js";
import { picture } from "./pictures.js";
import { table } from "./tables.js";

const STATUSES = {
  submitted: "審査を待つもの",
  image_again: "写真を待つもの(再提出)",
  awaiting_images: "写真を待つもの",
  registered: "登録したもの",
  refused: "断ったもの",
};
const CARD_STATES = { blank: "未使用の登録セット", active: "使用中", retired: "使用終了", unknown: "登録のない番号" };
const SLOT_STATES = { awaiting: "届いていません", accepted: "届いています", again: "再提出を待っています" };
const CODES = { match: "入力された番号と同じ", mismatch: "入力された番号と違う", unread: "読み取れません" };
const FIELDS = {
  card_number: "利用者カードの番号",
  old_card_number: "これまでのカードの番号",
  name: "お名前",
  kana: "フリガナ",
  guardian: "保護者のお名前",
  birth_date: "生年月日",
  postal_code: "郵便番号",
  address: "ご住所",
  phone: "電話番号",
  email: "メールアドレス",
};

export const applicationsView = { id: "applications", label: "申請", load };
export const oneApplicationView = {
  id: "application",
  title: "申請の審査",
  hidden: true,
  under: "applications",
  load: loadOne,
};

async function load(app, status = "submitted") {
  let late = 0;
  const ask = async (path) => {
    const page = await api.get(path);
    late = page.late ?? 0;
    return page;
  };
  const items = await list(`/desk/applications?status=${encodeURIComponent(status)}`, ask);
  return [
    el(
      "ul",
      { class: "links in-line" },
      Object.entries(STATUSES).map(([name, label]) =>
        el(
          "li",
          {},
          el("a", { href: `#applications/${name}`, "aria-current": name === status ? "true" : null }, label),
        ),
      ),
    ),
    el(
      "p",
      {},
      items.length ? `${STATUSES[status]}: ${items.length}件、古い順` : `${STATUSES[status]}は、ありません。`,
    ),
    late ? el("p", { class: "note warning" }, `約束の日数を過ぎて審査を待っている申請が${late}件あります。`) : null,
    items.length
      ? table(
          STATUSES[status],
          ["受付番号", "お名前", "申請", "届いた日時", "待っている日数", "オンライン貸出"],
          items.map(line),
        )
      : null,
  ];
}

const line = ({
  receipt_number: receipt,
  kind_label: kind,
  submitted_at: at,
  created_at: made,
  online_lending: online,
  name,
  age_days: age,
}) =>
  el(
    "tr",
    {},
    el("th", { scope: "row" }, el("a", { class: "number", href: `#application/${receipt}` }, receipt)),
    el("td", {}, name),
    el("td", {}, kind),
    el("td", {}, momentInWords(at ?? made)),
    el("td", {}, age === null ? "" : `${age}日`),
    el("td", {}, online ? "申し込む" : ""),
  );

async function loadOne(app, receipt) {
  const one = await api.get(`/desk/applications/${encodeURIComponent(receipt)}`);
  const open = one.status !== "registered" && one.status !== "refused";
  return [
    el("p", {}, el("a", { class: "back", href: "#applications" }, "一覧にもどる")),
    el("p", {}, `受付番号 ${receipt} 「${one.kind_label}」 ${momentInWords(one.submitted_at ?? one.created_at)}`),
    ...notes(one),
    el(
      "div",
      { class: "side-by-side" },
      el("div", { class: "stack" }, answers(one)),
      el("div", { class: "stack" }, images(one, app)),
    ),
    open ? decisionForm(one, app) : decided(one),
    open ? correctionForm(one, app) : null,
  ];
}

/** What should catch the eye before anybody decides. */
function notes(one) {
  const card = one.slots.find(({ slot }) => slot === "card");
  return [
    card?.barcode === "mismatch"
      ? note("カードの写真のバーコードと、入力された番号が違います", el("p", {}, `入力された番号 ${one.card_number}`))
      : null,
    one.differences.length
      ? note(
          "登録されている内容と違うところがあります",
          el("p", {}, one.differences.map((name) => FIELDS[name] ?? name).join("、")),
        )
      : null,
    one.duplicates.length
      ? note(
          "同じ方かもしれない利用者がいます",
          el(
            "ul",
            {},
            one.duplicates.map((person) =>
              el("li", {}, `${person.name} ${person.card_number} ${person.address ?? ""}`),
            ),
          ),
        )
      : null,
  ];
}

const note = (title, ...content) => el("div", { class: "note warning" }, el("h2", {}, title), ...content);

function answers(one) {
  const worded = (name) => (name === "birth_date" ? dateInWords(one[name]) : one[name]);
  const before = one.patron;
  const lineOf = ([name, label]) => {
    const now = worded(name);
    const then = before && one.differences.includes(name) && before[name];
    return [label, now && then ? `${now}(登録: ${then})` : now];
  };
  return [
    el("h2", {}, "申請の内容"),
    factList([
      ...Object.entries(FIELDS).map(lineOf),
      ["写真のバーコード", CODES[one.slots.find(({ slot }) => slot === "card")?.barcode]],
      ["カードの状態", CARD_STATES[one.card_state] ?? one.card_state],
      ["オンライン貸出", one.online_lending ? "申し込む" : "申し込まない"],
      ["確認書類", one.documents.map((name) => DOCUMENTS[name]?.label ?? name).join("、")],
      ["今の有効期限", before ? dateInWords(before.expires_on) : ""],
    ]),
  ];
}

function images(one, app) {
  const bare = one.slots.filter(({ slot }) => !one.images.some((image) => image.slot === slot));
  return [
    el("h2", {}, "写真"),
    one.images.map((image) => picture(image, one.receipt_number, app)),
    bare.map(({ label, status, optional, reason, gone }) =>
      el("p", {}, `${label}: ${gone ? "消去されています。もう一度送ってもらってください" : (SLOT_STATES[status] ?? status)}${optional ? "(任意)" : ""} ${reason ?? ""}`),
    ),
    one.images.length
      ? el(
          "div",
          { class: "actions" },
          el("span", {}, `写真は${one.images_seconds}秒間だけ開けます。見たことは記録されます。`),
          app.button("写真を開き直す", "開いています…", () => app.open(), { class: "link-button" }),
        )
      : null,
  ];
}

function decisionForm(one, app) {
  const form = app.form(
    (sent) => decide(sent, one, app),
    el("h2", {}, "決定"),
    radios("decision", "どうしますか", [
      ["register", "登録する"],
      ["image_again", "写真をもう一度送ってもらう"],
      ["refuse", "断る"],
    ]),
    el("div", { class: "stack", id: "for-register", hidden: true }, forRegister(one)),
    el("div", { class: "stack", id: "for-image_again", hidden: true }, whichImages(one)),
    el(
      "div",
      { class: "stack", id: "for-reason", hidden: true },
      input("reason", "理由(申請した方に、このまま送ります)", { tag: "textarea", rows: 3 }),
    ),
    el("div", { class: "actions" }, el("button", { class: "button" }, "決定する")),
  );
  form.addEventListener("change", ({ target }) => {
    if (target.name !== "decision") return;
    for (const part of ["register", "image_again"]) form.querySelector(`#for-${part}`).hidden = target.value !== part;
    form.querySelector("#for-reason").hidden = target.value === "register";
  });
  return form;
}

/** What was mistyped is put right before the decision; and who has lost the way to the application gets it again. */
function correctionForm(one, app) {
  const path = `/desk/applications/${encodeURIComponent(one.receipt_number)}`;
  const form = app.form(
    async (sent) => {
      const typed = typedIn(sent);
      const wanted = Object.entries(typed).filter(([name, text]) => text.trim() && text !== one[name]);
      if (!wanted.length) return;
      await api.patch(path, Object.fromEntries(wanted));
      await app.goTo(`#application/${one.receipt_number}`, "申請を訂正しました。");
    },
    el("h2", {}, "申請の訂正"),
    input("card_number", FIELDS.card_number, {
      class: "text number w16",
      inputmode: "numeric",
      value: one.card_number,
    }),
    input("email", FIELDS.email, {
      inputmode: "email",
      value: one.email,
      hint: "直すと、新しい宛先に受付番号とリンクを送り、前の宛先のリンクは使えなくなります。",
    }),
    el(
      "div",
      { class: "actions" },
      el("button", { class: "button plain" }, "訂正する"),
      app.button(
        "受付番号とリンクをもう一度送る",
        "送っています…",
        async () => {
          const { message } = await api.post(`${path}/numbers`, {});
          await app.goTo(`#application/${one.receipt_number}`, message);
        },
        { class: "link-button" },
      ),
    ),
  );
  return form;
}

function forRegister(one) {
  const documents = one.documents.map((name) => [name, DOCUMENTS[name]?.label ?? name]);
  return [
    radios("document", "確認した書類", documents, documents.length === 1 ? documents[0][0] : ""),
    one.documents.includes("insurance_certificate")
      ? radios("masked", "番号は隠されていますか", [
          ["yes", "はい、隠されています"],
          ["no", "いいえ、見えています"],
        ])
      : null,
    input("expires_on", "有効期限", {
      type: "date",
      class: "text w16",
      hint: "空のときは、規則どおりの日になります。",
    }),
    one.kind === "reissue" || one.kind === "name_change"
      ? input("old_card_number", "これまでのカードの番号", {
          class: "text number w16",
          inputmode: "numeric",
          hint: "申請に書かれていないときだけ、調べて入力してください。",
        })
      : null,
    whatDiffers(one),
  ];
}

/** With another birthday it is another person, until staff have confirmed all that differs (RULES 4). */
function whatDiffers(one) {
  if (!one.differences.includes("birth_date")) return null;
  const boxes = one.differences.map((name) => [name, `${FIELDS[name]}が違うが、同じ方である`]);
  return checkBoxes("confirmed", "登録の内容と違うところ(同じ方と確かめたとき)", boxes);
}

const whichImages = (one) =>
  checkBoxes(
    "slots",
    "もう一度送ってもらう写真",
    one.slots.map(({ slot, label }) => [slot, label]),
  );

const checkBoxes = (name, legend, boxes) =>
  el(
    "fieldset",
    { class: "field" },
    el("legend", { class: "label" }, legend),
    el("p", { class: "fault", id: `field-${name}-fault`, "aria-live": "polite" }),
    el(
      "div",
      { class: "choices" },
      boxes.map(([value, text]) => choice("checkbox", name, value, text)),
    ),
  );

async function decide(form, one, app) {
  const typed = typedIn(form);
  const [slots, confirmed] = ["slots", "confirmed"].map((name) => new FormData(form).getAll(name));
  const faults = faultsOf(typed, slots, one);
  if (tellFaults(form, faults)) return;
  const body = {
    register: () => ({
      checked: { document: typed.document, ...(typed.masked ? { masked: typed.masked === "yes" } : {}) },
      ...(typed.expires_on ? { expires_on: typed.expires_on } : {}),
      ...(typed.old_card_number ? { old_card_number: typed.old_card_number } : {}),
      ...(confirmed.length ? { confirmed } : {}),
    }),
    image_again: () => ({ slots, reason: typed.reason }),
    refuse: () => ({ reason: typed.reason }),
  }[typed.decision]();
  await api.post(`/desk/applications/${encodeURIComponent(one.receipt_number)}/decision`, {
    decision: typed.decision,
    ...body,
  });
  const done = { register: "登録しました", image_again: "写真の再提出をお願いしました", refuse: "断りました" }[
    typed.decision
  ];
  await app.goTo("#applications", `受付番号 ${one.receipt_number} を${done}。結果のメールを送ります。`);
}

function faultsOf({ decision, document: seen, masked, reason = "" }, slots, one) {
  if (!decision) return [{ field: "decision", message: "どうするかを選んでください。" }];
  const needs = {
    register: [
      seen ? null : { field: "document", message: "確認した書類を選んでください。" },
      one.documents.includes("insurance_certificate") && !masked
        ? { field: "masked", message: "番号が隠されているかを答えてください。" }
        : null,
    ],
    image_again: [
      slots.length ? null : { field: "slots", message: "もう一度送ってもらう写真を選んでください。" },
      reason.trim() ? null : { field: "reason", message: "理由を入力してください。" },
    ],
    refuse: [reason.trim() ? null : { field: "reason", message: "理由を入力してください。" }],
  };
  return needs[decision].filter(Boolean);
}

const decided = ({ status, decided_at: at, decided_by: by, reason, checked }) => [
  el("h2", {}, "決定"),
  factList([
    ["決定", STATUSES[status]],
    ["日時", momentInWords(at)],
    ["職員", by],
    ["理由", reason],
    ["確認した書類", checked.document ? DOCUMENTS[checked.document]?.label : ""],
  ]),
];
