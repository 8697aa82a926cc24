/** What each kind of material is called. */

/** @type {Record<string, string>} */
export const TITLE_KINDS = {
  book: "図書",
  children: "児童書",
  picture_book: "絵本",
  comic: "マンガ",
  large_print: "大活字本",
  braille: "点字資料",
  magazine: "雑誌",
  newspaper: "新聞",
  map: "地図",
  score: "楽譜",
  cd: "CD",
  dvd: "DVD",
  digital: "電子資料",
  other: "その他",
};
