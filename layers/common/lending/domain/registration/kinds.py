"""Kinds of application: what each asks for, does, and is called (RULES 1); and where an application can be."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class ApplicationKind(StrEnum):
    """What is applied for (RULES 1)."""

    NEW = "new"
    REISSUE = "reissue"
    NAME_CHANGE = "name_change"
    CHANGE = "change"
    RENEWAL = "renewal"
    PASSWORD = "password"  # noqa: S105 - a word of the API


class ApplicationStatus(StrEnum):
    """Where an application is; the last two are the end."""

    AWAITING_IMAGES = "awaiting_images"
    SUBMITTED = "submitted"
    IMAGE_AGAIN = "image_again"
    REGISTERED = "registered"
    REFUSED = "refused"


class SlotStatus(StrEnum):
    """An image counts once it has been looked at, so there is no state between awaited and accepted."""

    AWAITING = "awaiting"
    ACCEPTED = "accepted"
    AGAIN = "again"


class BarcodeMatch(StrEnum):
    """How the bar code on the card's picture compares with the number typed: shown to staff, never decided on."""

    UNREAD = "unread"
    MATCH = "match"
    MISMATCH = "mismatch"


class DecisionKind(StrEnum):
    """What staff can decide (RULES 4)."""

    REGISTER = "register"
    IMAGE_AGAIN = "image_again"
    REFUSE = "refuse"


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """What a kind of application asks for, does, and is called.

    Attributes:
        label: its name on the pages and at the desk.
        hint: whom it is for, beside its name on the page.
        required: fields that must be filled in.
        optional: fields that may be left open; the others are not asked for.
        changes: fields of the patron's record that registering writes, as far as they were filled in.
        registered: what the applicant reads once it is registered.
        mail_name: what its mails call it.
        accepted: what is so from now on, in lines of its 受理メール: of a change of address nobody should hear that
            their card works.
        new_patron: it makes a patron; the others are about one who is known.
        with_kit: it comes with a blank card out of a kit: `card_number` is that card's.
        with_account: its patron must sign in afterwards; no account is made before its owner needs one (RULES 42).
        renews: the card is valid for the policy's years again (RULES 8).
        resets_password: the password of before is forgotten (RULES 6).
        only_to_change: it is of no use without anything to change.
    """

    label: str
    hint: str
    required: tuple[str, ...]
    optional: tuple[str, ...] = ()
    changes: tuple[str, ...] = ()
    registered: str
    mail_name: str
    accepted: tuple[str, ...] = ()
    new_patron: bool = False
    with_kit: bool = False
    with_account: bool = False
    renews: bool = False
    resets_password: bool = False
    only_to_change: bool = False

    @property
    def needs_password(self) -> bool:
        """Whether its answer is of no use without a temporary password, unless one was chosen since (RULES 4, 6)."""
        return self.new_patron or self.resets_password

    @property
    def replaces_card(self) -> bool:
        """Whether a patron who has a card gets another one, with another number (RULES 1)."""
        return self.with_kit and not self.new_patron


CONTACT_FIELDS = ("postal_code", "address", "phone", "email")

# What any kind brings where the record of a patron from before has nothing (RULES 42).
FILLED_FIELDS = ("name", "kana", "guardian", *CONTACT_FIELDS)

_IDENTITY = ("card_number", "name", "birth_date")
_NAMED_ON_CARD = ("card_number", "name", "kana", "birth_date", "email")

# A re-issue moves nothing but the number, a password nothing at all: their mail address is only where the answer goes.
KINDS: Mapping[ApplicationKind, Kind] = {
    ApplicationKind.NEW: Kind(
        label="新規登録",
        hint="{owner_word}の{card_word}を、はじめて作る方。{kit_word}が必要です。",
        required=("card_number", "name", "kana", "birth_date", *CONTACT_FIELDS),
        changes=("name", "kana", "birth_date", "guardian", *CONTACT_FIELDS),
        registered="登録が完了しました。{card_word}が使えるようになりました。",
        mail_name="{card_word}の新規登録",
        accepted=("登録が完了し、{card_word}を", "お使いいただけます。"),
        new_patron=True,
        with_kit=True,
        with_account=True,
        renews=True,
    ),
    ApplicationKind.REISSUE: Kind(
        label="{card_word}の再発行",
        hint="カードをなくした方、傷んで使えなくなった方。{kit_word}が必要です。",
        required=_NAMED_ON_CARD,
        optional=("old_card_number", "phone"),
        registered="再発行が完了しました。新しい{card_word}が使えるようになりました。",
        mail_name="{card_word}の再発行",
        accepted=("新しい{card_word}を", "お使いいただけます。", "これまでのカードは使えません。"),
        with_kit=True,
        with_account=True,
    ),
    ApplicationKind.NAME_CHANGE: Kind(
        label="お名前の変更",
        hint="お名前が変わった方。新しいお名前を書くカードとして、{kit_word}が必要です。",
        required=_NAMED_ON_CARD,
        optional=("old_card_number", "phone"),
        changes=("name", "kana"),
        registered="お名前の変更が完了しました。新しい{card_word}が使えるようになりました。",
        mail_name="氏名の変更",
        accepted=("お名前を改めました。", "新しい{card_word}を", "お使いいただけます。"),
        with_kit=True,
        with_account=True,
    ),
    ApplicationKind.CHANGE: Kind(
        label="住所・電話番号・メールアドレスの変更",
        hint="ひっこしなどで、連絡先が変わった方。",
        required=_IDENTITY,
        optional=("kana", *CONTACT_FIELDS),
        changes=CONTACT_FIELDS,
        registered="登録内容の変更が完了しました。",
        mail_name="登録内容の変更",
        accepted=("登録されている内容を改めました。",),
        only_to_change=True,
    ),
    ApplicationKind.RENEWAL: Kind(
        label="{card_word}の更新",
        hint="カードの有効期限が近い方、過ぎた方。",
        required=_IDENTITY,
        optional=("kana", *CONTACT_FIELDS),
        changes=CONTACT_FIELDS,
        registered="{card_word}の更新が完了しました。",
        mail_name="{card_word}の更新",
        accepted=("{card_word}を更新しました。",),
        renews=True,
    ),
    ApplicationKind.PASSWORD: Kind(
        label="仮パスワードの発行",
        hint="カードをお持ちで、はじめてログインする方、パスワードを忘れた方。",
        required=_IDENTITY,
        optional=("kana", "phone", "email"),
        registered="仮パスワードをメールでお送りしました。",
        mail_name="仮パスワードの発行",
        with_account=True,
        resets_password=True,
    ),
}
