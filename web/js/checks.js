/**
 * What people type, made regular where the meaning is plain, and otherwise a sentence that says what is wrong.
 *
 * The rules and sentences are those of lending/domain/form_fields.py, which decides; here they only come sooner. A test
 * holds the two side by side. Every check takes the text as typed and answers `{value}` or `{fault}`.
 */

const HYPHENS = /[‐‑‒–—―−ーｰ─━－﹣]/gu;
const LONG_VOWELS = /[-‐‑‒–—―−─━－﹣]/gu;
const COMMAS = ",，、";
const KANA = /^[ァ-ヺー・]+(?: [ァ-ヺー・]+)*$/u;
const MAIL_CHARACTER = /^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]$/;
const MAIL_LOCAL = /^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}$/;
const MAIL_DOMAIN = /^(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+(?:[A-Za-z]{2,63}|xn--[A-Za-z0-9-]+)$/i;
const NAMED_CHARACTERS = 3;
const OLDEST_AGE = 120;
/** @type {Record<string, number>} */
const LONGEST = { name: 60, guardian: 60, kana: 80, address: 200, email: 254 };

/** @type {Record<string, string>} */
export const LABELS = {
  card_number: "利用者番号(カードの番号)",
  old_card_number: "これまでの利用者番号(カードの番号)",
  name: "お名前",
  kana: "フリガナ",
  birth_date: "生年月日",
  postal_code: "郵便番号",
  address: "ご住所",
  phone: "電話番号",
  email: "メールアドレス",
  guardian: "保護者のお名前",
};

/** @type {Record<string, (text: string) => Checked>} */
const CHECKS = {
  card_number: cardNumber,
  old_card_number: cardNumber,
  name: (text) => plainText(text, "name"),
  kana,
  birth_date: birthDate,
  postal_code: postalCode,
  address: (text) => plainText(text, "address"),
  phone,
  email: mailAddress,
  guardian: (text) => plainText(text, "guardian"),
};

/**
 * Check one field by its name; an empty one is at fault only if it is needed.
 *
 * @param {string} field
 * @param {string} text
 * @param {boolean} needed
 */
export function check(field, text, needed) {
  if (text.trim()) return CHECKS[field](text);
  return needed ? { fault: `${LABELS[field]}を入力してください。` } : { value: "" };
}

/**
 * What can be said while a person still types: only what no further key could mend.
 *
 * @param {string} field
 * @param {string} text
 */
export function checkTyping(field, text) {
  if (!text.trim()) return "";
  if (field === "email") return wrongCharacters(codePoints(text.trim()));
  if (field === "kana") return kana(text).fault || "";
  if (["card_number", "old_card_number", "postal_code", "phone"].includes(field)) {
    return /[^0-9\-()+〒]/u.test(digitsAndHyphens(text)) ? CHECKS[field](text).fault || "" : "";
  }
  return "";
}

/** @param {string} text */
function cardNumber(text) {
  const number = digitsAndHyphens(text).replaceAll("-", "");
  if (/^[0-9]{6,14}$/.test(number)) return { value: number };
  return { fault: "利用者番号は、カードに印刷された数字だけを入力してください。" };
}

/** @param {string} text */
function postalCode(text) {
  const found = /^([0-9]{3})-?([0-9]{4})$/.exec(digitsAndHyphens(text).replace(/^〒/u, ""));
  if (found) return { value: `${found[1]}-${found[2]}` };
  return { fault: "郵便番号は「{{example_postal_code}}」のように7けたの数字で入力してください。" };
}

/** @param {string} text */
function phone(text) {
  let grouped = digitsAndHyphens(text.normalize("NFKC").trim().replace(/[()]/g, "-"), "-");
  grouped = grouped
    .replace(/^\+81-?(?:-?0-)?0?/, "0")
    .replace(/-+/g, "-")
    .replace(/^-|-$/g, "");
  if (/^0[0-9]{9,10}$/.test(grouped.replaceAll("-", ""))) return { value: grouped };
  return { fault: "電話番号は「{{counter_phone}}」のように、市外局番から10けたか11けたの数字で入力してください。" };
}

/** @param {string} text */
function kana(text) {
  let typed = text
    .normalize("NFKC")
    .replace(LONG_VOWELS, "ー")
    .replace(/[ぁ-ゖゝゞ]/gu, toKatakana);
  typed = oneLine(typed.normalize("NFC"));
  if (codePoints(typed).length > LONGEST.kana) return tooLong("kana");
  if (KANA.test(typed)) return { value: typed };
  const odd = [...new Set(codePoints(typed).filter((char) => char !== " " && !KANA.test(char)))];
  const named = odd.slice(0, NAMED_CHARACTERS).map(shown).join("") + (odd.length > NAMED_CHARACTERS ? "など" : "");
  return { fault: `フリガナはカタカナで入力してください。${named}は使えません。` };
}

/** @param {string} char */
const toKatakana = (char) => String.fromCodePoint(codePoint(char) + 0x60);

/**
 * A date as `YYYY-MM-DD` with one or two digits for month and day.
 *
 * @param {string} text
 * @param {Date} today
 */
function birthDate(text, today = new Date()) {
  const found = /^([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})$/.exec(digitsAndHyphens(text));
  if (!found) return { fault: "生年月日は「1980-04-01」のように、西暦の年・月・日で入力してください。" };
  const [year, month, day] = found.slice(1).map(Number);
  const born = new Date(Date.UTC(year, month - 1, day));
  if (year < 1 || born.getUTCFullYear() !== year || born.getUTCMonth() !== month - 1 || born.getUTCDate() !== day) {
    return { fault: "生年月日が、暦にない日付になっています。年・月・日を確かめてください。" };
  }
  if (born > today) return { fault: "生年月日が、今日より後の日付になっています。" };
  if (year < today.getFullYear() - OLDEST_AGE) {
    return { fault: `生年月日が${OLDEST_AGE}年より前になっています。西暦の年を確かめてください。` };
  }
  return { value: born.toISOString().slice(0, 10) };
}

/** @param {string} text */
function mailAddress(text) {
  const address = text.trim();
  const characters = codePoints(address);
  if (characters.length > LONGEST.email) return tooLong("email");
  const odd = wrongCharacters(characters);
  const fault = odd + (wrongCount(characters) || (odd ? "" : wrongShape(address)));
  if (fault) return { fault };
  const [local, domain] = address.split("@");
  return { value: `${local}@${domain.toLowerCase()}` };
}

/**
 * Each class of wrong characters with its places, counted from 1.
 *
 * @param {string[]} characters
 */
function wrongCharacters(characters) {
  /** @type {Record<string, string[]>} */
  const found = { full: [], comma: [], space: [], other: [] };
  characters.forEach((char, place) => {
    const kind = wrongCharacter(char);
    if (kind) found[kind].push(`${place + 1}文字目の${shown(char)}`);
  });
  const halves = characters.filter((char) => wrongCharacter(char) === "full").slice(0, NAMED_CHARACTERS);
  /** @type {Record<string, string>} */
  const tails = {
    full: `が全角です。半角の${halves.map((char) => shown(halfWidth(char))).join("")}に直してください。`,
    comma: "はコンマです。「.」(ドット)ではありませんか。",
    space: "は使えません。取り除いてください。",
    other: "は使えません。メールアドレスは半角英数字で入力してください。",
  };
  return Object.entries(found)
    .filter(([, places]) => places.length)
    .map(([kind, places]) => named(places) + tails[kind])
    .join("");
}

/** @param {string} char */
function wrongCharacter(char) {
  if (isSpace(char) || !isPrintable(char)) return "space";
  if (COMMAS.includes(char)) return "comma";
  if (isAscii(char)) return "";
  return halfWidth(char) ? "full" : "other";
}

/**
 * A full-width @ counts as the one it stands for.
 *
 * @param {string[]} characters
 */
function wrongCount(characters) {
  const ats = characters.filter((char) => char === "@" || halfWidth(char) === "@").length;
  return ats === 1 ? "" : `「@」(アットマーク)は1つだけ必要ですが、${ats}個あります。`;
}

/** @param {string} address */
function wrongShape(address) {
  const [local, domain] = address.split("@");
  const before = MAIL_LOCAL.test(local) ? "" : `「@」の前${oddPart(local)}が正しくありません。`;
  const after = MAIL_DOMAIN.test(domain)
    ? ""
    : `「@」の後${oddPart(domain)}が正しくありません。「.」(ドット)の位置も確かめてください。`;
  return before + after;
}

/** @param {string} part */
function oddPart(part) {
  const odd = codePoints(part).find((char) => !MAIL_CHARACTER.test(char));
  return odd ? `(${shown(odd)})` : "";
}

/**
 * @param {string} text
 * @param {string} field
 */
function plainText(text, field) {
  const plain = oneLine(text);
  const characters = codePoints(plain);
  if (characters.length > LONGEST[field]) return tooLong(field);
  const odd = characters.flatMap((char, place) =>
    /[\p{C}\p{Zl}\p{Zp}]/u.test(char) ? [`${place + 1}文字目の${shown(char)}`] : [],
  );
  return odd.length ? { fault: `${named(odd)}は使えません。` } : { value: plain };
}

/** @param {string} field */
const tooLong = (field) => ({ fault: `${LABELS[field]}は${LONGEST[field]}文字までで入力してください。` });
/** @param {string[]} places */
const named = (places) =>
  places.slice(0, NAMED_CHARACTERS).join("、") + (places.length > NAMED_CHARACTERS ? "など" : "");
/**
 * @param {string} text
 * @param {string} between
 */
const digitsAndHyphens = (text, between = "") =>
  text.normalize("NFKC").replace(HYPHENS, "-").trim().replace(/\s+/gu, between);
/** @param {string} text */
const oneLine = (text) => text.trim().replace(/\s+/gu, " ");
/** @param {string} text */
const codePoints = (text) => [...text];
/** @param {string} char */
const codePoint = (char) => char.codePointAt(0) ?? 0;
/** @param {string} char */
const isAscii = (char) => codePoint(char) < 128;
/** @param {string} char */
const isSpace = (char) => /\s/u.test(char);
/** @param {string} char */
const isPrintable = (char) => !/[\p{C}\p{Z}]/u.test(char);

/** @param {string} char */
function halfWidth(char) {
  const half = char === "。" ? "." : char.normalize("NFKC");
  return !isAscii(char) && codePoints(half).length === 1 && isAscii(half) ? half : "";
}

/** @param {string} char */
function shown(char) {
  if (isSpace(char)) return "空白";
  return isPrintable(char) ? `「${char}」` : `U+${codePoint(char).toString(16).toUpperCase().padStart(4, "0")}`;
}
