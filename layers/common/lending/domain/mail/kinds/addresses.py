"""Mails about mail itself (RULES 7, 39)."""

from dataclasses import dataclass

from lending.domain.mail.kinds.kind import Facts, MailKind, WithCard
from lending.domain.mail.kinds.sources import Sources
from lending.domain.mail.pages import Page
from lending.domain.mail.text import Lines
from lending.domain.policy import Policy


@dataclass(frozen=True, kw_only=True)
class AddressConfirmationMail(MailKind):
    """The new address proves itself; it is not yet known whose it is, so nothing personal is said (RULES 7)."""

    name = "address_confirmation"
    label = "メールアドレスの確認"
    secrets = frozenset({"confirm_url"})
    tries_address = True
    as_letter = False
    patron_repeats = True
    # Whoever gets a link for another's address has nothing to do, and so no call to make.
    doubts = ()

    confirm_url: str
    valid_hours: int

    @classmethod
    def told(cls, stored: Facts, sources: Sources) -> Facts | None:
        """The link; its token is in the fragment, which no server and no log ever sees."""
        return {"confirm_url": f"{sources.url(Page.CONFIRM_ADDRESS)}#{sources.confirmation_token(stored['pending'])}"}

    def words(self, policy: Policy) -> Lines:
        """The link, and what to do if it is not theirs."""
        return [
            "メールアドレスの登録を受け付けました。",
            "次のページを開くと、登録が完了します。",
            "",
            self.confirm_url,
            "",
            f"このページは{self.valid_hours}時間有効です。",
            "過ぎたときは、Myライブラリの",
            "「利用者情報」からやり直せます。",
            "",
            "登録した覚えがないときは、何もせずに",
            "このメールを削除してください。",
        ]


@dataclass(frozen=True, kw_only=True)
class ArrivalTestMail(WithCard):
    """Sent on request, to see whether mails arrive (RULES 39, Q14, Q15)."""

    name = "test"
    label = "受信確認メール"
    tries_address = True
    as_letter = False

    def words(self, policy: Policy) -> Lines:
        """That it has arrived."""
        return [
            "これは受信を確認するためのメールです。",
            "このメールが読めれば、お知らせは",
            "正しく届いています。",
            "",
            self.whose(),
            "",
            "手続きは必要ありません。",
            "これからも届くように、",
            "次のドメインからのメールを",
            "受信する設定にしてください。",
            f"@{policy.mail_domain}",
        ]
