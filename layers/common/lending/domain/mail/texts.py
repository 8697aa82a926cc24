"""The words of every mail (RULES 6, 8, 28-31, 36, 37, 40): plain text in Japanese, in lines a phone shows whole.

Facts each kind needs, beside `my_library_url` and `card_number` (all kinds but receipt, image_again, refusal and
address_confirmation). Dates are
`YYYY-MM-DD` or `date`; addresses of pages are whole URLs. `compose` refuses a mail with a fact missing or empty.

| kind | needs | may have |
|---|---|---|
| acceptance | application_kind; with a password also temporary_password, valid_days, reissue_url | \
expires_on, online_lending, password_chosen |
| receipt | receipt_number, application_kind, resume_url | |
| image_again | receipt_number, slots, reason, resume_url | slot_reasons {slot: reason}, resume_until |
| refusal | receipt_number, reason | erased_on |
| lending | facility, pickup_from, pickup_until, due_on, books [title] | |
| ready | books [title], pickup_until | |
| overdue | books [{title, due_on}] | |
| card_expired_hold | expired_on, renew_url | holds (how many) |
| card_renewal | expires_on, renew_url | |
| shift | taken_back, facility, pickup_until, due_on, reason | books [title], pickup_until_before, due_on_before |
| hold_cancelled | title, reason | |
| address_confirmation | confirm_url, valid_hours | |
| temporary_password | temporary_password, valid_days, reissue_url | |
| test | | |

What goes as a letter has the fact `on_paper` (RULES 44).
An acceptance comes with a password for the applications `new` and `password`, unless one was chosen since.
Families share an address, so every mail to a patron says whose it is: by the last four digits of the card, which tell a
stranger nothing when an address is mistyped. Only the two mails that prove the right to receive show the whole number,
which the facility needs (RULES 28). None names the person.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeAlias
from unicodedata import category, east_asian_width

from lending.domain.mail.mail import MailKind
from lending.domain.policy import Policy
from lending.domain.registration.slots import slot_label

LINE_COLUMNS = 38
"""What a phone shows in one line; a full-width character takes two columns."""

Facts: TypeAlias = Mapping[str, Any]
Lines: TypeAlias = list[str]

_PASSWORD = frozenset({"temporary_password", "valid_days", "reissue_url"})
_PATRONS = frozenset({"my_library_url", "card_number"})

NEEDED: dict[MailKind, frozenset[str]] = {
    MailKind.ACCEPTANCE: _PATRONS | {"application_kind"},
    MailKind.RECEIPT: frozenset({"receipt_number", "application_kind", "resume_url"}),
    MailKind.IMAGE_AGAIN: frozenset({"receipt_number", "slots", "reason", "resume_url"}),
    MailKind.REFUSAL: frozenset({"receipt_number", "reason"}),
    MailKind.LENDING: _PATRONS | {"facility", "pickup_from", "pickup_until", "due_on", "books"},
    MailKind.READY: _PATRONS | {"books", "pickup_until"},
    MailKind.OVERDUE: _PATRONS | {"books"},
    MailKind.CARD_EXPIRED_HOLD: _PATRONS | {"expired_on", "renew_url"},
    MailKind.CARD_RENEWAL: _PATRONS | {"expires_on", "renew_url"},
    MailKind.SHIFT: _PATRONS | {"taken_back", "facility", "pickup_until", "due_on", "reason"},
    MailKind.HOLD_CANCELLED: _PATRONS | {"title", "reason"},
    MailKind.ADDRESS_CONFIRMATION: frozenset({"confirm_url", "valid_hours"}),
    MailKind.TEMPORARY_PASSWORD: _PATRONS | _PASSWORD,
    MailKind.TEST: _PATRONS,
}
"""The facts without which a mail of a kind says nothing true."""

_SUBJECTS = {
    MailKind.ACCEPTANCE: "申請を受理しました",
    MailKind.RECEIPT: "申請の受付番号のお知らせ",
    MailKind.IMAGE_AGAIN: "画像の再提出のお願い",
    MailKind.REFUSAL: "申請結果のお知らせ",
    MailKind.LENDING: "オンライン貸出のお知らせ",
    MailKind.READY: "ご予約の本が準備できました",
    MailKind.OVERDUE: "返却のお願い",
    MailKind.CARD_EXPIRED_HOLD: "貸出保留のお知らせ",
    MailKind.CARD_RENEWAL: "利用者カード更新のお知らせ",
    MailKind.SHIFT: "受取期間変更のお知らせ",
    MailKind.HOLD_CANCELLED: "予約取消のお知らせ",
    MailKind.ADDRESS_CONFIRMATION: "メールアドレスの確認",
    MailKind.TEMPORARY_PASSWORD: "仮パスワードのお知らせ",
    MailKind.TEST: "受信確認メール",
}

_APPLICATIONS = {
    "new": "利用者カードの新規登録",
    "reissue": "利用者カードの再発行",
    "name_change": "氏名の変更",
    "change": "登録内容の変更",
    "renewal": "利用者カードの更新",
    "password": "仮パスワードの発行",
}

# What is so from now on: of a change of address nobody should hear that their card works.
_DONE = {
    "new": ["登録が完了し、利用者カードを", "お使いいただけます。"],
    "reissue": ["新しい利用者カードを", "お使いいただけます。", "これまでのカードは使えません。"],
    "name_change": ["お名前を改めました。", "新しい利用者カードを", "お使いいただけます。"],
    "change": ["登録されている内容を改めました。"],
    "renewal": ["利用者カードを更新しました。"],
}

_WEEKDAYS = "月火水木金土日"
_PAUSES = "、。 "
_NEVER_FIRST = "、。」』)）!！?？ー・…,."


@dataclass(frozen=True, slots=True)
class Text:
    """What goes out: one line of subject, and a body of short lines."""

    subject: str
    body: str


def compose(kind: MailKind, facts: Facts, policy: Policy) -> Text:
    """Put a mail into words.

    Args:
        kind: the kind of mail.
        facts: what is true at this moment, see the table above; unknown ones are ignored.
        policy: names, numbers and hours of the library.

    Raises:
        ValueError: if a fact the kind needs is missing or empty, naming it: such a mail is not to be sent.

    RULES 36, 37, 40.
    """
    needed = NEEDED[kind] | _needed_by_case(kind, facts)
    if missing := sorted(name for name in needed if facts.get(name) in (None, "", [], (), {})):
        raise ValueError(f"a mail of kind {kind} lacks {', '.join(missing)}")
    lines = [
        *_opening(policy),
        *_WORDS[kind](facts, policy),
        "",
        *(_letter_in_doubt() if facts.get("on_paper") else _when_in_doubt(kind, policy)),
        *_signature(facts, policy),
    ]
    return Text(subject_of(kind, facts, policy), "\n".join(lines) + "\n")


def subject_of(kind: MailKind, facts: Facts, policy: Policy) -> str:
    """The subject of a mail, also of one that is still to be sent or never was."""
    taken_back = kind is MailKind.SHIFT and facts.get("taken_back")
    return f"【{policy.library_name}】{'受取期間変更の取りやめ' if taken_back else _SUBJECTS[kind]}"


def columns(text: str) -> int:
    """How many half-width columns a text takes on a screen."""
    return sum(2 if east_asian_width(character) in "FWA" else 1 for character in text)


def masked(card_number: str) -> str:
    """A card number of which only the last four digits can be read, for mails and logs."""
    return "*" * max(len(card_number) - 4, 0) + card_number[-4:]


def _needed_by_case(kind: MailKind, facts: Facts) -> frozenset[str]:
    """What is needed because of another fact."""
    if kind is MailKind.ACCEPTANCE:
        opens = facts.get("application_kind") in ("new", "password") and not facts.get("password_chosen")
        return _PASSWORD if opens else frozenset()
    return frozenset()


def _opening(policy: Policy) -> Lines:
    return [policy.library_name, f"{policy.mail_sender}です。", ""]


def _when_in_doubt(kind: MailKind, policy: Policy) -> Lines:
    """Where to ask. Whoever gets a link for another's address has nothing to do, and so no call to make."""
    doubts = [] if kind is MailKind.ADDRESS_CONFIRMATION else ["このメールに心当たりがないときや、"]
    no_answer = [] if policy.mail_reply_to else ["このメールは送信専用です。", "返信にはお答えできません。"]
    return [*doubts, "お困りのときは、お電話ください。", *no_answer]


