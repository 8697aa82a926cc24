"""The mail about a pause that ends (RULES 46)."""

from dataclasses import dataclass
from datetime import date

from lending.domain.mail.kinds.kind import Facts, WithCard
from lending.domain.mail.kinds.sources import Sources
from lending.domain.mail.text import Lines
from lending.domain.policy import Policy
from lending.domain.words import full_day_in_words


@dataclass(frozen=True, kw_only=True)
class PauseEndingMail(WithCard):
    """A pause is about to end: from then on books are lent again (RULES 46)."""

    name = "pause_ending"
    label = "予約のお休みが終わるお知らせ"
    shown = frozenset({"until"})

    until: date
    holds: int = 0

    @classmethod
    def told(cls, stored: Facts, sources: Sources) -> Facts | None:
        """How many holds wait, unless the pause is another by now or nothing is held."""
        paused_until = sources.patron.paused_until
        if paused_until is None or paused_until.isoformat() != stored["until"] or not sources.patron.open_holds:
            return None
        return {"holds": sources.patron.open_holds}

    def words(self, policy: Policy) -> Lines:
        """Until when, and how to rest longer."""
        count = f"({self.holds}件)" if self.holds else ""
        return [
            "予約のお休みが、もうすぐ終わります。",
            "",
            self.whose(),
            "",
            "■お休みの最後の日",
            full_day_in_words(self.until),
            "",
            f"ご予約{count}の順番は",
            "そのままお取りしています。",
            "お休みが終わると、次の処理から",
            "順番にお貸しします。",
            "",
            "■お休みを延ばすとき",
            "Myライブラリの「設定」で、",
            "最後の日を変えられます。",
        ]
