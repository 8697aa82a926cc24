"""A mail of the service: what it is about, and how far it has come (RULES 36-39)."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from lending.domain.mail.kinds import KINDS, Facts, MailKind, kind_named
from lending.domain.policy import Policy


class MailState(StrEnum):
    """How far a mail has come."""

    PENDING = "pending"
    SENDING = "sending"  # claimed by one sender, which has not yet said how it went
    UNSENT = "unsent"  # given up before sending, see `Unsent`
    PRINTED = "printed"  # went as a letter instead
    SENT = "sent"  # SES has taken it
    DELAYED = "delayed"
    DELIVERED = "delivered"
    BOUNCED = "bounced"
    COMPLAINED = "complained"
    REJECTED = "rejected"  # SES will never take it, by its answer or by its event


STATE_LABELS = {
    MailState.PENDING: "送信待ち",
    MailState.SENDING: "送信中",
    MailState.UNSENT: "送信していません",
    MailState.PRINTED: "手紙でお知らせしました",
    MailState.SENT: "送信済み",
    MailState.DELAYED: "相手側で遅れています",
    MailState.DELIVERED: "届きました",
    MailState.BOUNCED: "届きませんでした",
    MailState.COMPLAINED: "迷惑メールとして報告されました",
    MailState.REJECTED: "送信できませんでした",
}


class Unsent(StrEnum):
    """Why a mail was given up before sending (RULES 36, 39)."""

    NOTHING_TO_SAY = "nothing_to_say"  # what it would tell is no longer true
    UNREACHABLE = "unreachable"
    NO_ADDRESS = "no_address"
    REPEATED = "repeated"  # was a letter to be printed, and is sent again instead


_FOR_WANT_OF_AN_ADDRESS = frozenset({Unsent.UNREACHABLE, Unsent.NO_ADDRESS})

UNSENT_LABELS = {
    Unsent.NOTHING_TO_SAY: "お知らせする内容がなくなりました",
    Unsent.UNREACHABLE: "このメールアドレスには届きません",
    Unsent.NO_ADDRESS: "メールアドレスが登録されていません",
    Unsent.REPEATED: "改めてお送りしました",
}

_SECRETS: frozenset[str] = frozenset().union(*(kind.secrets for kind in KINDS.values()))

# From weakest to strongest: what is known of a mail only ever grows.
_STRENGTH = {state: rank for rank, state in enumerate(MailState)}


def moved(state: MailState, to: MailState) -> MailState:
    """The state after news that the mail is in state `to`: the stronger of the two.

    News comes late, twice and out of order (a Delivery after the Bounce that followed it, an event before the
    sender has noted that SES took the mail). Taking the stronger one makes the end the same for any order and
    number of them, and a write is due only when the answer differs from `state`.

    | now \\ news | sent | delayed | delivered | bounced | complained | rejected |
    |---|---|---|---|---|---|---|
    | pending, sending, unsent, printed | sent | delayed | delivered | bounced | complained | rejected |
    | sent | - | delayed | delivered | bounced | complained | rejected |
    | delayed | - | - | delivered | bounced | complained | rejected |
    | delivered | - | - | - | bounced | complained | rejected |
    | bounced | - | - | - | - | complained | rejected |
    | complained | - | - | - | - | - | rejected |
    | rejected | - | - | - | - | - | - |

    A bounce outweighs a delivery because a server may take a mail and send it back afterwards. Giving a claim back
    (sending to pending, for another try) is the sender's own conditional write and not news.

    Args:
        state: what is known so far.
        to: what the event says, see `events.MailEvent.moves_to`; or what the sender itself has to note.

    RULES 38, 39.
    """
    return max(state, to, key=_STRENGTH.__getitem__)


def mail_id(kind: type[MailKind], *about: str | int | date) -> str:
    """The name of a mail within its owner: the same matter always gives the same name, so it is sent once.

    `mail_id(LendingMail, date(2026, 6, 7), 12)` is `lending#2026-06-07#12`.

    Args:
        kind: the kind of mail.
        about: what sets this mail apart from others of its kind: a date, a facility's number, a receipt number.

    Raises:
        ValueError: if a part is empty or holds the separator `#`.

    RULES 26, 38.
    """
    parts = [part.isoformat() if isinstance(part, date) else str(part) for part in about]
    if any(not part or "#" in part for part in parts):
        raise ValueError(f"a part of a mail's name is empty or holds '#': {parts}")
    return "#".join([kind.name, *parts])


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail, kept with its owner so that nothing is lost with it (RULES 38).

    `owner` is a patron's id, or a receipt number while there is no patron. `kind` is the name of its kind, `facts` are
    what that kind needs as far as it may be kept, in JSON's types: titles are put together at the moment of sending,
    a password never gets here. `to_address` is empty until sent. `why` says why it was given up, `error` is the class
    of the last refusal by SES. `subject` and `text` are what it said, or would have, without its secrets.
    `claimed_at` and `claims` are the sender's (`may_be_claimed`): when it took the mail in hand, and how many such
    tries nobody knows the end of. `news_at` is when what SES told last happened.
    """

    mail_id: str
    owner: str
    kind: str
    created_at: datetime
    facts: Facts = field(default_factory=dict)
    state: MailState = MailState.PENDING
    to_address: str = ""
    sent_at: datetime | None = None
    message_id: str = ""
    why: Unsent | None = None
    error: str = ""
    subject: str = ""
    text: str = ""
    claimed_at: datetime | None = None
    claims: int = 0
    news_at: datetime | None = None

    def __post_init__(self) -> None:
        """Refuse a kind that there is not, and a secret among the facts: we never store a password."""
        kind_named(self.kind)
        if secrets := _SECRETS & self.facts.keys():
            raise ValueError(f"a mail never keeps {sorted(secrets)}")

    @property
    def on_its_way(self) -> bool:
        """Whether it still has to be sent."""
        return self.state in (MailState.PENDING, MailState.SENDING)

    @property
    def is_letter(self) -> bool:
        """Whether it waits to be printed, as there is no address that it would reach (RULES 44)."""
        wanted = self.state is MailState.UNSENT and self.why in _FOR_WANT_OF_AN_ADDRESS
        return wanted and kind_named(self.kind).as_letter