def _letter_in_doubt() -> Lines:
    return ["この手紙に心当たりがないときや、", "お困りのときは、お電話ください。"]


def _signature(facts: Facts, policy: Policy) -> Lines:
    """Who writes, where to ask and where to look (RULES 37)."""
    page = ["Myライブラリ", str(facts["my_library_url"])] if facts.get("my_library_url") else []
    return [
        "-" * 30,
        policy.library_name,
        policy.mail_sender,
        policy.counter_name,
        policy.counter_phone,
        f"受付 {policy.counter_hours}",
        *page,
    ]


def _acceptance(facts: Facts, policy: Policy) -> Lines:
    """The 受理メール with the way to the first password (RULES 4, 6)."""
    application = _APPLICATIONS.get(facts["application_kind"], "利用者登録")
    expiry = [f"カードの有効期限: {_long_day(facts['expires_on'])}"] if facts.get("expires_on") else []
    return [
        f"「{application}」の",
        "申請を受理しました。",
        *_DONE.get(facts["application_kind"], ()),
        "",
        *_card_line(facts),
        *expiry,
        *(_first_password(facts) if facts.get("temporary_password") else _same_password(facts)),
        *(_joined(policy) if facts.get("online_lending") else []),
    ]


def _joined(policy: Policy) -> Lines:
    return [
        "",
        f"■{policy.service_name}",
        "お申込みを受け付けました。",
        "来館せずに、お近くの協力館で",
        "本を受け取り、返すことができます。",
    ]


