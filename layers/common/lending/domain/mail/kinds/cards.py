"""Mails about a card that runs out (RULES 8, 37)."""

from dataclasses import dataclass
from datetime import date

from lending.domain.mail.kinds.kind import Facts, WithCard
from lending.domain.mail.kinds.sources import Sources
from lending.domain.mail.pages import Page
from lending.domain.mail.text import Lines
from lending.domain.policy import Policy
from lending.domain.words import full_day_in_words


@dataclass(frozen=True, kw_only=True)
class _OfRenewal(WithCard):
    """A mail that asks to renew the card."""

    renew_url: str

    def how_to_renew(self) -> Lines:
        """The way to a renewed card."""
        return [
            "■更新の手続き",
            "次のページから申請できます。",
            "新しいカードも来館も要りません。",
            self.renew_url,
            "",
            "■用意していただくもの",
            "お名前と現住所がわかる書類",
            "(運転免許証、マイナンバーカードなど)。",
            "スマートフォンなどで写真を撮り、",
            "上のページからお送りください。",
        ]


def _renewed(expired_on: str, sources: Sources) -> bool:
    """Whether the card has another last day by now."""
    return sources.patron.expires_on.isoformat() != expired_on


@dataclass(frozen=True, kw_only=True)
class CardExpiredHoldMail(_OfRenewal):
    """Holds are kept, nothing is lent until the card is renewed (RULES 8, Q16)."""

    name = "card_expired_hold"
    label = "貸出保留のお知らせ"
    shown = frozenset({"expired_on"})

    expired_on: date
    holds: int = 0

    @classmethod
    def told(cls, stored: Facts, sources: Sources) -> Facts | None:
        """How many holds wait, unless the card was renewed or nothing is held any more."""
        if _renewed(stored["expired_on"], sources) or not sources.patron.open_holds:
            return None
        return {"holds": sources.patron.open_holds, "renew_url": sources.url(Page.RENEWAL)}

    def words(self, policy: Policy) -> Lines:
        """What waits, and for what."""
        count = f"({self.holds}件)" if self.holds else ""
        return [
            "{card_word}の有効期限が切れたため、",
            "貸出を保留しています。",
            "",
            self.whose(),
            "",
            "■カードの有効期限",
            full_day_in_words(self.expired_on),
            "",
            f"ご予約{count}は取り消さず、順番を",
            "そのままお取りしています。",
            "更新が済むと、次の処理から",
            "貸出を再開します。",
            "",
            *self.how_to_renew(),
        ]


@dataclass(frozen=True, kw_only=True)
class CardRenewalMail(_OfRenewal):
    """The card will run out soon; its last day still counts (RULES 8, 37)."""

    name = "card_renewal"
    label = "{card_word}更新のお知らせ"
    shown = frozenset({"expires_on"})

    expires_on: date

    @classmethod
    def told(cls, stored: Facts, sources: Sources) -> Facts | None:
        """The way to renew, unless the card was renewed."""
        return None if _renewed(stored["expires_on"], sources) else {"renew_url": sources.url(Page.RENEWAL)}

    def words(self, policy: Policy) -> Lines:
        """Until when, and what then."""
        return [
            "{card_word}の有効期限が",
            "近づいています。",
            "",
            self.whose(),
            "",
            "■カードの有効期限",
            f"{full_day_in_words(self.expires_on)}まで",
            "",
            "期限を過ぎると、予約は残りますが、",
            "貸出を保留します。",
            "",
            *self.how_to_renew(),
        ]
