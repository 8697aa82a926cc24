/** A title and its copies as the catalogue describes them, typed in by staff (RULES 9). */

import { confirmDialog } from "../confirm-dialog.js";
import { el } from "../dom.js";
import { input, missingFault, tellFaults, typedIn } from "../inputs.js";
import { api } from "../session.js";
import { TITLE_KINDS } from "../title-kinds.js";
import { linkToBook } from "./books.js";

/** @type {View} */
export const describeView = { id: "describe", title: "資料の登録", hidden: true, under: "books", load };

/** What a title is described by, beside its copies: each field's label and look. @type {[name: string, label: string, look: Attributes][]} */
const FIELDS = [
  ["title", "題名", {}],
  ["title_kana", "題名のヨミ", {}],
  ["volume", "巻", { class: "text w10" }],
  ["author", "著者", {}],
  ["author_kana", "著者のヨミ", {}],
  ["publisher", "出版者", {}],
  ["year", "出版年", { class: "text number w10", inputmode: "numeric" }],
  ["isbn", "ISBN", { class: "text number w16" }],
  ["ndc", "分類(NDC)", { class: "text number w10" }],
];

/** @typedef {{ barcode: string, call_number: string, reference_only: boolean }} DescribedCopy */

/**
 * @param {App} app
 * @param {string} id
 */
async function load(app, id = "") {
  const known = id ? await api.get(`/desk/titles/${encodeURIComponent(id)}`) : null;
  const rows = el("div", { class: "stack", id: "field-copies" });
  let made = 0;
  /** @param {DescribedCopy} [copy] */
  const add = (copy) => {
    const line = copyLine((made += 1), copy);
    rows.append(line);
    return line;
  };
  (known?.copies ?? [undefined]).forEach(add);
  return [
    el("p", {}, el("a", { class: "back", href: id ? linkToBook(id) : "#books" }, "もどる")),
    app.form(
      (form) => save(form, rows, known, app),
      known
        ? el("p", {}, "書誌番号 ", el("span", { class: "number" }, id))
        : input("title_id", "書誌番号", { class: "text number w16", autocomplete: "off" }),
      FIELDS.map(([name, label, look]) => input(name, label, { ...look, value: known?.[name] })),
      input("kind", "種別", { tag: "select", children: kindOptions(known?.kind) }),
      el("h2", {}, "本"),
      rows,
      el(
        "div",
        { class: "actions" },
        el(
          "button",
          { type: "button", class: "button plain", onclick: () => add().querySelector("input")?.focus() },
          "本を1冊加える",
        ),
      ),
      el("div", { class: "actions" }, el("button", { class: "button" }, "登録する")),
    ),
  ];
}

/** @param {string} [chosen] */
const kindOptions = (chosen) =>
  [["", "分類や請求記号から決める"], ...Object.entries(TITLE_KINDS)].map(([value, text]) =>
    el("option", { value, selected: value === chosen }, text),
  );

/**
 * @param {number} place
 * @param {DescribedCopy} [copy]
 */
function copyLine(place, { barcode, call_number: call, reference_only: reference } = EMPTY) {
  const text = { class: "text number w16", autocomplete: "off" };
  const line = el(
    "fieldset",
    { class: "copy-line" },
    el("legend", { class: "unseen" }, `本 ${barcode || place}`),
    input(`barcode-${place}`, "資料番号", { ...text, value: barcode }),
    input(`call-${place}`, "請求記号", { ...text, value: call }),
    el(
      "label",
      { class: "in-line" },
      el("input", { type: "checkbox", name: `reference-${place}`, checked: reference }),
      "禁帯出",
    ),
    el(
      "button",
      {
        type: "button",
        class: "link-button",
        "aria-label": `本 ${barcode || place} を除く`,
        onclick: () => line.remove(),
      },
      "除く",
    ),
  );
  return line;
}

/** @type {DescribedCopy} */
const EMPTY = { barcode: "", call_number: "", reference_only: false };

/**
 * The lines that say something.
 *
 * @param {HTMLElement} rows
 * @returns {DescribedCopy[]}
 */
function copiesIn(rows) {
  return [...rows.children]
    .map((line) => {
      const [barcode, call, reference] = [...line.querySelectorAll("input")];
      return { barcode: barcode.value.trim(), call_number: call.value.trim(), reference_only: reference.checked };
    })
    .filter(({ barcode, call_number: call }) => barcode || call);
}

/**
 * @param {HTMLFormElement} form
 * @param {HTMLElement} rows
 * @param {Answer} known
 * @param {App} app
 */
async function save(form, rows, known, app) {
  const { title_id: typed = "", year, kind, ...typedTexts } = typedIn(form);
  const texts = Object.fromEntries(FIELDS.map(([name]) => [name, typedTexts[name]?.trim()]));
  const id = known?.title_id ?? typed.normalize("NFKC").trim();
  const copies = copiesIn(rows);
  const faults = [
    ...missingFault("title_id", id, "書誌番号を入力してください。"),
    ...missingFault("title", texts.title, "題名を入力してください。"),
    ...(copies.some(({ barcode, call_number: call }) => !barcode || !call)
      ? [{ message: "資料番号と請求記号は、両方を入力してください。" }]
      : []),
  ];
  if (tellFaults(form, faults) || !(await isMeant(known, copies))) return;
  await api.put(`/desk/titles/${encodeURIComponent(id)}`, {
    ...texts,
    year: year ? Number(year.normalize("NFKC")) : null,
    kind: kind || null,
    copies,
  });
  await app.goTo(linkToBook(id), `「${texts.title}」を登録しました。`);
}

/**
 * Copies left out are withdrawn: that is asked for.
 *
 * @param {Answer} known
 * @param {DescribedCopy[]} copies
 */
function isMeant(known, copies) {
  const kept = new Set(copies.map(({ barcode }) => barcode));
  /** @type {DescribedCopy[]} */
  const before = known?.copies ?? [];
  const gone = before.map(({ barcode }) => barcode).filter((barcode) => !kept.has(barcode));
  if (!gone.length) return true;
  return confirmDialog("本を除籍しますか", `一覧から除いた本(${gone.join("、")})は、除籍します。`, "除籍する");
}