def _same_password(facts: Facts) -> Lines:
    """An account that exists keeps its password; with a new card the number to sign in with is new (RULES 1, 6)."""
    if facts["application_kind"] in ("reissue", "name_change"):
        return ["", "これからは新しい利用者番号で", "ログインしてください。", "パスワードは今までと同じです。"]
    if facts.get("password_chosen"):
        return ["", "ログインには、ご自分で決めた", "パスワードをお使いください。"]
    return ["", "ログインのしかたは今までと同じです。"]


def _first_password(facts: Facts) -> Lines:
    """The temporary password, how to use it and the way out once it is too old (RULES 6: never a dead end)."""
    if facts.get("on_paper"):
        return ["", "■ログインのしかた", "仮パスワードとログインのしかたは、", "同封の票をご覧ください。"]
    return [
        "",
        "■ログインのしかた",
        f"仮パスワード: {facts['temporary_password']}",
        "",
        "1. Myライブラリを開きます。",
        "2. 利用者カードの番号と、上の",
        "   仮パスワードを入力します。",
        "3. 新しいパスワードを決めます。",
        "",
        f"仮パスワードは{facts['valid_days']}日間有効です。",
        "期限が過ぎたときは、次のページから",
        "もう一度お送りできます。",
        str(facts["reissue_url"]),
        "お電話でもお受けします。",
    ]


def _receipt(facts: Facts, policy: Policy) -> Lines:
    """Receipt number and link, so that nobody who has lost the code is stuck (RULES 4, 6)."""
    return [
        f"「{_APPLICATIONS.get(facts['application_kind'], '利用者登録')}」の",
        "申請をお預かりしました。",
        f"受付番号: {facts['receipt_number']}",
        "",
        "■申請の状況を見る・写真を送る",
        "次のページから、申請の状況を見たり、",
        "写真の続きを送ったりできます。",
        "確認番号の入力は要りません。",
        str(facts["resume_url"]),
        "ほかの人には知らせないでください。",
        "",
        "■このあとの流れ",
        "写真がそろってから",
        f"1～{policy.decision_days}日ほどで確認し、結果を",
        "メールでお知らせします。",
        "申請をやめるときは、同じページから",
        "取り下げることができます。",
    ]


def _image_again(facts: Facts, policy: Policy) -> Lines:
    """Which images are unclear and why; the receipt number stays (RULES 4)."""
    until = ["", f"{_long_day(facts['resume_until'])}までに", "お願いします。"] if facts.get("resume_until") else []
    return [
        "お送りいただいた画像では、",
        "内容を確認できませんでした。",
        "次の画像をもう一度お送りください。",
        "",
        "■もう一度お送りいただく画像",
        *_slots(facts),
        "",
        "■理由",
        *_paragraphs(facts["reason"]),
        "",
        "■お送りいただく方法",
        "次のページから送れます。",
        "確認番号の入力は要りません。",
        str(facts["resume_url"]),
        "ほかの入力内容はそのまま残っています。",
        f"受付番号: {facts['receipt_number']}",
        *until,
    ]


def _slots(facts: Facts) -> Iterable[str]:
    """Each slot, with its own reason where there is one."""
    reasons = facts.get("slot_reasons") or {}
    for slot in facts["slots"]:
        yield from _item(slot_label(slot))
        if reasons.get(slot):
            yield from (f"  {line}" for line in _folded(_one_line(reasons[slot]), LINE_COLUMNS - 2))


