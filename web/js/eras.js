/** Years as people in Japan know their birthday: the Christian one, or that of an era. */

export const ERAS = [
  { id: "ad", label: "西暦", first: 1, last: 9999 },
  { id: "reiwa", label: "令和", first: 2019, last: 9999 },
  { id: "heisei", label: "平成", first: 1989, last: 2019 },
  { id: "showa", label: "昭和", first: 1926, last: 1989 },
  { id: "taisho", label: "大正", first: 1912, last: 1926 },
];

/**
 * The Christian year of `year` (text, half or full width; 元 is the first) of an era; "" if the era has no such year.
 *
 * @param {string} era
 * @param {string} year
 */
export function christianYear(era, year) {
  const { first, last } = ERAS.find((each) => each.id === era) ?? ERAS[0];
  const text = year.normalize("NFKC").trim().replace("元", "1");
  const number = first + Number(text) - 1;
  return /^[0-9]{1,4}$/.test(text) && number >= first && number <= last ? String(number).padStart(4, "0") : "";
}

/** `YYYY-MM-DD` of the four answers, as far as they make sense: parts that do not are left empty. */
export function isoDate({ era = "ad", year = "", month = "", day = "" }) {
  /** @param {string} text */
  const part = (text) => text.normalize("NFKC").trim().padStart(2, "0");
  return `${christianYear(era, year)}-${part(month)}-${part(day)}`;
}

/**
 * 「1953年4月1日(昭和28年)」
 *
 * @param {string} iso
 */
export function inWords(iso) {
  const [year, month, day] = iso.split("-").map(Number);
  const era = ERAS.slice(1).find((each) => year >= each.first);
  const inEra = era ? `(${era.label}${year - era.first + 1 === 1 ? "元" : year - era.first + 1}年)` : "";
  return `${year}年${month}月${day}日${inEra}`;
}
