"""The trail of staff: every act of theirs on a person leaves a trace, be it a look or a change (RULES 41)."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Deed(StrEnum):
    """What staff did. It never says with which title: a trace lives longer than what ties a person to one may."""

    LOOK = "look"
    CHANGE = "change"
    TEMPORARY_PASSWORD = "temporary_password"  # noqa: S105 - the name of an act
    PASSWORD_SLIP = "password_slip"  # noqa: S105 - the name of an act
    CLOSE = "close"
    PLACE_HOLD = "place_hold"
    CANCEL_HOLD = "cancel_hold"
    MOVE_HOLD = "move_hold"
    CHANGE_PICKUP = "change_pickup"
    EXTEND_HOLD = "extend_hold"
    OPT_IN = "opt_in"
    RENEW = "renew"
    CHECK_OUT = "check_out"
    CHECK_IN = "check_in"
    MARK_BOOK = "mark_book"
    SCAN = "scan"
    UNDO_SCAN = "undo_scan"
    SHIFT = "shift"
    DROP_PLAN = "drop_plan"
    MERGE = "merge"
    FINISH_TASK = "finish_task"
    PRINT_LETTER = "print_letter"
    TRY_ADDRESS = "try_address"
    SEND_MAIL = "send_mail"
    REGISTER_PERSON = "register_person"
    ISSUE_CARD = "issue_card"
    REGISTER = "register"
    IMAGE_AGAIN = "image_again"
    REFUSE = "refuse"
    BLACK_OUT = "black_out"
    CORRECT_APPLICATION = "correct_application"
    SEND_NUMBERS = "send_numbers"


DEED_LABELS = {
    Deed.LOOK: "閲覧",
    Deed.CHANGE: "利用者情報の変更",
    Deed.TEMPORARY_PASSWORD: "仮パスワードの発行",
    Deed.PASSWORD_SLIP: "仮パスワードの票の発行",
    Deed.CLOSE: "利用者登録の抹消",
    Deed.PLACE_HOLD: "予約の受付",
    Deed.CANCEL_HOLD: "予約の取消",
    Deed.MOVE_HOLD: "予約の順番の変更",
    Deed.CHANGE_PICKUP: "受取館の変更",
    Deed.EXTEND_HOLD: "取置期限の延長",
    Deed.OPT_IN: "休止中の利用の申込みの記録",
    Deed.RENEW: "貸出の更新",
    Deed.CHECK_OUT: "貸出",
    Deed.CHECK_IN: "返却",
    Deed.MARK_BOOK: "紛失・破損・発見・弁償の記録",
    Deed.SCAN: "取り出した本の読み取り",
    Deed.UNDO_SCAN: "読み取りの取り消し",
    Deed.SHIFT: "受取期間の変更",
    Deed.DROP_PLAN: "取り出しの予定の取り消し",
    Deed.MERGE: "書誌の統合",
    Deed.FINISH_TASK: "連絡の記録",
    Deed.PRINT_LETTER: "手紙の印刷の記録",
    Deed.TRY_ADDRESS: "メールアドレスの再試行",
    Deed.SEND_MAIL: "メールの再送",
    Deed.REGISTER_PERSON: "窓口での登録",
    Deed.ISSUE_CARD: "カードの再発行",
    Deed.REGISTER: "申請の登録",
    Deed.IMAGE_AGAIN: "画像の再送の依頼",
    Deed.REFUSE: "申請のお断り",
    Deed.BLACK_OUT: "画像の黒塗り",
    Deed.CORRECT_APPLICATION: "申請の訂正",
    Deed.SEND_NUMBERS: "受付番号の再送",
}


@dataclass(frozen=True, slots=True)
class Act:
    """Who did what to a person, or to what is kept of one, and when.

    `note` is what they looked for, as they say it, or which fields they changed; never what is in a field.
    """

    at: datetime
    by: str
    what: Deed
    note: str = ""


@dataclass(frozen=True, slots=True)
class Trace:
    """An act, how often it was done at that very moment, and on what: such as `PATRON#id`."""

    act: Act
    times: int
    on: str