def _refusal(facts: Facts, policy: Policy) -> Lines:
    """The staff's reason, and what becomes of what was sent (RULES 4, 41)."""
    erased = _long_day(facts["erased_on"]) if facts.get("erased_on") else f"{policy.application_days}日後"
    return [
        "申請の内容を確認しましたが、",
        "登録できませんでした。",
        "",
        f"受付番号: {facts['receipt_number']}",
        "",
        "■理由",
        *_paragraphs(facts["reason"]),
        "",
        "改めて申請することができます。",
        "お送りいただいた画像は消去しました。",
        f"申請の内容は{erased}に",
        "消去します。",
    ]


def _lending(facts: Facts, policy: Policy) -> Lines:
    """The Saturday mail, which also proves the right to receive (RULES 28-31, 36)."""
    first, last = _day(facts["pickup_from"]), _day(facts["pickup_until"])
    return [
        "ご予約の本を協力館へ発送しました。",
        "",
        *_proof(facts),
        "",
        "■受取館",
        *_folded(_one_line(facts["facility"])),
        "",
        "■受取期間",
        f"{first}から",
        f"{last}まで",
        "",
        "■返却期限",
        _day(facts["due_on"]),
        "",
        *_book_list("お貸しする本", facts["books"]),
        "",
        *_what_to_show(facts),
        "",
        *_about_the_days(first),
        "",
        *_after_the_last_day(last),
        "",
        *_renewing_and_returning(policy),
    ]


def _what_to_show(facts: Facts) -> Lines:
    return [
        "■受取りのときにお持ちいただくもの",
        "利用者カードを必ずお持ちください。",
        "お手元にないときは、次のどちらかを",
        "お見せください。",
        "・Myライブラリのカード表示",
        "・この手紙" if facts.get("on_paper") else "・このメール(画面または印刷)",
        "ほかの方法ではお渡しできません。",
    ]


def _about_the_days(first: str) -> Lines:
    return [
        "■受取期間について",
        "県内の協力館すべてが同じ期間です。",
        f"{first}より前には、",
        "お渡しできません。",
        f"{first}が休館日の館では、",
        "その後の開館日にお越しください。",
    ]


def _after_the_last_day(last: str) -> Lines:
    return [
        "■期間を過ぎると",
        f"{last}の後、本は",
        "県立図書館へ返送し、予約は終わります。",
        "改めてのお知らせはしません。",
        "本が県立図書館に着くまでは、",
        "貸出中の冊数に数えます。",
    ]


def _renewing_and_returning(policy: Policy) -> Lines:
    return [
        "■延長と返却",
        f"返却期限の{policy.renewal_opens_days}日前から、Myライブラリで",
        f"延長できます({policy.renewal_days}日ずつ{policy.renewal_limit}回まで)。",
        "次の予約がある本は延長できません。",
        *_where_to_return(),
    ]


def _where_to_return() -> Lines:
    """Never a facility's book post (RULES 32)."""
    return [
        "返却は、協力館の窓口、県立図書館の",
        "カウンターとブックポストへ。",
        "協力館のブックポストは使えません。",
    ]


def _ready(facts: Facts, policy: Policy) -> Lines:
    """Books that wait at the prefectural library, until the deadline (RULES 15-17)."""
    last = _day(facts["pickup_until"])
    return [
        "ご予約の本が準備できました。",
        "利用者カードをお持ちになって、",
        "お越しください。",
        "",
        *_card_line(facts),
        "",
        "■受取場所",
        policy.library_name,
        policy.counter_name.removesuffix("直通"),
        "",
        "■受取期限",
        f"{last}まで",
        "",
        *_book_list("準備できた本", facts["books"]),
        "",
        "■期限を過ぎると",
        f"{last}の後は予約を解除し、",
        "次の順番の方の取置とします。",
        "改めてのお知らせはしません。",
        "期限はMyライブラリでも見られます。",
    ]


def _overdue(facts: Facts, policy: Policy) -> Lines:
    """Books past their due date; it may have crossed a book on its way (RULES 31, 32, 35)."""
    return [
        "返却期限を過ぎた本があります。",
        "お早めにお返しください。",
        "",
        *_card_line(facts),
        "",
        f"■返却をお待ちしている本({len(facts['books'])}冊)",
        *_overdue_books(facts["books"]),
        "",
        "■返却のしかた",
        *_where_to_return(),
        "",
        "行き違いでお返しになっていましたら、",
        "お許しください。",
        "期限を過ぎた本の延長や、",
        "紛失・汚損のご相談は、",
        "お電話でお受けします。",
    ]