def new_mail(kind: type[MailKind], owner: str, moment: datetime, *about: str | int | date, **facts: Any) -> Mail:
    """A mail that is to be sent.

    Args:
        owner: a patron's id, or an application's receipt number.
        about: what sets it apart from others of its kind, see `mail_id`.
        facts: what it has to tell and is known by now, in JSON's types.
    """
    return Mail(mail_id(kind, *about), owner, kind.name, moment, facts)


def subject_of(mail: Mail, policy: Policy) -> str:
    """The subject of a mail, also of one that is still to be sent or never was."""
    return mail.subject or kind_named(mail.kind).subject(mail.facts, policy)


CLAIM_LASTS = timedelta(minutes=2)
"""Longer than a sender lives, shorter than the queue waits before it brings a mail again."""
NEWS_COMES_WITHIN = timedelta(hours=20)
"""SES tells of every mail it took, if only of a delay, long before."""


def may_be_claimed(mail: Mail, moment: datetime) -> bool:
    """Whether a sender may take a mail in hand (RULES 38).

    SES has no token to say "only once". A sender that vanished may have sent the mail or not: nobody can know. Such a
    mail is tried a second time once its sender cannot live any more. After a second such end it is only tried again
    when SES had the time to tell of either try and has not: so it is sent twice at most, and at least once.
    """
    if mail.state is MailState.PENDING or mail.claimed_at is None:
        return mail.on_its_way
    return mail.on_its_way and moment >= mail.claimed_at + (CLAIM_LASTS if mail.claims < 2 else NEWS_COMES_WITHIN)


def claimed(mail: Mail, moment: datetime) -> Mail:
    """The mail in the hand of a sender."""
    return replace(mail, state=MailState.SENDING, claimed_at=moment, claims=mail.claims + 1)


def given_back(mail: Mail) -> Mail:
    """The mail after a try that certainly did not send it: the next one may follow at once."""
    return replace(mail, state=MailState.PENDING, claimed_at=None, claims=mail.claims - 1)


def given_up(mail: Mail, why: Unsent, to_address: str) -> Mail:
    """The mail when it turned out that it is not to be sent (RULES 36, 39)."""
    return replace(mail, state=MailState.UNSENT, why=why, to_address=to_address, claimed_at=None)


def repeated(mail: Mail) -> Mail:
    """The letter after another mail says the same: nobody prints it any more (RULES 44)."""
    return replace(mail, why=Unsent.REPEATED)


def printed(mail: Mail, moment: datetime) -> Mail:
    """The mail after staff have printed it as a letter (RULES 44)."""
    return replace(mail, state=MailState.PRINTED, sent_at=moment)


AGAIN = "again"
"""The part of a mail's name that tells it from the one it repeats."""


def first_name(mail_id_: str) -> str:
    """The name of the mail that one sent again repeats; its own if it repeats none."""
    return mail_id_.split(f"#{AGAIN}#")[0]


def name_again(mail_id_: str, known: Iterable[str]) -> str:
    """The name of a mail that says once more what another is about; for two who ask at the same moment the same one.

    Args:
        known: the names of all mails of the owner.
    """
    first = f"{first_name(mail_id_)}#{AGAIN}#"
    return f"{first}{max((int(name.removeprefix(first)) for name in known if name.startswith(first)), default=0) + 1}"


def with_news(mail: Mail, to: MailState, at: datetime, message_id: str) -> Mail:
    """The mail after SES told of it, the same mail if that is no news (RULES 38).

    Args:
        to: what the event makes of a mail.
        at: when that happened; also when it was sent, if the sender has not noted it yet.
    """
    if (state := moved(mail.state, to)) is mail.state:
        return mail
    sent_at, message_id = mail.sent_at or at, mail.message_id or message_id
    return replace(mail, state=state, news_at=at, sent_at=sent_at, message_id=message_id, claimed_at=None, why=None)
