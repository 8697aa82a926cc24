/** What applications and their parts are called at the desk. */

/** @type {Record<string, string>} */
export const STATUSES = {
  submitted: "確認待ち",
  image_again: "写真を待つもの(再提出)",
  awaiting_images: "写真を待つもの",
  registered: "登録済み",
  refused: "不受理",
};
/** @type {Record<string, string>} */
export const CARD_STATES = {
  blank: "未使用の{{kit_short}}",
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

/**
 * What applicants are told most often, by the decision.
 *
 * @type {Record<string, string[]>}
 */
export const PHRASES = {
  image_again: [
    "写真がぼけていて、文字を読み取れません。明るい場所で、書類全体が入るように撮り直してください。",
    "書類の一部が切れています。四すみがすべて入るように撮り直してください。",
    "光が反射して、文字を読み取れません。角度を変えて撮り直してください。",
    "ご住所が書かれた面の写真もお送りください。",
    "保険証などの記号・番号が見えています。番号を紙などで隠して、撮り直してください。",
    "カードのバーコードと番号が写るように撮り直してください。",
  ],
  refuse: [
    "お送りいただいた書類の有効期限が切れているため、受け付けられません。有効な書類で、もう一度お申し込みください。",
    "書類のお名前とご住所が、入力された内容と違うため、受け付けられません。お確かめのうえ、もう一度お申し込みください。",
    "すでに{{card_word}}をお持ちのため、受け付けられません。カードの番号がわからないときは、お電話ください。",
    "カードの番号が、{{kit_short}}の番号と違うため、受け付けられません。お手元のカードをお確かめください。",
  ],
};