def _overdue_books(books: Iterable[Mapping[str, Any]]) -> Iterable[str]:
    for book in books:
        yield from _item(book["title"])
        yield f"  返却期限 {_day(book['due_on'])}"


def _card_expired_hold(facts: Facts, policy: Policy) -> Lines:
    """Holds are kept, nothing is lent until the card is renewed (RULES 8, Q16)."""
    count = f"({facts['holds']}件)" if facts.get("holds") else ""
    return [
        "利用者カードの有効期限が切れたため、",
        "貸出を保留しています。",
        "",
        *_card_line(facts),
        "",
        "■カードの有効期限",
        _long_day(facts["expired_on"]),
        "",
        f"ご予約{count}は取り消さず、順番を",
        "そのままお取りしています。",
        "更新が済むと、次の処理から",
        "貸出を再開します。",
        "",
        *_how_to_renew(facts),
    ]


def _card_renewal(facts: Facts, policy: Policy) -> Lines:
    """The card will run out soon; its last day still counts (RULES 8, 37)."""
    return [
        "利用者カードの有効期限が",
        "近づいています。",
        "",
        *_card_line(facts),
        "",
        "■カードの有効期限",
        f"{_long_day(facts['expires_on'])}まで",
        "",
        "期限を過ぎると、予約は残りますが、",
        "貸出を保留します。",
        "",
        *_how_to_renew(facts),
    ]


def _how_to_renew(facts: Facts) -> Lines:
    return [
        "■更新の手続き",
        "次のページから申請できます。",
        "新しいカードも来館も要りません。",
        str(facts["renew_url"]),
        "",
        "■用意していただくもの",
        "お名前と現住所がわかる書類",
        "(運転免許証、マイナンバーカードなど)。",
        "スマートフォンなどで写真を撮り、",
        "上のページからお送りください。",
    ]


def _shift(facts: Facts, policy: Policy) -> Lines:
    """An emergency moves the days of a facility's batch, or no longer does (RULES 40)."""
    return [
        *(_taken_back() if facts["taken_back"] else _moved()),
        "",
        *_proof(facts),
        "",
        "■受取館",
        *_folded(_one_line(facts["facility"])),
        "",
        "■理由",
        *_paragraphs(facts["reason"]),
        "",
        "■受取期限",
        *_was_and_is(facts, "pickup_until", "まで"),
        "",
        "■返却期限",
        *_was_and_is(facts, "due_on", ""),
        *(["", *_book_list("対象の本", facts["books"])] if facts.get("books") else []),
        "",
        *_what_to_show(facts),
    ]


def _moved() -> Lines:
    return ["お知らせした受取期限と返却期限を、", "次のとおり変更します。"]


def _taken_back() -> Lines:
    return ["先にお知らせした期限の変更を", "取りやめます。期限は次のとおりです。"]


def _was_and_is(facts: Facts, name: str, suffix: str) -> Lines:
    """The day that counts now, and the one that no longer does."""
    was = [f"(変更前 {_day(facts[f'{name}_before'])})"] if facts.get(f"{name}_before") else []
    return [f"{_day(facts[name])}{suffix}", *was]


def _hold_cancelled(facts: Facts, policy: Policy) -> Lines:
    """The library itself ends a hold, such as of a title whose last copy is lost (RULES 9, 34)."""
    return [
        "お待ちいただいていた次の予約を、",
        "図書館で取り消しました。",
        "ご了承くださいますようお願いします。",
        "",
        *_card_line(facts),
        "",
        "■取り消した予約",
        *_item(facts["title"]),
        "",
        "■理由",
        *_paragraphs(facts["reason"]),
        "",
        "お手続きは必要ありません。",
        "ほかのご予約は、そのままです。",
    ]


def _address_confirmation(facts: Facts, policy: Policy) -> Lines:
    """The new address proves itself; it is not yet known whose it is, so nothing personal is said (RULES 7)."""
    return [
        "メールアドレスの登録を受け付けました。",
        "次のページを開くと、登録が完了します。",
        "",
        str(facts["confirm_url"]),
        "",
        f"このページは{facts['valid_hours']}時間有効です。",
        "過ぎたときは、Myライブラリの",
        "「利用者情報」からやり直せます。",
        "",
        "登録した覚えがないときは、何もせずに",
        "このメールを削除してください。",
    ]


