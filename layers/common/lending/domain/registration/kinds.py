"""Kinds of application and of document: what each asks for, and what it changes (RULES 1-3)."""

from enum import StrEnum


class ApplicationKind(StrEnum):
    """What is applied for (RULES 1)."""

    NEW = "new"
    REISSUE = "reissue"
    NAME_CHANGE = "name_change"
    CHANGE = "change"
    RENEWAL = "renewal"
    PASSWORD = "password"  # noqa: S105 - a word of the API


class DocumentKind(StrEnum):
    """A document that shows name and current address (RULES 2, 3)."""

    DRIVING_LICENCE = "driving_licence"
    MY_NUMBER_CARD = "my_number_card"
    INSURANCE_CERTIFICATE = "insurance_certificate"
    RESIDENCE_RECORD = "residence_record"
    OTHER = "other"


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


KIND_LABELS = {
    ApplicationKind.NEW: "新規登録",
    ApplicationKind.REISSUE: "利用者カードの再発行",
    ApplicationKind.NAME_CHANGE: "お名前の変更",
    ApplicationKind.CHANGE: "住所・電話番号・メールアドレスの変更",
    ApplicationKind.RENEWAL: "利用者カードの更新",
    ApplicationKind.PASSWORD: "仮パスワードの発行",
}

DOCUMENT_LABELS = {
    DocumentKind.DRIVING_LICENCE: "運転免許証",
    DocumentKind.MY_NUMBER_CARD: "マイナンバーカード",
    DocumentKind.INSURANCE_CERTIFICATE: "資格確認書(旧健康保険証)",
    DocumentKind.RESIDENCE_RECORD: "住民票の写し",
    DocumentKind.OTHER: "その他の確認書類",
}

# What a person must know before the camera opens (RULES 3).
_DONOR = "臓器提供の意思の欄は、紙などで隠してください。"

DOCUMENT_NOTES = {
    DocumentKind.DRIVING_LICENCE: f"撮影の前に、裏の{_DONOR}",
    DocumentKind.MY_NUMBER_CARD: "表(顔写真のある面)だけをお送りください。"
    f"個人番号(マイナンバー)が書かれた裏は、送らないでください。撮影の前に、表の{_DONOR}",
    DocumentKind.INSURANCE_CERTIFICATE: "撮影の前に、保険者番号と被保険者等の記号・番号を、紙などで隠してください。"
    f"裏の{_DONOR}",
}

# Kinds that come with a blank card out of a kit: `card_number` is that card's (RULES 1).
KIT_KINDS = frozenset({ApplicationKind.NEW, ApplicationKind.REISSUE, ApplicationKind.NAME_CHANGE})

# Kinds after which an account must sign in with the card: no account is made before its owner needs one (RULES 42).
ACCOUNT_KINDS = KIT_KINDS | {ApplicationKind.PASSWORD}

CONTACT_FIELDS = ("postal_code", "address", "phone", "email")

_IDENTITY = ("card_number", "name", "birth_date")

REQUIRED_FIELDS: dict[ApplicationKind, tuple[str, ...]] = {
    ApplicationKind.NEW: ("card_number", "name", "kana", "birth_date", *CONTACT_FIELDS),
    ApplicationKind.REISSUE: ("card_number", "name", "kana", "birth_date", "email"),
    ApplicationKind.NAME_CHANGE: ("card_number", "name", "kana", "birth_date", "email"),
    ApplicationKind.CHANGE: _IDENTITY,
    ApplicationKind.RENEWAL: _IDENTITY,
    ApplicationKind.PASSWORD: _IDENTITY,
}

OPTIONAL_FIELDS: dict[ApplicationKind, tuple[str, ...]] = {
    ApplicationKind.NEW: (),
    ApplicationKind.REISSUE: ("old_card_number", "phone"),
    ApplicationKind.NAME_CHANGE: ("old_card_number", "phone"),
    ApplicationKind.CHANGE: ("kana", *CONTACT_FIELDS),
    ApplicationKind.RENEWAL: ("kana", *CONTACT_FIELDS),
    ApplicationKind.PASSWORD: ("kana", "phone", "email"),
}

# What registering changes in the patron's record. A re-issue moves nothing but the number, a password nothing at all:
# their mail address is only where the answer goes.
CHANGED_FIELDS: dict[ApplicationKind, tuple[str, ...]] = {
    ApplicationKind.NEW: ("name", "kana", "birth_date", "guardian", *CONTACT_FIELDS),
    ApplicationKind.REISSUE: (),
    ApplicationKind.NAME_CHANGE: ("name", "kana"),
    ApplicationKind.CHANGE: CONTACT_FIELDS,
    ApplicationKind.RENEWAL: CONTACT_FIELDS,
    ApplicationKind.PASSWORD: (),
}

# What any kind brings where the record of a patron from before has nothing (RULES 42).
FILLED_FIELDS = ("name", "kana", "guardian", *CONTACT_FIELDS)

CARD_SLOT = "card"
