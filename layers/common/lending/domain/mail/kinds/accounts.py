"""Mails that let a patron in (RULES 4, 6)."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from lending.domain.mail.kinds.kind import Facts, WithCard
from lending.domain.mail.kinds.sources import Sources
from lending.domain.mail.pages import Page
from lending.domain.mail.text import Lines
from lending.domain.policy import Policy
from lending.domain.registration.kinds import KINDS, ApplicationKind
from lending.domain.words import full_day_in_words


@dataclass(frozen=True, kw_only=True)
class _WithPassword(WithCard):
    """A mail that may carry a temporary password, to the person's own address."""

    personal = True
    tries_address = True
    secrets = frozenset({"temporary_password"})

    temporary_password: str = ""
    valid_days: int = 0
    reissue_url: str = ""

    @classmethod
    def needs_password(cls, facts: Facts) -> bool:
        """Whether the mail is of no use without a password."""
        return True

    @classmethod
    def needed(cls, facts: Facts) -> frozenset[str]:
        """With a password also how to use it."""
        password = {"temporary_password", "valid_days", "reissue_url"} if cls.needs_password(facts) else set()
        return super().needed(facts) | password

    @staticmethod
    def new_password(sources: Sources) -> Facts:
        """A password of now with the way to use it; nothing where the person has chosen one (RULES 6)."""
        way = {"valid_days": sources.password_days, "reissue_url": sources.url(Page.PASSWORD)}
        return {"temporary_password": made} | way if (made := sources.new_password()) else {}

    def first_password(self) -> Lines:
        """The temporary password, how to use it and the way out once it is too old (RULES 6: never a dead end)."""
        if self.on_paper:
            return ["", "■ログインのしかた", "仮パスワードとログインのしかたは、", "同封の票をご覧ください。"]
        return [
            "",
            "■ログインのしかた",
            f"仮パスワード: {self.temporary_password}",
            "",
            "1. Myライブラリを開きます。",
            "2. 利用者番号(カードの番号)と、上の",
            "   仮パスワードを入力します。",
            "3. 新しいパスワードを決めます。",
            "",
            f"仮パスワードは{self.valid_days}日間有効です。",
            "期限が過ぎたときは、次のページから",
            "もう一度お送りできます。",
            self.reissue_url,
            "お電話でもお受けします。",
        ]


@dataclass(frozen=True, kw_only=True)
class AcceptanceMail(_WithPassword):
    """The 受理メール with the way to the first password (RULES 4, 6)."""

    name = "acceptance"
    label = "受理メール"
    topic = "申請を受理しました"
    shown = frozenset({"expires_on"})

    application_kind: ApplicationKind
    expires_on: date | None = None
    online_lending: bool = False
    password_chosen: bool = False

    @classmethod
    def needs_password(cls, facts: Facts) -> bool:
        """Where it was applied for, unless one was chosen since."""
        applied_for: Any = facts.get("application_kind")
        kind = KINDS.get(applied_for)
        return kind is not None and kind.needs_password and not facts.get("password_chosen")

    @classmethod
    def told(cls, stored: Facts, sources: Sources) -> Facts | None:
        """A password, after an application whose account must sign in with the card."""
        if not KINDS[stored["application_kind"]].with_account:
            return {}
        return cls.new_password(sources) or {"password_chosen": True}

    def words(self, policy: Policy) -> Lines:
        """What is so now, and how to sign in."""
        kind = KINDS[self.application_kind]
        expiry = [f"カードの有効期限: {full_day_in_words(self.expires_on)}"] if self.expires_on else []
        return [
            f"「{kind.mail_name}」の",
            "申請を受理しました。",
            *kind.accepted,
            "",
            self.whose(),
            *expiry,
            *(self.first_password() if self.temporary_password else self._same_password()),
            *(_joined(policy) if self.online_lending else []),
        ]

    def _same_password(self) -> Lines:
        """An account that exists keeps its password; with a new card the number to sign in with is new (RULES 1, 6)."""
        if KINDS[self.application_kind].replaces_card:
            return ["", "これからは新しい利用者番号で", "ログインしてください。", "パスワードは今までと同じです。"]
        if self.password_chosen:
            return ["", "ログインには、ご自分で決めた", "パスワードをお使いください。"]
        return ["", "ログインのしかたは今までと同じです。"]


def _joined(policy: Policy) -> Lines:
    return [
        "",
        f"■{policy.service_name}",
        "お申込みを受け付けました。",
        "来館せずに、お近くの{partner_word}で",
        "本を受け取り、返すことができます。",
    ]


@dataclass(frozen=True, kw_only=True)
class TemporaryPasswordMail(_WithPassword):
    """A temporary password sent anew; the earlier one is void (RULES 6)."""

    name = "temporary_password"
    label = "仮パスワードの再送"
    topic = "仮パスワードのお知らせ"

    @classmethod
    def told(cls, stored: Facts, sources: Sources) -> Facts | None:
        """A password, unless the person has chosen one meanwhile."""
        return cls.new_password(sources) or None

    def words(self, policy: Policy) -> Lines:
        """The password."""
        return [
            "新しい仮パスワードをお送りします。",
            "前の仮パスワードは使えません。",
            "",
            self.whose(),
            *self.first_password(),
        ]
