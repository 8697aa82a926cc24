/** The pages of questions, one thing a page. */

import { el, element, flat, show } from "./dom.js";
import { draft, remember } from "./draft.js";
import { hideSummary, showSummary } from "./faults.js";
import { controlId, field, setFault, valueOf } from "./fields.js";
import { DOCUMENTS, IMAGE_LIMIT, KINDS, slotsOf } from "./kinds.js";
import { faultsOf, stepsOf } from "./steps.js";

/**
 * What the API said about fields of the form; told at the field until its answer changes.
 *
 * @type {Record<string, { message: string, answer: string }>}
 */
let told = {};

/** @param {Fault[]} faults */
export function keepFaults(faults) {
  told = Object.fromEntries(
    faults.map(({ field: name, message }) => [name, { message, answer: JSON.stringify(draft()) }]),
  );
}

/** @param {string} name */
function toldFault(name) {
  return told[name]?.answer === JSON.stringify(draft()) ? told[name].message : "";
}

/**
 * Show the question `id`; `changing` leads back to the answers when it is answered.
 *
 * @param {string} id
 * @param {boolean} changing
 */
export function question(id, changing) {
  const kind = draft().kind ?? "new";
  const steps = stepsOf(kind);
  const place = steps.findIndex((step) => step.id === id);
  const step = steps[place];
  /** @param {SubmitEvent} event */
  const answerIt = (event) => {
    event.preventDefault();
    answer(form, step, changing);
  };
  const form = el("form", { novalidate: true, class: "stack", onsubmit: answerIt });
  form.append(
    ...flat(content(step, kind)),
    el("div", { class: "actions" }, el("button", { class: "button" }, changing ? "変更する" : "つぎへ")),
  );
  const back = changing ? "#check" : place ? `#${steps[place - 1].id}` : "";
  show(
    step.title(kind),
    back ? el("a", { class: "back", href: back }, "もどる") : null,
    id === "kind" ? null : el("p", { class: "progress-text" }, `${KINDS[kind].label} 質問${place}/${steps.length - 1}`),
    el("h1", { id: "title" }, step.title(kind)),
    form,
    id === "kind"
      ? el("p", {}, el("a", { href: "status.html" }, "申請を途中でやめた方、写真をもう一度送る方はこちら"))
      : el("p", {}, el("a", { class: "quiet", href: "#stop" }, "入力をやめて、入力した内容を消す")),
  );
  const faults = step.fields.filter(toldFault).map((name) => ({ message: toldFault(name), target: controlId(name) }));
  if (faults.length) showSummary(faults);
}

/**
 * @param {Step} step
 * @param {string} kind
 */
function content(step, kind) {
  /** @type {Record<string, (step: Step, kind: string) => Child[]>} */
  const contents = {
    kind: kindChoice,
    online: onlineChoice,
    documents: documentChoice,
    contact: contactFields,
    address: addressFields,
  };
  return (contents[step.id] ?? textFields)(step, kind);
}

/**
 * @param {Step} step
 * @param {string} kind
 */
const textFields = (step, kind) => step.fields.map((name) => field(name, kind, toldFault(name)));

/**
 * @param {Step} step
 * @param {string} kind
 */
function addressFields(step, kind) {
  const open = kind === "change" || kind === "renewal";
  return [
    open ? el("p", {}, "変わっていない方は、何も入力しないで「つぎへ」を押してください。") : null,
    ...textFields(step, kind),
  ].filter(Boolean);
}

/**
 * @param {Step} step
 * @param {string} kind
 */
function contactFields(step, kind) {
  return [
    ...textFields(step, kind),
    el(
      "div",
      { class: "note" },
      el("h2", {}, "メールを受け取れるようにしてください"),
      el(
        "p",
        {},
        "結果は{{owner_word}}からメールでお知らせします。迷惑メール対策をしている方は、「@{{mail_domain}}」からのメールを受信できるように設定してください。",
      ),
    ),
  ];
}

/**
 * @param {HTMLFormElement} form
 * @param {Step} step
 * @param {boolean} changing
 */
function answer(form, step, changing) {
  hideSummary();
  keepChoices(step, form);
  const kind = draft().kind;
  const faults = kind ? faultsOf(step, kind) : [{ field: "kind", message: "申請の種類を選んでください。" }];
  faults.push(...limitFaults(step));
  if (faults.length) {
    tellOnPage(form, faults);
    return;
  }
  for (const name of step.fields) if (name !== "birth_date") remember({ [name]: valueOf(name) });
  const steps = stepsOf(kind);
  const next = steps[steps.findIndex(({ id }) => id === step.id) + 1];
  location.hash = changing || !next ? "#check" : `#${next.id}`;
}

