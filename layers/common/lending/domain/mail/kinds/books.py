"""Mails about books at the prefectural library, books not returned, and holds the library has ended."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from lending.domain.holds.hold import HoldStatus
from lending.domain.loans.release import with_deadline
from lending.domain.loans.reminders import overdue_from
from lending.domain.mail.kinds.kind import Facts, WithCard
from lending.domain.mail.kinds.lending import WHERE_TO_RETURN
from lending.domain.mail.kinds.sources import Sources
from lending.domain.mail.text import Lines, book_list, entry, paragraphs
from lending.domain.policy import Policy
from lending.domain.words import day_in_words


@dataclass(frozen=True, kw_only=True)
class ReadyMail(WithCard):
    """Books that were made ready on one day, `ready_on`, and still wait, until the deadline (RULES 15-17)."""

    name = "ready"
    label = "受取準備のお知らせ"
    topic = "ご予約の本が準備できました"
    shown = frozenset({"ready_on", "pickup_until"})

    books: Sequence[str]
    pickup_until: date

    @classmethod
    def told(cls, stored: Facts, sources: Sources) -> Facts | None:
        """The books, and the first of their deadlines."""
        ready_on, closed = date.fromisoformat(stored["ready_on"]), sources.calendar()
        ready = [
            with_deadline(hold, sources.mail_on, closed, sources.policy)
            for hold in sources.holds()
            if hold.ready_on == ready_on and hold.status is HoldStatus.READY
        ]
        if not ready:
            return None
        names = sources.titles({hold.title_id for hold in ready})
        books = [names[hold.title_id] for hold in ready if hold.title_id in names]
        return {"books": books, "pickup_until": min(hold.pickup_until for hold in ready if hold.pickup_until)}

    def words(self, policy: Policy) -> Lines:
        """Where, until when, which books."""
        last = day_in_words(self.pickup_until)
        return [
            "ご予約の本が準備できました。",
            "{card_word}をお持ちになって、",
            "お越しください。",
            "",
            self.whose(),
            "",
            "■受取場所",
            policy.library_name,
            policy.counter_name.removesuffix("直通"),
            "",
            "■受取期限",
            f"{last}まで",
            "",
            *book_list("準備できた本", self.books),
            "",
            "■期限を過ぎると",
            f"{last}の後は予約を解除し、",
            "次の順番の方の取置とします。",
            "改めてのお知らせはしません。",
            "期限はMyライブラリでも見られます。",
        ]


class LateBook(NamedTuple):
    """A book past its due date."""

    title: str
    due_on: date


@dataclass(frozen=True, kw_only=True)
class OverdueMail(WithCard):
    """Books to be asked for on one day, `reminded_on`; it may cross a book on its way (RULES 31, 32, 35)."""

    name = "overdue"
    label = "返却のお願い"
    shown = frozenset({"reminded_on"})

    books: Sequence[LateBook]

    @classmethod
    def told(cls, stored: Facts, sources: Sources) -> Facts | None:
        """The books that have not come back."""
        day, closed = date.fromisoformat(stored["reminded_on"]), sources.calendar()
        late = [
            LateBook(loan.title, loan.due_on)
            for loan in sources.loans()
            if (overdue := overdue_from(loan, closed, sources.policy)) and overdue <= day
        ]
        return {"books": late} if late else None

    def words(self, policy: Policy) -> Lines:
        """Which books, and where to bring them."""
        return [
            "返却期限を過ぎた本があります。",
            "お早めにお返しください。",
            "",
            self.whose(),
            "",
            f"■返却をお待ちしている本({len(self.books)}冊)",
            *(line for book in self.books for line in _late(book)),
            "",
            "■返却のしかた",
            *WHERE_TO_RETURN,
            "",
            "行き違いでお返しになっていましたら、",
            "お許しください。",
            "期限を過ぎた本の延長や、",
            "紛失・汚損のご相談は、",
            "お電話でお受けします。",
        ]


def _late(book: LateBook) -> Lines:
    return [*entry(book.title), f"  返却期限 {day_in_words(book.due_on)}"]


@dataclass(frozen=True, kw_only=True)
class HoldCancelledMail(WithCard):
    """The library itself ends a hold, such as of a title whose last copy is lost (RULES 9, 34)."""

    name = "hold_cancelled"
    label = "予約取消のお知らせ"
    shown = frozenset({"title", "reason"})

    title: str
    reason: str

    def words(self, policy: Policy) -> Lines:
        """Which hold, and why."""
        return [
            "お待ちいただいていた次の予約を、",
            "図書館で取り消しました。",
            "ご了承くださいますようお願いします。",
            "",
            self.whose(),
            "",
            "■取り消した予約",
            *entry(self.title),
            "",
            "■理由",
            *paragraphs(self.reason),
            "",
            "お手続きは必要ありません。",
            "ほかのご予約は、そのままです。",
        ]
