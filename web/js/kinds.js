/**
 * What can be applied for, what each kind asks for, and the photos that go with it (RULES 1-3).
 *
 * The same as in lending/domain/registration/kinds.py, which decides; a test holds the two side by side.
 */

const CONTACT = ["postal_code", "address", "phone", "email"];
const IDENTITY = ["card_number", "name", "birth_date"];

export const KINDS = {
  new: {
    label: "新規登録",
    hint: "県立図書館の利用者カードを、はじめて作る方。オンライン利用者登録セットが必要です。",
    kit: true,
    needed: ["card_number", "name", "kana", "birth_date", ...CONTACT],
    open: [],
  },
  reissue: {
    label: "利用者カードの再発行",
    hint: "カードをなくした方、傷んで使えなくなった方。オンライン利用者登録セットが必要です。",
    kit: true,
    needed: ["card_number", "name", "kana", "birth_date", "email"],
    open: ["old_card_number", "phone"],
  },
  name_change: {
    label: "お名前の変更",
    hint: "お名前が変わった方。新しいお名前を書くカードとして、オンライン利用者登録セットが必要です。",
    kit: true,
    needed: ["card_number", "name", "kana", "birth_date", "email"],
    open: ["old_card_number", "phone"],
  },
  change: {
    label: "住所・電話番号・メールアドレスの変更",
    hint: "ひっこしなどで、連絡先が変わった方。",
    kit: false,
    needed: IDENTITY,
    open: ["kana", ...CONTACT],
  },
  renewal: {
    label: "利用者カードの更新",
    hint: "カードの有効期限が近い方、過ぎた方。",
    kit: false,
    needed: IDENTITY,
    open: ["kana", ...CONTACT],
  },
  password: {
    label: "仮パスワードの発行",
    hint: "カードをお持ちで、はじめてログインする方、パスワードを忘れた方。",
    kit: false,
    needed: IDENTITY,
    open: ["kana", "phone", "email"],
  },
};

const DONOR = "臓器提供の意思の欄は、紙などで隠してください。";
export const DOCUMENTS = {
  driving_licence: { label: "運転免許証", sides: 2, note: `撮影の前に、裏の${DONOR}` },
  my_number_card: {
    label: "マイナンバーカード",
    sides: 1,
    note: `表(顔写真のある面)だけをお送りください。個人番号(マイナンバー)が書かれた裏は、送らないでください。撮影の前に、表の${DONOR}`,
  },
  insurance_certificate: {
    label: "資格確認書(旧健康保険証)",
    sides: 2,
    note: `撮影の前に、保険者番号と被保険者等の記号・番号を、紙などで隠してください。裏の${DONOR}`,
  },
  residence_record: { label: "住民票の写し", sides: 2, backOptional: true, note: "" },
  other: { label: "その他の確認書類", sides: 2, backOptional: true, note: "" },
};

export const IMAGE_LIMIT = 4;
/** Whoever is younger applies with a guardian. */
export const GUARDIAN_BELOW = 15;
const CARD = "card";

/** Whether a person born on an ISO day is too young to apply alone, by the calendar of Japan. */
export function isChild(born, now = new Date()) {
  const today = new Intl.DateTimeFormat("sv-SE", { timeZone: "Asia/Tokyo" }).format(now);
  const [year, month, day] = born.split("-");
  return Boolean(born) && today < `${String(Number(year) + GUARDIAN_BELOW).padStart(4, "0")}-${month}-${day}`;
}

export const asks = (kind, field) => [...KINDS[kind].needed, ...KINDS[kind].open].includes(field);
/** A guardian, where one is asked for at all, is needed in every kind. */
export const needs = (kind, field) => field === "guardian" || KINDS[kind].needed.includes(field);

/** The photos of an application, in their order. */
export function slotsOf(kind, documents) {
  const sides = (name) => (DOCUMENTS[name].sides === 2 ? [`${name}_front`, `${name}_back`] : [`${name}_front`]);
  return [...(KINDS[kind].kit ? [CARD] : []), ...documents.flatMap(sides)];
}

/** The document a photo shows, null for the library's card. */
export function documentOf(slot) {
  return slot === CARD ? null : slot.replace(/_(front|back)$/, "");
}

export function slotLabel(slot) {
  if (slot === CARD) return "利用者カード(名前を書いた面)";
  return `${DOCUMENTS[documentOf(slot)].label}(${slot.endsWith("_back") ? "裏" : "表"})`;
}

/** What to mind before the camera opens, "" if nothing. */
export const slotNote = (slot) => (slot === CARD ? "" : DOCUMENTS[documentOf(slot)].note);

/** Whether nobody waits for this photo: the back of a sheet of paper. */
export const isOptional = (slot) => slot.endsWith("_back") && Boolean(DOCUMENTS[documentOf(slot)].backOptional);
