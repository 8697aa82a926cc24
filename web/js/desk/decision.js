/** The decision about an application, and the correction of what was mistyped (RULES 3, 4). */

import { momentInWords } from "../dates.js";
import { el, element } from "../dom.js";
import { choice, controlOf, input, missingFault, radios, tellFaults, tickedIn, typedIn } from "../inputs.js";
import { DOCUMENTS } from "../kinds.js";
import { factList } from "../library/parts.js";
import { api } from "../session.js";
import { APPLICATION_FIELDS, PHRASES, STATUSES } from "./application-words.js";

/**
 * @param {Application} one
 * @param {App} app
 */
export function decisionForm(one, app) {
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
      phraseChoice(),
      input("reason", "理由(申請した方に、このまま送ります)", { tag: "textarea", rows: 3 }),
    ),
    el("div", { class: "actions" }, el("button", { class: "button" }, "決定する")),
  );
  form.addEventListener("change", () => {
    const { decision } = typedIn(form);
    for (const part of ["register", "image_again"]) element(`for-${part}`).hidden = decision !== part;
    element("for-reason").hidden = !decision || decision === "register";
  });
  form.addEventListener("change", ({ target }) => {
    if (target instanceof HTMLSelectElement && target.name === "phrase") putPhrase(form, target);
    if (target instanceof HTMLInputElement && target.name === "decision") offerPhrases(form, target.value);
  });
  return form;
}

const phraseChoice = () =>
  input("phrase", "決まった文から選ぶ", {
    tag: "select",
    hint: "選んだ文を、下の理由に入れます。直してから送れます。",
  });

/**
 * @param {HTMLFormElement} form
 * @param {string} decision
 */
function offerPhrases(form, decision) {
  const texts = ["", ...(PHRASES[decision] ?? [])];
  controlOf(form, "phrase").replaceChildren(
    ...texts.map((text) => el("option", { value: text }, text || "選んでください")),
  );
}

/**
 * Put a phrase behind what is written already.
 *
 * @param {HTMLFormElement} form
 * @param {HTMLSelectElement} phrases
 */
function putPhrase(form, phrases) {
  const reason = controlOf(form, "reason");
  reason.value = [reason.value.trim(), phrases.value].filter(Boolean).join("\n");
  phrases.value = "";
}

/**
 * What was mistyped is put right before the decision; and who has lost the way to the application gets it again.
 *
 * @param {Application} one
 * @param {App} app
 */
export function correctionForm(one, app) {
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
    input("card_number", APPLICATION_FIELDS.card_number, {
      class: "text number w16",
      inputmode: "numeric",
      value: one.card_number,
    }),
    input("email", APPLICATION_FIELDS.email, {
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

/** @param {Application} one */
function forRegister(one) {
  /** @type {[value: string, text: string][]} */
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

/**
 * With another birthday it is another person, until staff have confirmed all that differs (RULES 4).
 *
 * @param {Application} one
 */
function whatDiffers(one) {
  if (!one.differences.includes("birth_date")) return null;
  /** @type {[value: string, text: string][]} */
  const boxes = one.differences.map((name) => [name, `${APPLICATION_FIELDS[name]}が違うが、同じ方である`]);
  return checkBoxes("confirmed", "登録の内容と違うところ(同じ方と確かめたとき)", boxes);
}

/** @param {Application} one */
const whichImages = (one) =>
  checkBoxes(
    "slots",
    "もう一度送ってもらう写真",
    one.slots.map(({ slot, label }) => [slot, label]),
  );

/**
 * @param {string} name
 * @param {string} legend
 * @param {[value: string, text: string][]} boxes
 */
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

/** @type {Record<string, string>} */
const DONE = { register: "登録しました", image_again: "写真の再提出をお願いしました", refuse: "断りました" };

/**
 * @param {HTMLFormElement} form
 * @param {Application} one
 * @param {App} app
 */
async function decide(form, one, app) {
  const typed = typedIn(form);
  const [slots, confirmed] = ["slots", "confirmed"].map((name) => tickedIn(form, name));
  const faults = faultsOf(typed, slots, one);
  if (tellFaults(form, faults)) return;
  /** @type {Record<string, () => object>} */
  const bodies = {
    register: () => ({
      checked: { document: typed.document, ...(typed.masked ? { masked: typed.masked === "yes" } : {}) },
      ...(typed.expires_on ? { expires_on: typed.expires_on } : {}),
      ...(typed.old_card_number ? { old_card_number: typed.old_card_number } : {}),
      ...(confirmed.length ? { confirmed } : {}),
    }),
    image_again: () => ({ slots, reason: typed.reason }),
    refuse: () => ({ reason: typed.reason }),
  };
  await api.post(`/desk/applications/${encodeURIComponent(one.receipt_number)}/decision`, {
    decision: typed.decision,
    ...bodies[typed.decision](),
  });
  await app.goTo("#applications", `受付番号 ${one.receipt_number} を${DONE[typed.decision]}。結果のメールを送ります。`);
}

/**
 * @param {Record<string, string>} typed
 * @param {string[]} slots
 * @param {Application} one
 */
function faultsOf({ decision, document: seen = "", masked = "", reason = "" }, slots, one) {
  if (!decision) return [{ field: "decision", message: "どうするかを選んでください。" }];
  const noReason = missingFault("reason", reason, "理由を入力してください。");
  /** @type {Record<string, Fault[]>} */
  const faults = {
    register: [
      ...missingFault("document", seen, "確認した書類を選んでください。"),
      ...(one.documents.includes("insurance_certificate")
        ? missingFault("masked", masked, "番号が隠されているかを答えてください。")
        : []),
    ],
    image_again: [...missingFault("slots", slots, "もう一度送ってもらう写真を選んでください。"), ...noReason],
    refuse: noReason,
  };
  return faults[decision];
}

/** @param {Answer} application */
export const decided = ({ status, decided_at: at, decided_by: by, reason, checked }) => [
  el("h2", {}, "決定"),
  factList([
    ["決定", STATUSES[status]],
    ["日時", momentInWords(at)],
    ["職員", by],
    ["理由", reason],
    ["確認した書類", checked.document ? DOCUMENTS[checked.document]?.label : ""],
  ]),
];
