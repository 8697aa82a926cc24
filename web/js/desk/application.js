/** One application with its photos, and what is wrong with it (RULES 2-4). */

import { dateInWords, momentInWords } from "../dates.js";
import { el } from "../dom.js";
import { DOCUMENTS } from "../kinds.js";
import { factList } from "../library/parts.js";
import { api } from "../session.js";
import { APPLICATION_FIELDS, CARD_STATES, CODES, SLOT_STATES } from "./application-words.js";
import { correctionForm, decided, decisionForm } from "./decision.js";
import { picture } from "./pictures.js";

export const applicationView = {
  id: "application",
  title: "申請の審査",
  hidden: true,
  under: "applications",
  load,
};

/**
 * @param {App} app
 * @param {string} receipt
 */
async function load(app, receipt) {
  /** @type {Application} */
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

/**
 * What should catch the eye before anybody decides.
 *
 * @param {Application} one
 */
function notes(one) {
  const card = one.slots.find(({ slot }) => slot === "card");
  return [
    card?.barcode === "mismatch"
      ? note("カードの写真のバーコードと、入力された番号が違います", el("p", {}, `入力された番号 ${one.card_number}`))
      : null,
    one.differences.length
      ? note(
          "登録されている内容と違うところがあります",
          el("p", {}, one.differences.map((name) => APPLICATION_FIELDS[name] ?? name).join("、")),
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

/**
 * @param {string} title
 * @param {...Child} content
 */
const note = (title, ...content) => el("div", { class: "note warning" }, el("h2", {}, title), ...content);

/** @param {Application} one */
function answers(one) {
  /** @param {string} name */
  const worded = (name) => (name === "birth_date" ? dateInWords(one[name]) : one[name]);
  const before = one.patron;
  /**
   * @param {[name: string, label: string]} field
   * @returns {Fact}
   */
  const lineOf = ([name, label]) => {
    const now = worded(name);
    const then = before && one.differences.includes(name) && before[name];
    return [label, now && then ? `${now}(登録: ${then})` : now];
  };
  return [
    el("h2", {}, "申請の内容"),
    factList([
      ...Object.entries(APPLICATION_FIELDS).map(lineOf),
      ["写真のバーコード", CODES[one.slots.find(({ slot }) => slot === "card")?.barcode]],
      ["カードの状態", CARD_STATES[one.card_state] ?? one.card_state],
      ["{{lending_word}}", one.online_lending ? "申し込む" : "申し込まない"],
      ["確認書類", one.documents.map((name) => DOCUMENTS[name]?.label ?? name).join("、")],
      ["今の有効期限", before ? dateInWords(before.expires_on) : ""],
    ]),
  ];
}

/**
 * @param {Application} one
 * @param {App} app
 */
function images(one, app) {
  const bare = one.slots.filter(({ slot }) => !one.images.some((image) => image.slot === slot));
  return [
    el("h2", {}, "写真"),
    one.images.length
      ? el(
          "p",
          { class: "hint" },
          "見えてはいけない番号は、黒く塗ります。マウスではそのままなぞり、指やキーボードでは「塗る部分を選ぶ」を押してから選びます。何か所でも選べます。",
        )
      : null,
    one.images.map((image) => picture(image, one.receipt_number, app)),
    bare.map(({ label, status, optional, reason, gone }) =>
      el(
        "p",
        {},
        `${label}: ${gone ? "消去されています。もう一度送ってもらってください" : (SLOT_STATES[status] ?? status)}${optional ? "(任意)" : ""} ${reason ?? ""}`,
      ),
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
