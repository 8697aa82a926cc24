"""The mail about holds that have waited for long (RULES 37)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from lending.domain.holds.hold import HoldStatus
from lending.domain.mail.kinds.kind import Facts, WithCard
from lending.domain.mail.kinds.sources import Sources
from lending.domain.mail.text import Lines, book_list
from lending.domain.policy import Policy


@dataclass(frozen=True, kw_only=True)
class StillWantedMail(WithCard):
    """Are the holds still wanted that were asked about on one day, `asked_on`? It only asks (RULES 37)."""

    name = "still_wanted"
    label = "予約の確認"
    topic = "お待ちの予約の確認"

    books: Sequence[str]

    @classmethod
    def told(cls, stored: Facts, sources: Sources) -> Facts | None:
        """The titles that still wait."""
        asked_on = date.fromisoformat(stored["asked_on"])
        waiting = [
            hold.title_id for hold in sources.holds() if hold.asked_on == asked_on and hold.status is HoldStatus.WAITING
        ]
        names = sources.titles(waiting)
        books = [names[title_id] for title_id in waiting if title_id in names]
        return {"books": books} if books else None

    def words(self, policy: Policy) -> Lines:
        """Which titles, and what to do who wants one no more."""
        return [
            "長くお待ちいただいている予約が",
            "あります。",
            "",
            self.whose(),
            "",
            *book_list("お待ちの本", self.books),
            "",
            "■いまも必要なとき",
            "お手続きはいりません。",
            "順番はそのままお取りしています。",
            "",
            "■必要でなくなったとき",
            "Myライブラリの「予約」で",
            "取り消してください。",
            "お電話でもお受けします。",
            "次の方に早くお貸しできます。",
        ]
