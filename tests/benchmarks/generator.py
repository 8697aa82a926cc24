"""A library of any size, the same every time: what `allocate` is given on a Thursday morning."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from zlib import crc32

from lending.domain.calendar.calendar import Calendar
from lending.domain.calendar.closures import Closure, Scope, Suspension
from lending.domain.catalogue.title import Copy, CopyState
from lending.domain.holds.hold import PREFECTURAL, Hold, HoldStatus
from lending.domain.patrons.patron import Patron
from lending.domain.policy import Policy
from lending.domain.run.run import Run, thursday_run
from lending.domain.week import TOKYO
from tests.library import aomori

RUN_DATE = date(2026, 6, 4)
HOLDS_PER_TITLE = 3
HOLDS_PER_PATRON = 10
FACILITIES = [PREFECTURAL, *(str(number) for number in range(1, 60))]
SHARDS = 16  # of the work list
SPAN_SECONDS = 96 * 86400  # from the first hold to a day after the cut-off
FIRST_PLACED = datetime(2026, 3, 1, tzinfo=TOKYO)


@dataclass(frozen=True)
class GeneratedLibrary:
    """Everything one run needs, named as the arguments of `allocate`."""

    holds: list[Hold]
    copies_by_title: dict[str, list[Copy]]
    patrons: dict[str, Patron]
    calendar: Calendar
    policy: Policy
    run: Run


def library(holds: int, seed: int = 1, *, shuffled: bool = False) -> GeneratedLibrary:
    """`holds` holds over a third as many titles with 1 to 3 copies each, in the order the table's work list gives them.

    A few patrons are blocked, expired, not enrolled or near their cap, a few books out, missing or kept, one facility
    is suspended, so that every rule of the run has work. `shuffled` makes the holds come in no order at all.
    """
    chance = random.Random(seed)
    policy = aomori()
    titles = [f"T{number:07}" for number in range(max(1, holds // HOLDS_PER_TITLE))]
    patrons = {patron.patron_id: patron for patron in _patrons(max(20, holds // HOLDS_PER_PATRON), chance)}
    copies = {title_id: _copies(title_id, chance) for title_id in titles}
    placed = list(_holds(holds, titles, len(patrons), copies, chance))
    if shuffled:
        chance.shuffle(placed)
    return GeneratedLibrary(placed, copies, patrons, _calendar(), policy, thursday_run(RUN_DATE, policy))


def with_wishes(given: GeneratedLibrary, seed: int = 2) -> GeneratedLibrary:
    """The same with one to three books a run for half of the patrons, and groups for half of the holds (48, 49)."""
    chance = random.Random(seed)
    offered = dict.fromkeys(("pause", "reading_order", "any_of", "own_order", "books_a_run"), True)
    patrons = {
        patron_id: replace(each, books_a_run=chance.choice((None, None, None, 1, 2, 3)))
        for patron_id, each in given.patrons.items()
    }
    holds = [
        replace(each, group=chance.choice(("", "", "g", "h")), rank=chance.choice((None, 1, 2, 3)))
        for each in given.holds
    ]
    return replace(given, holds=holds, patrons=patrons, policy=given.policy.model_copy(update=offered))


def _patrons(count: int, chance: random.Random) -> Iterator[Patron]:
    for number in range(count):
        yield Patron(
            patron_id=f"p{number:07}",
            card_number=f"{number:08}",
            name="",
            kana="",
            birth_date=date(1960, 1, 1),
            postal_code="",
            address="",
            phone="",
            email="",
            expires_on=RUN_DATE + timedelta(days=chance.randrange(-10, 990)),
            online_lending=chance.random() > 0.01,
            blocked=chance.random() < 0.01,
            loan_cap=chance.choice((5, 10, 10, 10)),
            loans=chance.randrange(0, 10),
            returning=chance.randrange(0, 2),
        )


def _copies(title_id: str, chance: random.Random) -> list[Copy]:
    return [_copy(title_id, number, chance) for number in range(chance.randint(1, 3))]


def _copy(title_id: str, number: int, chance: random.Random) -> Copy:
    draw = chance.random()
    state = CopyState.ON_SHELF if draw < 0.7 else CopyState.ON_LOAN if draw < 0.97 else CopyState.MISSING
    due_on = RUN_DATE + timedelta(days=chance.randrange(1, 20)) if state is CopyState.ON_LOAN else None
    call_number = f"{chance.randrange(1000):03}.{chance.randrange(10)}"
    return Copy(f"{title_id}-{number}", title_id, call_number, state=state, due_on=due_on)


def _holds(
    count: int, titles: list[str], patrons: int, copies: dict[str, list[Copy]], chance: random.Random
) -> Iterator[Hold]:
    """Shard by shard, title by title, as queued. Ids are made anew for each hold, as reading it does."""
    each, more = divmod(count, len(titles))
    sizes = {title_id: each + (number < more) for number, title_id in enumerate(titles)}
    for title_id in sorted(titles, key=lambda title_id: (crc32(title_id.encode()) % SHARDS, title_id)):
        first = chance.randrange(patrons)
        moments = sorted(chance.randrange(SPAN_SECONDS) for _ in range(sizes[title_id]))
        for nth, seconds in enumerate(moments):
            yield _hold(f"p{(first + nth) % patrons:07}", f"T{title_id[1:]}", seconds, nth, copies[title_id], chance)


def _hold(patron_id: str, title_id: str, seconds: int, nth: int, copies: list[Copy], chance: random.Random) -> Hold:
    placed_at = FIRST_PLACED + timedelta(seconds=seconds)
    hold = Hold(patron_id, title_id, chance.choice(FACILITIES), placed_at, placed_at)
    return _kept_from_before(hold, copies) if nth == 0 and chance.random() < 0.02 else hold


def _kept_from_before(hold: Hold, copies: list[Copy]) -> Hold:
    """A hold whose book an earlier run kept aside over the cap (RULES 20)."""
    barcode = f"{hold.title_id}-kept"
    copies.append(Copy(barcode, hold.title_id, "000", state=CopyState.KEPT_ASIDE, holder=hold.patron_id))
    return replace(hold, status=HoldStatus.SECURED, barcode=barcode)


def _calendar() -> Calendar:
    mondays = Closure(
        closure_id="mondays",
        scope=Scope.PREFECTURAL,
        starts_on=date(2026, 1, 1),
        ends_on=date(2026, 12, 31),
        weekdays=frozenset({0}),
    )
    moving = Suspension(
        suspension_id="moving",
        scope=Scope.FACILITY,
        facility="59",
        starts_on=RUN_DATE,
        ends_on=RUN_DATE + timedelta(days=60),
        reason="移転",
    )
    return Calendar((mondays,), (moving,))
