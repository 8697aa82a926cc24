"""What a facility tells the desk: something did not arrive, is one too many, or kits are needed (RULES 54)."""

import hashlib
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from lending.domain.loans.bag import Bag
from lending.domain.loans.batch import bag_id


class ReportKind(StrEnum):
    """What it is about."""

    EXTRA = "extra"
    MISSING = "missing"
    KITS = "kits"


KIND_LABELS = {
    ReportKind.EXTRA: "余分に届いた",
    ReportKind.MISSING: "届いていない",
    ReportKind.KITS: "{kit_word}",
}

# What settles a report other than staff.
ARRIVED = "arrived"
HANDED_OVER = "handed_over"


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A task for the desk, open until it is done; told again it is the same one.

    One about a bag names its Sunday and patron and has no text; a `text` is in the facility's own words and may hold
    what is nobody else's business (RULES 41). `done_by` is who of staff did it, or what settled it.
    """

    facility: str
    kind: ReportKind
    text: str = ""
    pickup_from: date | None = None
    patron_id: str = ""
    reported_at: datetime
    done_at: datetime | None = None
    done_by: str = ""

    @property
    def name(self) -> str:
        """What sets it apart from others of the same facility."""
        if self.pickup_from is not None:
            return bag_id(self.pickup_from, self.facility, self.patron_id)
        return hashlib.sha256(f"{self.kind}\n{self.text}".encode()).hexdigest()[:16]


def report_of_bag(bag: Bag, moment: datetime) -> Report:
    """The report that a bag did not arrive: there is one, called as the bag is."""
    return Report(
        facility=bag.facility,
        kind=ReportKind.MISSING,
        pickup_from=bag.pickup_from,
        patron_id=bag.patron_id,
        reported_at=moment,
    )
