"""The one catalogue of what can go wrong: stable code, HTTP status, Japanese sentence (API.md, common).

A sentence may name facts in braces; they come from the reason that uses it.
"""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Problem:
    """One entry of the catalogue."""

    status: int
    sentence: str


CATALOGUE: dict[str, Problem] = {
    # requests
    "malformed": Problem(400, "送信された内容を読み取れませんでした。もう一度お試しください。"),
    "bad_cursor": Problem(400, "続きの一覧を表示できませんでした。最初からお試しください。"),
    "not_signed_in": Problem(401, "ログインしてください。"),
    "wrong_group": Problem(403, "この操作をする権限がありません。"),
    "not_found": Problem(404, "お探しのものは見つかりませんでした。"),
    "method_not_allowed": Problem(405, "この操作はできません。"),
    "too_large": Problem(413, "送信されたデータが大きすぎます。"),
    "invalid_fields": Problem(422, "入力内容をご確認ください。"),
    "invalid_field": Problem(422, "入力内容をご確認ください。"),
    "unknown_field": Problem(422, "この項目は受け付けていません。"),
    "missing_field": Problem(422, "入力してください。"),
    "idempotency_mismatch": Problem(409, "同じ受付キーで、内容の異なる送信がありました。"),
    "in_progress": Problem(409, "同じ内容を処理しています。しばらくしてからご確認ください。"),
    "busy": Problem(503, "ただいま混み合っています。しばらくしてからもう一度お試しください。"),
    "internal": Problem(500, "システムの不具合で処理できませんでした。しばらくしてからもう一度お試しください。"),
    # holds (RULES 9, 10, 12, 14)
    "hold_limit": Problem(409, "予約は{limit}冊までです。今{open_holds}冊の予約があります。"),
    "already_held": Problem(409, "この本はすでに予約しています。"),
    "already_on_loan": Problem(409, "この本は今お借りになっています。"),
    "reference_only": Problem(409, "この本は館内でご覧いただく本(禁帯出)のため、予約できません。"),
    "unknown_pickup_place": Problem(422, "受取館を選んでください。"),
    "cancel_by_phone": Problem(
        409, "「{status_label}」の本の取消は、お電話で承ります。{counter_name} {counter_phone} {counter_hours}"
    ),
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
        return self.message or CATALOGUE[self.code].sentence.format(**self.facts)


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
    def status(self) -> int:
        """The HTTP status of the whole."""
        return CATALOGUE[self.code].status

    @property
    def sentence(self) -> str:
        """The first sentence a person reads: the first reason's, unless the whole has one of its own."""
        first = self.reasons[0]
        return first.sentence if first.code == self.code else CATALOGUE[self.code].sentence
