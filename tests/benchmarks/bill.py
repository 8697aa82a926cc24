"""What AWS will ask for in dollars: what stands there each month, and what a thousand loans take.

The table's units are counted on `counting_store`, from the hold that is placed to the book that is checked in; how
often somebody calls the API for a loan, and for how long, is assumed, and named as such. Only a whole month takes off
what AWS gives for nothing. `docs/operations.md` has the tables.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from functools import cache
from typing import TypedDict

from infra.local.translate import code_folders, expand, load_template
from lending.actions.holds.place import place_hold
from lending.actions.library import Library
from lending.actions.loans.check_in import check_in_all
from lending.actions.loans.hand_over import hand_over
from lending.actions.mail.count_mails import MailCounts
from lending.actions.mail.saturday_mail import announce_bags
from lending.actions.mail.send import send_mail
from lending.actions.pulls.scan import scan_found
from lending.actions.run.thursday_run import run_for
from lending.aws.table import Table
from lending.aws.table.calendar import facilities
from lending.aws.table.catalogue import copies
from lending.aws.table.loans import bags
from lending.aws.table.mail import mails
from lending.domain.calendar.facility import Facility
from lending.domain.holds.hold import PREFECTURAL
from lending.domain.problems import Refused
from lending.domain.week import TOKYO
from tests.benchmarks import run_cost
from tests.benchmarks.cloud import cloud
from tests.benchmarks.counting_store import TEMPLATE, CountingStore
from tests.benchmarks.generator import GeneratedLibrary, library

# In dollars, without tax, of ap-northeast-1: AWS Price List API of 2026-08-14 to 2026-09-23 by usage type, as public
# repositories quote it; SES's and the dashboard's are of no region.
PRICES = {
    "write unit": 0.715e-6,  # APN1-WriteRequestUnits
    "read unit": 0.1425e-6,  # APN1-ReadRequestUnits
    "API request": 1.29e-6,  # APN1-ApiGatewayHttpRequest
    "invocation": 0.2e-6,  # APN1-Request-ARM
    "GB second": 13.3334e-6,  # APN1-Lambda-GB-Second-ARM
    "queue request": 0.4e-6,  # APN1-Requests-Tier1, of SQS
    "mail": 100e-6,  # SES, outgoing
    "GB of logs": 0.76,  # APN1-DataProcessing-Bytes
    "alarm": 0.10,  # APN1-CW:AlarmMonitorUsage
    "metric": 0.30,  # APN1-CW:MetricMonitorUsage
    "secret": 0.40,  # APN1-AWSSecretsManager-Secrets
    "GB in the table": 0.285,  # APN1-TimedStorage-ByteHrs, of DynamoDB
    "GB in a bucket": 0.025,  # APN1-TimedStorage-ByteHrs, of S3
}
# What each account has for nothing every month, for good. What is free for a year only is not here.
FREE = {
    "alarm": 10,
    "metric": 10,
    "queue request": 1e6,
    "invocation": 1e6,
    "GB second": 400_000,
    "GB of logs": 5,
    "GB in the table": 25,
}
HOLDS = 1_000
WEEKS_A_MONTH = 365.25 / 12 / 7
# Assumed of a loan: calls of patron, staff and facility for it, with their time in a function of 512 MB.
CALLS, SECONDS, GB, KB_OF_LOGS = 40, 0.2, 0.5, 0.6
# Assumed of a mail: invocations on its way and back, and what the queues are asked for it.
MAIL_INVOCATIONS, MAIL_QUEUE_REQUESTS = 3, 8
# A queue is asked by five pollers, each for 20 seconds, all the month.
POLLED_QUEUES, POLLS = 4, 5 * 3 * 60 * 24 * 30
_LATER = timedelta(days=14)
# Whoever checks books in scans some of a crate and sends them together.
_SCANNED_AT_ONCE = 10


class Row(TypedDict):
    """The figures of `make bench`."""

    write_units_per_loan: float
    usd_per_1000_loans: float
    usd_standing_a_month: float
    usd_a_month_at_1000_loans_a_week: float
    usd_a_month_at_20000_loans_a_week: float


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the bill: how much of what."""

    what: str
    amount: float

    @property
    def dollars(self) -> float:
        """Its price."""
        return self.amount * PRICES[self.what]


class Units(TypedDict):
    """What the table is asked for one loan, by step."""

    step: str
    read_units: float
    write_units: float


def run(holds: int = HOLDS) -> Row:
    """What a thousand loans cost, and a month in which nobody comes."""
    steps, mails_per_loan = units_of_loan(holds)
    moving = sum(line.dollars for line in per_thousand_loans(steps, mails_per_loan))
    return {
        "write_units_per_loan": round(sum(step["write_units"] for step in steps), 1),
        "usd_per_1000_loans": round(moving, 2),
        "usd_standing_a_month": round(sum(line.dollars for line in standing()), 2),
        "usd_a_month_at_1000_loans_a_week": round(a_month(1_000, steps, mails_per_loan), 2),
        "usd_a_month_at_20000_loans_a_week": round(a_month(20_000, steps, mails_per_loan), 2),
    }


def per_thousand_loans(steps: list[Units], mails_per_loan: float) -> list[Line]:
    """What a thousand loans cost, by what is paid for."""
    loans, sent = 1_000, 1_000 * mails_per_loan
    calls = loans * CALLS
    amounts = {
        "write unit": loans * sum(step["write_units"] for step in steps),
        "read unit": loans * sum(step["read_units"] for step in steps),
        "API request": calls,
        "invocation": calls + sent * MAIL_INVOCATIONS,
        "GB second": (calls + sent * MAIL_INVOCATIONS) * SECONDS * GB,
        "queue request": sent * MAIL_QUEUE_REQUESTS,
        "mail": sent,
        "GB of logs": calls * KB_OF_LOGS / 1024**2,
    }
    return [Line(what, amount) for what, amount in amounts.items()]


