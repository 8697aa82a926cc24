"""Mails about the books of one facility and Sunday, which prove the right to receive them (RULES 28-31, 36, 40)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from lending.domain.loans.loan import Loan
from lending.domain.mail.kinds.kind import Facts, WithCard
from lending.domain.mail.kinds.sources import Sources
from lending.domain.mail.text import Lines, book_list, folded, paragraphs
from lending.domain.policy import Policy
from lending.domain.words import day_in_words

WHERE_TO_RETURN = [
    "返却は、{partner_word}の窓口、{owner_word}の",
    "カウンターとブックポストへ。",
    "{partner_word}のブックポストは使えません。",
]
"""Never a facility's book post (RULES 32)."""


@dataclass(frozen=True, kw_only=True)
class _OfBatch(WithCard):
    """A mail about a batch; stored are `pickup_from` and the number of the `facility`."""

    facility: str
    pickup_until: date
    due_on: date

    @staticmethod
    def batch(stored: Facts, sources: Sources) -> list[Loan]:
        """What is on loan at this moment for the facility and Sunday."""
        opens, facility = date.fromisoformat(stored["pickup_from"]), stored["facility"]
        return [
            loan
            for loan in sources.loans()
            if (loan.pickup_from, loan.pickup_place) == (opens, facility) and loan.released_at is None
        ]

    def proof(self) -> Lines:
        """The number that proves the right to receive, and where (RULES 28)."""
        return [f"利用者番号: {self.card_number}", "", "■受取館", *folded(self.facility)]

    def what_to_show(self) -> Lines:
        """What the facility may hand out for (RULES 28)."""
        return [
            "■受取りのときにお持ちいただくもの",
            "{card_word}を必ずお持ちください。",
            "お手元にないときは、次のどちらかを",
            "お見せください。",
            "・Myライブラリのカード表示",
            "・この手紙" if self.on_paper else "・このメール(画面または印刷)",
            "ほかの方法ではお渡しできません。",
        ]


@dataclass(frozen=True, kw_only=True)
class LendingMail(_OfBatch):
    """The Saturday mail (RULES 36)."""

    name = "lending"
    label = "{lending_word}メール"
    topic = "{lending_word}のお知らせ"
    shown = frozenset({"pickup_from", "facility"})

    pickup_from: date
    books: Sequence[str]

    @classmethod
    def told(cls, stored: Facts, sources: Sources) -> Facts | None:
        """The books that are still on loan, with their days."""
        if not (batch := cls.batch(stored, sources)):
            return None
        return {
            "facility": sources.facility_name(stored["facility"]),
            "pickup_until": batch[0].pickup_until,
            "due_on": batch[0].due_on,
            "books": [loan.title for loan in batch],
        }

    def words(self, policy: Policy) -> Lines:
        """Where, from when, until when, which books, and what to show."""
        first, last = day_in_words(self.pickup_from), day_in_words(self.pickup_until)
        return [
            "ご予約の本を{partner_word}へ発送しました。",
            "",
            *self.proof(),
            "",
            "■受取期間",
            f"{first}から",
            f"{last}まで",
            "",
            "■返却期限",
            day_in_words(self.due_on),
            "",
            *book_list("お貸しする本", self.books),
            "",
            *self.what_to_show(),
            "",
            *_about_the_days(first),
            "",
            *_after_the_last_day(last),
            "",
            *_renewing_and_returning(policy),
        ]


def _about_the_days(first: str) -> Lines:
    return [
        "■受取期間について",
        "{region_word}内の{partner_word}すべてが同じ期間です。",
        f"{first}より前には、",
        "お渡しできません。",
        f"{first}が休館日の館では、",
        "その後の開館日にお越しください。",
    ]


def _after_the_last_day(last: str) -> Lines:
    return [
        "■期間を過ぎると",
        f"{last}の後、本は",
        "{owner_word}へ返送し、予約は終わります。",
        "改めてのお知らせはしません。",
        "本が{owner_word}に着くまでは、",
        "貸出中の冊数に数えます。",
    ]


def _renewing_and_returning(policy: Policy) -> Lines:
    return [
        "■延長と返却",
        f"返却期限の{policy.renewal_opens_days}日前から、Myライブラリで",
        f"延長できます({policy.renewal_days}日ずつ{policy.renewal_limit}回まで)。",
        "次の予約がある本は延長できません。",
        *WHERE_TO_RETURN,
    ]


@dataclass(frozen=True, kw_only=True)
class ShiftMail(_OfBatch):
    """An emergency moves the days of a facility's batch, or no longer does (RULES 40)."""

    name = "shift"
    label = "受取期間変更のお知らせ"
    shown = frozenset({"pickup_from", "facility", "pickup_until", "due_on", "reason"})

    taken_back: bool
    reason: str
    books: Sequence[str] = ()
    pickup_until_before: date | None = None
    due_on_before: date | None = None

    @classmethod
    def topic_of(cls, facts: Facts) -> str:
        """Moved, or moved back."""
        return "受取期間変更の取りやめ" if facts.get("taken_back") else cls.label

    @classmethod
    def told(cls, stored: Facts, sources: Sources) -> Facts | None:
        """The books whose days have moved, or no longer do."""
        if not (batch := cls.batch(stored, sources)):
            return None
        return {"facility": sources.facility_name(stored["facility"]), "books": [loan.title for loan in batch]}

    def words(self, policy: Policy) -> Lines:
        """Why, and the days that count now."""
        return [
            *(_TAKEN_BACK if self.taken_back else _MOVED),
            "",
            *self.proof(),
            "",
            "■理由",
            *paragraphs(self.reason),
            "",
            "■受取期限",
            f"{day_in_words(self.pickup_until)}まで",
            *_before(self.pickup_until_before),
            "",
            "■返却期限",
            day_in_words(self.due_on),
            *_before(self.due_on_before),
            *(["", *book_list("対象の本", self.books)] if self.books else []),
            "",
            *self.what_to_show(),
        ]


_MOVED = ["お知らせした受取期限と返却期限を、", "次のとおり変更します。"]
_TAKEN_BACK = ["先にお知らせした期限の変更を", "取りやめます。期限は次のとおりです。"]


def _before(day: date | None) -> Lines:
    """The day that no longer counts."""
    return [f"(変更前 {day_in_words(day)})"] if day else []
