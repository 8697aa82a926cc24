"""What every kind of mail has: its facts, its words, where it goes, how long it is kept (RULES 36-39, 41, 44)."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, field, fields, replace
from datetime import date
from enum import Enum
from typing import Any, ClassVar, Self, TypeAlias

from lending.domain.mail.kinds.sources import Sources
from lending.domain.mail.text import Lines, Text, folded, masked
from lending.domain.own_words import in_own_words
from lending.domain.policy import Policy
from lending.domain.registration.application import Application

Facts: TypeAlias = Mapping[str, Any]

KINDS: dict[str, type["MailKind"]] = {}
"""Every kind by the name it is stored under."""

_HIDDEN = "(ここには表示しません)"
_DATES = (date, date | None)


def kind_named(name: str) -> type["MailKind"]:
    """The kind that is stored under a name.

    Raises:
        ValueError: there is none.
    """
    if name not in KINDS:
        raise ValueError(f"no mail is of kind {name}")
    return KINDS[name]


@dataclass(frozen=True, kw_only=True)
class MailKind(ABC):
    """A kind of mail. The class says what holds for all mails of the kind; an instance is what one of them tells.

    Its fields are the facts: those without a default are needed, the others it may have. Facts that are known when the
    mail is caused are stored with it, in JSON's types; what has to be true at the moment of sending is `told` then. A
    class with a `name` is a kind; one without is what some have in common.
    """

    name: ClassVar[str]  # never changed: mails are stored under it
    label: ClassVar[str]  # what staff call it
    topic: ClassVar[str] = ""  # the subject, where it is not the label
    shown: ClassVar[frozenset[str]] = frozenset()  # stored facts that My Library shows again; no link is among them
    secrets: ClassVar[frozenset[str]] = frozenset()  # told in memory only, neither stored nor shown again
    to_applicant: ClassVar[bool] = False  # to an application's address, and kept with it; or else to a patron's
    personal: ClassVar[bool] = False  # to the person's own address, or else to where hold mails go (RULES 7)
    tries_address: ClassVar[bool] = False  # sent all the same where nothing is known to arrive (RULES 6, 39)
    as_letter: ClassVar[bool] = True  # printed where no mail arrives (RULES 44)
    patron_repeats: ClassVar[bool] = False  # only the patron can have it sent again
    doubts: ClassVar[tuple[str, ...]] = ("このメールに心当たりがないときや、",)

    on_paper: bool = False
    my_library_url: str = ""

    def __init_subclass__(cls) -> None:
        """Make the kind known by its name."""
        if "name" in vars(cls):
            KINDS[cls.name] = cls

    @classmethod
    def of(cls, facts: Facts) -> Self:
        """What a mail with these facts tells; facts that the kind has no use for are passed over.

        Args:
            facts: days are `YYYY-MM-DD` or `date`, addresses of pages are whole.

        Raises:
            ValueError: if a needed fact is missing or empty, naming it: such a mail is not to be sent.
        """
        there = {each.name: each.type for each in fields(cls) if facts.get(each.name) not in (None, "", [], (), {})}
        if missing := sorted(cls.needed({name: facts[name] for name in there}) - there.keys()):
            raise ValueError(f"a mail of kind {cls.name} lacks {', '.join(missing)}")
        return cls(**{name: _typed(kind, facts[name]) for name, kind in there.items()})

    @classmethod
    def needed(cls, facts: Facts) -> frozenset[str]:
        """The facts without which a mail says nothing true; some are needed because of another fact."""
        return frozenset(each.name for each in fields(cls) if each.default is each.default_factory is MISSING)

    @classmethod
    def told(cls, stored: Facts, sources: Sources) -> Facts | None:
        """What a patron's mail tells beside what is stored with it, None if there is nothing to tell any more."""
        return {}

    @classmethod
    def outdated(cls, application: Application) -> bool:
        """Whether an applicant's mail has nothing to tell any more."""
        return False

    @classmethod
    def days_kept(cls, policy: Policy) -> int:
        """After how many days a mail is erased: it may name titles, or belong to an application (RULES 41)."""
        return policy.application_days if cls.to_applicant else policy.history_days

    @classmethod
    def topic_of(cls, facts: Facts) -> str:
        """The subject without the library's name."""
        return cls.topic or cls.label

    @classmethod
    def subject(cls, facts: Facts, policy: Policy) -> str:
        """The subject of a mail, also of one that is still to be sent or never was."""
        return f"【{policy.library_name}】{in_own_words(cls.topic_of(facts), policy)}"

    def without_secrets(self) -> Self:
        """The same as it may be seen again."""
        hidden: dict[str, Any] = {name: _HIDDEN for name in self.secrets if getattr(self, name)}
        return replace(self, **hidden)

    def text(self, policy: Policy) -> Text:
        """The mail in words, with the names, numbers and hours of the library (RULES 36, 37, 40)."""
        opening = [policy.library_name, f"{policy.mail_sender}です。", ""]
        lines = [
            *opening,
            *_in_own_words(self.words(policy), policy),
            "",
            *self._when_in_doubt(policy),
            *self._signature(policy),
        ]
        return Text(self.subject(vars(self), policy), "\n".join(lines) + "\n")

    @abstractmethod
    def words(self, policy: Policy) -> Lines:
        """What this mail has to say."""

    def _when_in_doubt(self, policy: Policy) -> Lines:
        """Where to ask."""
        if self.on_paper:
            return ["この手紙に心当たりがないときや、", "お困りのときは、お電話ください。"]
        no_answer = [] if policy.mail_reply_to else ["このメールは送信専用です。", "返信にはお答えできません。"]
        return [*self.doubts, "お困りのときは、お電話ください。", *no_answer]

    def _signature(self, policy: Policy) -> Lines:
        """Who writes, where to ask and where to look (RULES 37)."""
        counter = [policy.counter_name, policy.counter_phone, f"受付 {policy.counter_hours}"]
        page = ["Myライブラリ", self.my_library_url] if self.my_library_url else []
        return ["-" * 30, policy.library_name, policy.mail_sender, *counter, *page]


def _in_own_words(lines: Lines, policy: Policy) -> Lines:
    """Lines with the library's words; one that has become too long for a phone is folded."""
    filled = ((line, in_own_words(line, policy)) for line in lines)
    return [part for line, told in filled for part in ([told] if line == told else folded(told))]


def _typed(kind: Any, value: Any) -> Any:
    if kind in _DATES and isinstance(value, str):
        return date.fromisoformat(value)
    return kind(value) if isinstance(kind, type) and issubclass(kind, Enum) else value


@dataclass(frozen=True, kw_only=True)
class ToApplicant(MailKind):
    """A mail to who has applied, while there may be no patron yet."""

    to_applicant = True
    tries_address = True
    as_letter = False

    receipt_number: str


@dataclass(frozen=True, kw_only=True)
class WithCard(MailKind):
    """A mail that says whose it is and leads to My Library.

    Families share an address. The last four digits of the card tell a stranger nothing when it is mistyped; only what
    proves the right to receive shows the whole number, which the facility needs (RULES 28). No mail names the person.
    """

    card_number: str
    my_library_url: str = field()  # here it is needed

    def whose(self) -> str:
        """Whose mail it is."""
        return f"利用者番号: {masked(self.card_number)}"