def _temporary_password(facts: Facts, policy: Policy) -> Lines:
    """A temporary password sent anew; the earlier one is void (RULES 6)."""
    return [
        "新しい仮パスワードをお送りします。",
        "前の仮パスワードは使えません。",
        "",
        *_card_line(facts),
        *_first_password(facts),
    ]


def _test(facts: Facts, policy: Policy) -> Lines:
    """Sent on request, to see whether mails arrive (RULES 39, Q14, Q15)."""
    return [
        "これは受信を確認するためのメールです。",
        "このメールが読めれば、お知らせは",
        "正しく届いています。",
        "",
        *_card_line(facts),
        "",
        "手続きは必要ありません。",
        "これからも届くように、",
        "次のドメインからのメールを",
        "受信する設定にしてください。",
        f"@{policy.mail_domain}",
    ]


_WORDS: dict[MailKind, Callable[[Facts, Policy], Lines]] = {
    MailKind.ACCEPTANCE: _acceptance,
    MailKind.RECEIPT: _receipt,
    MailKind.IMAGE_AGAIN: _image_again,
    MailKind.REFUSAL: _refusal,
    MailKind.LENDING: _lending,
    MailKind.READY: _ready,
    MailKind.OVERDUE: _overdue,
    MailKind.CARD_EXPIRED_HOLD: _card_expired_hold,
    MailKind.CARD_RENEWAL: _card_renewal,
    MailKind.SHIFT: _shift,
    MailKind.HOLD_CANCELLED: _hold_cancelled,
    MailKind.ADDRESS_CONFIRMATION: _address_confirmation,
    MailKind.TEMPORARY_PASSWORD: _temporary_password,
    MailKind.TEST: _test,
}


def _card_line(facts: Facts) -> Lines:
    """Whose mail it is."""
    return [f"利用者番号: {masked(str(facts['card_number']))}"]


def _proof(facts: Facts) -> Lines:
    """The number that proves the right to receive (RULES 28)."""
    return [f"利用者番号: {facts['card_number']}"]


def _book_list(heading: str, books: Iterable[str]) -> Lines:
    titles = list(books)
    return [f"■{heading}({len(titles)}冊)", *(line for title in titles for line in _item(title))]


def _item(text: str) -> Lines:
    """One entry of a list, its further lines set in."""
    first, *rest = _folded(_one_line(text), LINE_COLUMNS - 2)
    return [f"・{first}", *(f"  {line}" for line in rest)]


def _paragraphs(text: str) -> Lines:
    """What staff wrote, in their lines, folded to a phone's."""
    return [line for written in str(text).strip().splitlines() for line in _folded(_one_line(written))]


def _day(value: str | date) -> str:
    """6月7日(日)."""
    day = value if isinstance(value, date) else date.fromisoformat(value)
    return f"{day.month}月{day.day}日({_WEEKDAYS[day.weekday()]})"


def _long_day(value: str | date) -> str:
    """2026年6月7日(日), for a day that may be far away."""
    day = value if isinstance(value, date) else date.fromisoformat(value)
    return f"{day.year}年{_day(day)}"


def _one_line(text: str) -> str:
    """A text of others on one line, without control characters: it can neither break nor forge our lines."""
    return " ".join("".join(" " if category(c).startswith("C") else c for c in str(text)).split())


def _folded(text: str, width: int = LINE_COLUMNS) -> Lines:
    """Break a text into lines of at most `width` columns; a single longer word of ASCII stays whole."""
    lines: Lines = [""]
    for word in re.findall(r"[!-~]+|.", text):
        if columns(lines[-1] + word) > width and lines[-1]:
            cut = _cut(lines[-1], word, width)
            lines[-1], start = lines[-1][:cut], lines[-1][cut:].lstrip()
            lines.append(start)
        lines[-1] += word if lines[-1] else word.lstrip()
    return [line.rstrip() for line in lines]


def _cut(line: str, word: str, width: int) -> int:
    """Where to end a line that has no room for the next word: after a pause not too far back, as a person would,
    else at its end; one character earlier if the next line would begin with a closing mark."""
    closing = word in _NEVER_FIRST
    pauses = [at for at, character in enumerate(line, 1) if character in _PAUSES and columns(line[:at]) * 3 >= width]
    if pauses and columns(line[pauses[-1] :] + word) <= width and not (closing and pauses[-1] == len(line)):
        return pauses[-1]
    return len(line) - 1 if closing and columns(line[-1]) == 2 else len(line)
