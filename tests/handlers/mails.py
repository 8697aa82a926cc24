"""Mails as the tests of several functions start from them, and SES as they watch and disturb it."""

from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError, ConnectTimeoutError, ReadTimeoutError

from functions.mail import handler as mail_function
from lending.aws import suppression
from lending.aws.clients import client
from lending.aws.table import Table
from lending.aws.table.calendar import facilities
from lending.aws.table.loans import loans
from lending.aws.table.mail import mails, sent_messages
from lending.aws.table.writes import Key
from lending.domain.calendar.facility import Facility
from lending.domain.loans.loan import Loan
from lending.domain.mail.kinds import MailKind
from lending.domain.mail.kinds.addresses import ArrivalTestMail
from lending.domain.mail.kinds.lending import LendingMail
from lending.domain.mail.mail import Mail, MailState, new_mail
from lending.domain.week import TOKYO
from tests.handlers.conftest import context, sample
from tests.library import aomori

POLICY = aomori()
SATURDAY = datetime(2026, 6, 6, 9, tzinfo=TOKYO)
SUNDAY = date(2026, 6, 7)


def put(table: Table, kind: type[MailKind] = ArrivalTestMail, *about: Any, owner: str = "p-1", **facts: Any) -> Key:
    """A mail that waits to be sent."""
    mail = new_mail(kind, owner, SATURDAY, *(about or (1,)), **facts)
    table.write(mails.addition(mail, POLICY))
    return mails.key(mail)


def put_lending(table: Table, patron_id: str = "p-1") -> Key:
    """The Saturday mail of one patron and facility."""
    about = (SUNDAY, 12)
    return put(table, LendingMail, *about, owner=patron_id, pickup_from=SUNDAY.isoformat(), facility="12")


def lend(table: Table, *titles: str, patron_id: str = "p-1", **changes: Any) -> None:
    """Books on their way to facility 12 for Sunday."""
    table.write(facilities.facility_record(Facility(12, "西北", "鰺ヶ沢町", "鰺ヶ沢町中央公民館", True)))
    for title in titles:
        values: dict[str, Any] = {
            "pickup_place": "12",
            "lent_at": SATURDAY - timedelta(days=2),
            "due_on": date(2026, 6, 21),
            "pickup_from": SUNDAY,
            "pickup_until": date(2026, 6, 14),
        }
        book = Loan(patron_id, f"{title}-1", title, f"見本の本 {title}", **(values | changes))
        table.write(loans.addition(book))


def sent(table: Table, message_id: str, to_address: str, *about: Any, owner: str = "p-1") -> Key:
    """A mail that SES has taken under a message id."""
    key = put(table, LendingMail, *(about or (SUNDAY, 12)), owner=owner, pickup_from=SUNDAY.isoformat(), facility="12")
    waits = mail_of(table, key)
    taken = replace(waits, state=MailState.SENT, to_address=to_address, sent_at=SATURDAY, message_id=message_id)
    table.transact(mails.change(waits, taken), sent_messages.addition(message_id, key, taken, POLICY))
    return key


def mail_of(table: Table, key: Key) -> Mail:
    """The mail as it is now."""
    found = mails.find(table, key)
    assert found is not None
    return found


def batch(*keys: Key) -> dict[str, Any]:
    """An event that brings mails, made from the sample of one."""
    (record,) = sample("mail/test")["Records"]
    body = '{{"PK": "{}", "SK": "{}"}}'
    return {"Records": [record | {"messageId": f"m-{n}", "body": body.format(*key)} for n, key in enumerate(keys)]}


class Died(BaseException):
    """The function ends in the middle: nothing of it runs any more."""


@dataclass
class Post:
    """The mail function between its queue and SES."""

    monkeypatch: pytest.MonkeyPatch
    moment: datetime = SATURDAY
    taken: list[dict[str, Any]] = field(default_factory=list)
    before: list[BaseException] = field(default_factory=list)
    after: list[BaseException] = field(default_factory=list)
    forgiven: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        ses = client("sesv2", once=True)
        self._send = ses.send_email
        self.monkeypatch.setattr(ses, "send_email", self._take)
        # moto has no such list.
        self.monkeypatch.setattr(suppression, "remove_from_suppression_list", self.forgiven.append)
        self.monkeypatch.setattr(mail_function, "datetime", self)

    def _take(self, **mail: Any) -> Any:
        """What SES does: take the mail and answer; `before` and `after` that, one fault a call."""
        if self.before:
            raise self.before.pop(0)
        answer = self._send(**mail)
        self.taken.append(mail | {"id": answer["MessageId"]})
        if self.after:
            raise self.after.pop(0)
        return answer

    def bring(self, *keys: Key) -> list[str]:
        """The queue brings mails; answers which come again."""
        return self.bring_event(batch(*keys))

    def bring_event(self, event: dict[str, Any]) -> list[str]:
        """The queue brings messages; answers which come again."""
        answer = mail_function.handler(event, context())
        return [failure["itemIdentifier"] for failure in answer["batchItemFailures"]]

    def later(self, **how: float) -> None:
        """Time passes."""
        self.moment += timedelta(**how)

    def now(self, zone: Any) -> datetime:
        """The clock, as the function asks it."""
        return self.moment.astimezone(zone)

    @property
    def text(self) -> str:
        """The words of the only mail SES has taken."""
        (mail,) = self.taken
        return str(mail["Content"]["Simple"]["Body"]["Text"]["Data"])


def refusal(code: str, status: int = 400, words: str = "p-1@example.jp") -> ClientError:
    """SES says no."""
    answer: Any = {"Error": {"Code": code, "Message": words}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return ClientError(answer, "SendEmail")


def throttled() -> ClientError:
    """SES says: not so fast."""
    return refusal("TooManyRequestsException", 429)


def no_answer() -> ReadTimeoutError:
    """SES was asked and does not answer."""
    return ReadTimeoutError(endpoint_url="https://email.example")


def no_connection() -> ConnectTimeoutError:
    """SES could not be asked."""
    return ConnectTimeoutError(endpoint_url="https://email.example")
