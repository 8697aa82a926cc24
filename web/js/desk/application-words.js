/** What applications and their parts are called at the desk. */

/** @type {Record<string, string>} */
export const STATUSES = {
  submitted: "審査を待つもの",
  image_again: "写真を待つもの(再提出)",
  awaiting_images: "写真を待つもの",
  registered: "登録したもの",
  refused: "断ったもの",
};
/** @type {Record<string, string>} */
export const CARD_STATES = {
  blank: "未使用の登録セット",
  active: "使用中",
  retired: "使用終了",
  unknown: "登録のない番号",
};
/** @type {Record<string, string>} */
export const SLOT_STATES = { awaiting: "届いていません", accepted: "届いています", again: "再提出を待っています" };
/** @type {Record<string, string>} */
export const CODES = { match: "入力された番号と同じ", mismatch: "入力された番号と違う", unread: "読み取れません" };
/** @type {Record<string, string>} */
export const APPLICATION_FIELDS = {
  card_number: "利用者番号(カードの番号)",
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