def standing() -> list[Line]:
    """What stands there each month, counted in the template; storage is for the first gigabyte."""
    written = load_template(TEMPLATE)
    resources = expand(written, dict.fromkeys(code_folders(written), "s3://bucket/key"), "0" * 10)["Resources"].values()
    kinds = [each["Type"] for each in resources]
    counted = {each["Properties"].get("MetricName") for each in resources if each["Type"] == "AWS::CloudWatch::Alarm"
               and each["Properties"].get("Namespace") == "Lending"}  # fmt: skip
    amounts = {
        "alarm": kinds.count("AWS::CloudWatch::Alarm"),
        "metric": len(counted),
        "secret": kinds.count("AWS::SecretsManager::Secret"),
        "queue request": POLLED_QUEUES * POLLS,
        "GB in the table": 1,
        "GB in a bucket": 1,
    }
    return [Line(what, amount) for what, amount in amounts.items()]


def a_month(loans_a_week: int, steps: list[Units], mails_per_loan: float) -> float:
    """The dollars of a month with so many loans a week, as AWS asks for them: without what is for nothing."""
    amounts = {line.what: line.amount for line in standing()}
    for line in per_thousand_loans(steps, mails_per_loan):
        amounts[line.what] = amounts.get(line.what, 0) + line.amount * loans_a_week / 1_000 * WEEKS_A_MONTH
    return sum(PRICES[what] * max(0, amount - FREE.get(what, 0)) for what, amount in amounts.items())


@cache
def units_of_loan(holds: int = HOLDS) -> tuple[list[Units], float]:
    """What a loan's steps take of the table, one loan's share each; and how many lending mails it has."""
    life = _Life(library(holds))
    with cloud():
        steps = [life.step(name, act) for name, act in life.acts.items()]
    loans = len(life.lent)
    shared = [
        Units(step=step["step"], read_units=step["read_units"] / loans, write_units=step["write_units"] / loans)
        for step in steps
    ]
    return shared, life.mails / loans


class _Life:
    """Holds of a generated library, from the page to the shelf."""

    def __init__(self, given: GeneratedLibrary) -> None:
        self.given, self.store = given, CountingStore()
        self.table = Table(self.store, "lending")
        self.store.load(write.parameters["Item"] for write in run_cost.everything(replace(given, holds=[])))
        for number in range(1, 60):
            self.table.write(facilities.facility_record(Facility(number, "西北", "鰺ヶ沢町", f"公民館{number}", True)))
        self.lent: list[str] = []
        self.mails = 0
        self.acts: dict[str, Callable[[], None]] = {
            "hold placed": self._place,
            "Thursday run": self._run,
            "book scanned": self._scan,
            "Saturday mail": self._announce,
            "bag handed over": self._hand_over,
            "book checked in": self._check_in,
        }

    def step(self, name: str, act: Callable[[], None]) -> Units:
        """Carry a step out for all and count it."""
        self.store.count_from_here()
        act()
        counts = self.store.counts
        return {"step": name, "read_units": sum(counts.read.values()), "write_units": sum(counts.write.values())}

    def _at(self, moment: datetime) -> Library:
        return Library(self.table, self.given.policy, moment)

    def _place(self) -> None:
        for hold in self.given.holds:
            if hold.pickup_place == PREFECTURAL:
                continue
            try:
                place_hold(self._at(hold.placed_at), hold.patron_id, hold.title_id, hold.pickup_place)
            except Refused:
                continue

    def _run(self) -> None:
        run_for(self._at(self.given.run.moment), self.given.run.week.run_date, lambda: True)

    def _scan(self) -> None:
        for copy in list(copies.pulls(self.table)):
            scan_found(self._at(self.given.run.moment), copy.barcode, "desk-1")
            self.lent.append(copy.barcode)

    def _announce(self) -> None:
        saturday = datetime.combine(self.given.run.week.mail_on, time(9), TOKYO)
        announce_bags(self._at(saturday), lambda: True)
        for key in list(mails.on_their_way(self.table, saturday)):
            send_mail(self._at(saturday), key, MailCounts())
            self.mails += 1

    def _hand_over(self) -> None:
        sunday = self.given.run.week.pickup_from
        for bag in list(bags.of_week(self.table, sunday)):
            hand_over(self._at(datetime.combine(sunday, time(12), TOKYO)), bag.facility, bag.bag_id)

    def _check_in(self) -> None:
        for first in range(0, len(self.lent), _SCANNED_AT_ONCE):
            scanned = self.lent[first : first + _SCANNED_AT_ONCE]
            check_in_all(self._at(self.given.run.moment + _LATER), scanned, "desk-1")


def details(_: Row) -> list[str]:
    """The bill line by line, and where the units of a loan go."""
    steps, mails_per_loan = units_of_loan()
    return [
        *_bill("1,000 loans", per_thousand_loans(steps, mails_per_loan)),
        *_bill("a month, whoever comes", standing()),
        f"{'a loan':24}{'read units':>12}{'write units':>12}",
        *(f"{step['step']:24}{step['read_units']:>12.1f}{step['write_units']:>12.1f}" for step in steps),
        f"lending mails a loan {mails_per_loan:.2f}; assumed: {CALLS} calls a loan of {SECONDS} s at {GB} GB",
    ]


def _bill(title: str, lines: list[Line]) -> list[str]:
    head = f"{title:24}{'amount':>16}{'USD':>10}"
    return [head, *(f"{line.what:24}{line.amount:>16,.2f}{line.dollars:>10.3f}" for line in lines)]