/**
 * Choices are kept when the page is answered; what is typed is kept as it is typed.
 *
 * @param {Step} step
 * @param {HTMLFormElement} form
 */
function keepChoices(step, form) {
  const chosen = new FormData(form);
  if (step.id === "kind" && chosen.get("kind")) remember({ kind: chosen.get("kind") });
  if (step.id === "online" && chosen.get("online")) remember({ online_lending: chosen.get("online") === "yes" });
  if (step.id === "documents") remember({ documents: chosen.getAll("documents") });
}

/** @param {Step} step */
function limitFaults(step) {
  const { kind, documents = [] } = draft();
  if (step.id !== "documents" || slotsOf(kind, documents).length <= IMAGE_LIMIT) return [];
  return [{ field: "documents", message: `画像は${IMAGE_LIMIT}枚までです。確認書類を減らしてください。` }];
}

/** @type {Record<string, string>} */
const CONTROLS = {
  kind: "kind-new",
  online_lending: "online-yes",
  documents: `documents-${Object.keys(DOCUMENTS)[0]}`,
};

/** @param {string | undefined} name */
const controlOfField = (name = "") => CONTROLS[name] ?? controlId(name);

/**
 * @param {HTMLFormElement} form
 * @param {Fault[]} faults
 */
function tellOnPage(form, faults) {
  for (const frame of form.querySelectorAll(".field")) setFault(frame, "");
  for (const { field: name, message } of faults) {
    setFault(element(controlOfField(name)).closest(".field"), message);
  }
  showSummary(faults.map(({ field: name, message }) => ({ message, target: controlOfField(name) })));
}

/**
 * A group of radio buttons or boxes under the page's title.
 *
 * @param {string} name
 * @param {string} type
 * @param {{ value: string, label: string, hint?: string }[]} options
 * @param {string[]} chosen
 */
function choices(name, type, options, chosen) {
  return el(
    "fieldset",
    { class: "field choices", "aria-labelledby": "title", "aria-describedby": `${name}-fault` },
    el("p", { class: "fault", id: `${name}-fault`, "aria-live": "polite" }),
    options.map(({ value, label, hint }) => {
      const id = `${name}-${value}`;
      const input = el("input", {
        type,
        id,
        name,
        value,
        checked: chosen.includes(value),
        "aria-describedby": hint ? `${id}-hint` : null,
      });
      return el(
        "div",
        { class: "choice" },
        input,
        el("label", { for: id }, label),
        hint ? el("p", { class: "hint", id: `${id}-hint` }, hint) : null,
      );
    }),
  );
}

function kindChoice() {
  const options = Object.entries(KINDS).map(([value, { label, hint }]) => ({ value, label, hint }));
  return [
    el(
      "p",
      {},
      "5分から10分ほどでできます。手元に、{{card_word}}と、お名前と今のご住所がわかる書類(運転免許証など)を用意してください。写真をとって送ります。",
    ),
    choices("kind", "radio", options, [draft().kind ?? wishedKind()]),
    purpose(),
  ];
}

/** What is asked for is used for nothing else, and people are told before they type it (APPI 62). */
export const purpose = () =>
  el(
    "div",
    { class: "note" },
    el("h2", {}, "入力していただく内容の使い道"),
    el(
      "p",
      {},
      "お名前、生年月日、ご住所などと写真は、利用者登録の確認と、本の貸出・ご連絡のためだけに使い、ほかの人には渡しません。写真は職員の確認が終わるとすぐに、登録にならなかった申請は30日後に消去します。申請は、決定の前ならいつでも取り下げられ、そのときはすべてをすぐに消去します。",
    ),
  );

/** The kind a link of the home page asks for. */
function wishedKind() {
  const wished = new URLSearchParams(location.search).get("kind") ?? "";
  return Object.hasOwn(KINDS, wished) ? wished : "";
}

function onlineChoice() {
  const { online_lending: online } = draft();
  const options = [
    {
      value: "yes",
      label: "申し込む",
      hint: "インターネットで予約した本を、お近くの{{partner_word}}で受け取り、返せるようになります。",
    },
    {
      value: "no",
      label: "申し込まない",
      hint: "すでに申し込んでいる方も、こちらを選んでください。申込みは取り消されません。",
    },
  ];
  return [choices("online", "radio", options, online === undefined ? [] : [online ? "yes" : "no"])];
}

function documentChoice() {
  const options = Object.entries(DOCUMENTS).map(([value, { label, note }]) => ({ value, label, hint: note }));
  return [
    el("p", {}, "このあと、選んだ書類の写真を送っていただきます。ふつうは1つで足ります。"),
    choices("documents", "checkbox", options, draft().documents ?? []),
    el("p", {}, "送っていただいた写真は、職員の確認が終わるとすぐに消去します。"),
  ];
}
