"""The one catalogue of what can go wrong: stable code and Japanese sentence (docs/api.md, common).

A sentence may name facts in braces; they come from the reason that uses it. In double braces it names what the library
calls things (`own_words.py`); that is filled in where the answer is written.
"""

from dataclasses import dataclass, field
from typing import Any

SENTENCES: dict[str, str] = {
    # requests
    "malformed": "送信された内容を読み取れませんでした。もう一度お試しください。",
    "bad_cursor": "続きの一覧を表示できませんでした。最初からお試しください。",
    "not_signed_in": "ログインしてください。",
    "wrong_group": "この操作をする権限がありません。",
    "not_by_site": "図書館のサイトからご利用ください。",
    "not_from_here": "この場所からは操作できません。",
    "not_found": "お探しのものは見つかりませんでした。",
    "method_not_allowed": "この操作はできません。",
    "too_large": "送信されたデータが大きすぎます。",
    "invalid_fields": "入力内容をご確認ください。",
    "invalid_field": "入力内容をご確認ください。",
    "unknown_field": "この項目は受け付けていません。",
    "one_of_these": "どれか1つで指定してください。",
    "missing_field": "入力してください。",
    "too_long": "{most}文字までで入力してください。",
    "too_many_words": "{most}語までで検索してください。",
    "idempotency_mismatch": "同じ受付キーで、内容の異なる送信がありました。",
    "in_progress": "同じ内容を処理しています。しばらくしてからご確認ください。",
    "busy": "ただいま混み合っています。しばらくしてからもう一度お試しください。",
    "closed": "ただいまシステムの作業のため、サービスを停止しています。再開までしばらくお待ちください。",
    "internal": "システムの不具合で処理できませんでした。しばらくしてからもう一度お試しください。",
    # registration (RULES 1-6)
    "already_decided": "この申請は、すでに決定されています。",
    "images_missing": "画像がそろっていないため登録できません。",
    "images_gone": "画像が消去されているため登録できません。もう一度送ってもらってください。",
    "no_image_missing": "送っていただく画像はもうありません。結果のお知らせをお待ちください。",
    "not_that_image": "この画像は、今は送っていただく必要がありません。",
    "card_not_usable": "この番号のカードは登録に使えません。",
    "patron_unknown": "どの利用者の申請か分かりません。これまでの利用者番号を確かめて指定してください。",
    "other_person": (
        "このカードの利用者と、申請した方の生年月日が違います。"
        "同じ方と確かめたときは、違っている項目を1つずつ確認してから登録してください。"
    ),
    "differs": "{name}が、登録されている内容と違います。",
    "facility_without_kits": "この館は{{kit_word}}を配布していません。",
    "unknown_facility": "この番号の{{partner_word}}はありません。",
    "unknown_district": "この名前の地区はありません。",
    "cards_known": "別の館などに登録されている番号が{count}件あるため、1件も登録しませんでした。",
    "no_range": "最初と最後の番号は、同じけた数で、小さい順に、{most}件までの範囲で入力してください。",
    "no_picture": "この画像は、まだ届いていないか、すでに消去されています。",
    "covers_nothing": "黒塗りの範囲が画像の外にあります。",
    "expires_in_past": "有効期限が過ぎた日付になっています。",
    "card_taken": "この番号のカードは、登録に使えません。",
    "namesake": "フリガナと生年月日が同じ方が、すでに登録されています({card_number} {name})。",
    "nothing_sought": "お名前、フリガナ、電話番号、生年月日のどれかを入力してください。",
    # holds (RULES 9, 10, 12, 14)
    "hold_limit": "予約は{limit}冊までです。今{open_holds}冊の予約があります。",
    "already_held": "この本はすでに予約しています。",
    "already_on_loan": "この本は今お借りになっています。",
    "reference_only": "この本は館内でご覧いただく本(禁帯出)のため、予約できません。",
    "no_copy_left": "お貸しできる本が紛失などのためなくなり、予約できません。",
    "unknown_pickup_place": "受取館を選んでください。",
    "facility_suspended": "この受取館での受け渡しは、当分のあいだお休みです{because}。ほかの受取館を選んでください。",
    "cancel_by_phone": (
        "「{status_label}」の本の取消は、お電話で承ります。{counter_name} {counter_phone} {counter_hours}"
    ),
    # the reader's own order and pace (RULES 46-49)
    "not_offered": "この設定は、今はご利用いただけません。",
    "no_longer_waits": "この予約は「{status_label}」のため、順番やまとまりを変えられません。",
    "no_such_hold": "先にお読みになる本は、ご自分の予約の中から選んでください。",
    "reading_circle": "お互いを待つ順番になるため、設定できません。",
    "pause_is_over": "今日か、それより後の日を入力してください。",
    # loans (RULES 31), hand-overs (RULES 29)
    "too_early": "{day}からお手続きいただけます。",
    "overdue": "返却期限の{day}を過ぎているため、延長はお電話で承ります。{counter_name} {counter_phone}",
    "renewal_limit": "延長は{limit}回までです。",
    "held_by_others": "ほかの方の予約が有るため、延長できません。",
    "lost": "紛失のお届けがある本は、延長できません。{counter_name} {counter_phone}",
    "returning": (
        "受取期間に受け取られず、図書館へ返送中の本は、延長できません。"
        "お手元にあるときは、お電話ください。{counter_name} {counter_phone}"
    ),
    "damaged": "破損のお届けがある本は、延長できません。{counter_name} {counter_phone}",
    "declared_returned": "返却の連絡をいただいた本です。延長するときは、お電話ください。{counter_name} {counter_phone}",
    "already_declared": "{day}に返却したと連絡をいただいています。",
    "not_collected": "まだ受け取られていない本です。",
    "in_future": "今日より後の日付になっています。",
    "before_the_loan": "お貸しする前の日付になっています。",
    # at a facility (RULES 30, 54)
    "undo_too_late": (
        "お渡しの取り消しは、記録から{minutes}分以内にできます。お電話ください。{counter_name} {counter_phone}"
    ),
    "bag_came_back": "この袋の本は{{owner_word}}に返却されているため、お渡しの記録を取り消せません。",
    "already_handed_over": "この袋は、お渡し済みと記録されています。",
    # leaving (RULES 41)
    "cannot_leave": "手続き中のものがあるため、利用者登録を抹消できません。",
    "holds_open": "予約が{holds}件あります。取り消すか、受け取られてからお手続きください。",
    "loans_open": "お借りの本が{loans}冊あります。返却の手続きが済んでからお手続きください。",
    # a patron's own settings (RULES 7)
    "no_mail_address": "メールアドレスが登録されていません。",
    "link_by_patron": "アドレス確認のメールは、ご本人がMyライブラリからもう一度お申し込みください。",
    "too_soon": "続けてのお申込みはできません。しばらくしてからお試しください。",
    "link_void": "このリンクはもう使えません。お手数ですが、もう一度メールアドレスをご登録ください。",
    # closures and suspensions (RULES 22, 40)
    "ends_before_it_starts": "終わりの日は、始まりの日か、それより後の日にしてください。",
    "closure_is_over": "もう終わった日は登録できません。",
    "closure_too_far": "{until}までの日を入力してください。",
    "too_many_closures": (
        "1館の休館日の登録は{limit}件までです。曜日の指定でまとめるか、いらないものを取り消してください。"
    ),
    "facility_not_asked": "{{partner_word}}の番号は、{{partner_word}}のときだけ入力してください。",
    "no_opting_in": "{{partner_word}}だけの休止では、申込者を指定できません。",
    "before_pickup_opens": "受取期限は、受取の始まる{day}からあとの日にしてください。",
    "number_of_nobody": "{{card_word}}{number}は登録されていません。",
    # runs (RULES 18, 22)
    "run_not_due": "{day}の処理は、締切({cut_off})のあとで行えます。",
    "run_input_gone": "この処理を再計算するための記録は、保存されていません。",
    "run_too_late": "{day}の処理の受取期間は、もう始まっています。次の処理で行ってください。",
    # the catalogue
    "title_merged": "この本の書誌は、別の書誌にまとめられました。もう一度検索してください。",
    "same_title": "まとめる先には、別の書誌を指定してください。",
    "unknown_title": "この番号の書誌はありません。",
    "merging": "ほかの書誌({title_id})とまとめている途中です。先にそちらを終えてください。",
    "both_on_loan": (
        "資料番号{barcode}の本ともう一方の書誌の本を、同じ方にお貸ししています。どちらかの返却後に行ってください。"
    ),
    "barcode_of_other_title": "資料番号{barcode}は、ほかの書誌({title_id})の資料です。",
    "barcode_twice": "資料番号{barcode}が2回あります。",
    "copy_in_use": "資料番号{barcode}は貸出中か取置中のため、外せません。",
    # the desk (RULES 13-17, 23, 32, 34, 40)
    "unknown_barcode": "この資料番号の本は登録されていません。",
    "unknown_card": "この番号の{{card_word}}は登録されていません。",
    "no_pull": "この本の取り出しの予定はありません。",
    "no_scan": "この本には、取り消せる読み取りの記録がありません。",
    "scan_overtaken": "読み取りのあとで本か予約の状態が変わったため、取り消せません。",
    "crate_has_left": "この館の箱はもう発送されています。",
    "crate_not_left": "この館の箱は、まだ発送されていません。",
    "no_batch": "受取開始の{{pickup_day}}を入力してください。",
    "kept_for_other": "この本は、ほかの方の予約のために取り置いています。",
    "another_copy_kept": "この方には別の1冊({barcode})を取り置いています。そちらをお渡しください。",
    "copy_on_loan": "この本は貸出中と記録されています。先に返却の手続きをしてください。",
    "copy_withdrawn": "この本は紛失または破損と記録されています。先に「発見」の記録をしてください。",
    "copy_reference_only": "この本は館内でご覧いただく本(禁帯出)のため、お貸しできません。",
    "loan_cap": "お貸しできるのは{cap}冊までです。今{on_loan}冊お借りになっています(うち返送中{on_the_way_back}冊)。",
    "card_expired": "{{card_word}}の有効期限({expired_on})が過ぎています。",
    "card_retired": "このカードは再発行されたため使えません。新しいカードをご提示ください。",
    "blocked": "この方への貸出は止められています。",
    "not_ready": "取置期限を延ばせるのは「貸出可能」の予約だけです。この予約は「{status_label}」です。",
    "not_later": "今の取置期限より後の日を入力してください。",
    "closed_day": "この日は休館日です。開館する日を入力してください。",
    "ready_at_counter": (
        "「貸出可能」の本は{{owner_word}}のカウンターにあるため、受取館を変えられません。取消はできます。"
    ),
    "not_lent": "この本は貸出中ではありません。",
}


@dataclass(frozen=True, slots=True)
class Reason:
    """One thing that stands in the way; `facts` are the numbers its sentence needs, `field` the form field at fault."""

    code: str
    facts: dict[str, Any] = field(default_factory=dict)
    field: str = ""
    message: str = ""

    @property
    def sentence(self) -> str:
        """The Japanese sentence for people, from the catalogue unless the reason brings its own."""
        return self.message or SENTENCES[self.code].format(**self.facts)


class Refused(Exception):
    """The answer is no. Names every reason at once (RULES 9).

    Args:
        code: the catalogue's code for the whole.
        reasons: everything that stands in the way; without any, the code itself is the reason.
    """

    def __init__(self, code: str, *reasons: Reason, **facts: Any) -> None:
        super().__init__(code)
        self.code = code
        self.reasons = reasons or (Reason(code, facts),)

    @classmethod
    def for_all(cls, reasons: "list[Reason]") -> "Refused":
        """A refusal that goes by its first reason and names them all."""
        return cls(reasons[0].code, *reasons)

    @property
    def sentence(self) -> str:
        """The first sentence a person reads: the first reason's, unless the whole has one of its own."""
        first = self.reasons[0]
        return first.sentence if first.code == self.code else SENTENCES[self.code]
