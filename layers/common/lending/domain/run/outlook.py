"""What the next runs lend to a patron, and what giving books back before them does (RULES 19, 20, 51).

The runs themselves are asked, on what is known now: who else gives back, holds or cancels until then is not. What a
run lends or keeps aside, the next one finds so. That an earlier run is waited for without giving anything back is taken
for granted; each line stands for itself.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from itertools import islice
from typing import NamedTuple

from lending.domain.calendar.calendar import Calendar
from lending.domain.calendar.coming_weeks import week_of_next_run, weeks_from
from lending.domain.catalogue.title import Copy, CopyState
from lending.domain.holds.hold import PREFECTURAL, Hold, HoldStatus
from lending.domain.loans.loan import Loan
from lending.domain.patrons.patron import Patron
from lending.domain.policy import Policy
from lending.domain.run.allocation import allocate
from lending.domain.run.reasons import Code
from lending.domain.run.run import Outcome, RunDecision, run_of_week
from lending.domain.week import DAY, DAYS_OF_WEEK, Week, each_day, in_tokyo, return_checked_in_by
from lending.domain.words import day_in_words, weekdays_in_words

RUNS = 3


class Shelf(NamedTuple):
    """What a run looks at, as far as it matters to one patron: holds of their titles, the copies, and who holds."""

    holds: Sequence[Hold]
    copies: Mapping[str, Sequence[Copy]]
    patrons: Mapping[str, Patron]


class RunToCome(NamedTuple):
    """A run: `free_slots` books more are within the cap as things stand.

    Whoever gives `to_return` books back by `return_by`, at a facility or else `at_library`, is lent `would_be_lent`.
    """

    run_date: date
    return_by: date | None
    at_library: bool
    free_slots: int
    to_return: int
    would_be_lent: int

    def in_words(self, today: date, policy: Policy) -> str:
        """What giving back does, in one sentence: 「日曜までに2冊返すと、木曜に5冊」."""
        day = _near(self.run_date, today)
        if not self.would_be_lent:
            return f"{day}に貸し出せる本は、いまのところありません。"
        if not self.to_return or self.return_by is None:
            return f"{day}に{self.would_be_lent}冊を貸し出せます。"
        place = f"{policy.owner_word}に" if self.at_library else ""
        returned = f"{_near(self.return_by, today)}までに{place}{self.to_return}冊返すと"
        return f"{returned}、{day}に{self.would_be_lent}冊を貸し出せます。"


def runs_to_come(
    patron_id: str, loans: Sequence[Loan], shelf: Shelf, moment: datetime, calendar: Calendar, policy: Policy
) -> list[RunToCome]:
    """The next runs that take place for a patron, and what each of them lends (RULES 51).

    Args:
        loans: the patron's.
    """
    now = in_tokyo(moment)
    shelf, lent = _as_planned(shelf, patron_id, now.date())
    weeks = weeks_from(week_of_next_run(now, calendar, policy).run_date, policy)
    found = []
    for week in islice((week for week in weeks if calendar.reaches(patron_id, week.run_date)), RUNS):
        patron = _at_run(shelf.patrons[patron_id], loans, lent, week, policy)
        people = {**shelf.patrons, patron_id: patron}
        decisions = allocate(shelf.holds, shelf.copies, people, calendar, policy, run_of_week(week))
        found.append(_line(patron, decisions, loans, week, now, calendar, policy))
        lent += sum(each.decision is Outcome.LEND for each in decisions if each.patron_id == patron_id)
        shelf = _after(shelf, decisions)
    return found


def _line(
    patron: Patron,
    decisions: Iterable[RunDecision],
    loans: Sequence[Loan],
    week: Week,
    now: datetime,
    calendar: Calendar,
    policy: Policy,
) -> RunToCome:
    mine = [each for each in decisions if each.patron_id == patron.patron_id]
    lent = sum(each.decision is Outcome.LEND for each in mine)
    kept = sum(each.decision is Outcome.KEEP_ASIDE and each.code is Code.CAP for each in mine)
    return_by, at_library = _return_by(now.date(), week.run_date, calendar, policy)
    returnable = sum(_can_be_given_back(loan, return_by) for loan in loans) if return_by else 0
    room = patron.cap_on(week.cycle) - patron.loans
    # Who has more than the cap allows gives those back first.
    too_many = max(0, -room)
    more = max(0, min(kept, returnable - too_many))
    to_return = more + too_many if more else 0
    return RunToCome(week.run_date, return_by, at_library, max(0, room), to_return, lent + more)


def _return_by(today: date, run_date: date, calendar: Calendar, policy: Policy) -> tuple[date | None, bool]:
    """The last day to give a book back that is to be checked in before a run: at a facility, or at the library."""
    days = list(each_day(today, run_date - DAY))[::-1]
    carried = next((day for day in days if return_checked_in_by(day, policy) < run_date), None)
    return (carried, False) if carried else (next(filter(calendar.prefectural_open, days), None), True)


def _can_be_given_back(loan: Loan, day: date) -> bool:
    return not (loan.lost or loan.damaged) and loan.state_on(day) in ("to_collect", "window_over", "on_loan")


def _at_run(patron: Patron, loans: Iterable[Loan], lent: int, week: Week, policy: Policy) -> Patron:
    """The patron as a run finds them: with what was lent until then, without what is on its way back."""
    back = sum(_is_back_by(loan, week.run_date, policy) for loan in loans)
    return replace(patron, loans=max(0, patron.loans - back) + lent)


def _is_back_by(loan: Loan, run_date: date, policy: Policy) -> bool:
    if loan.declared and loan.declared.place == PREFECTURAL:
        return loan.declared.on < run_date
    released = in_tokyo(loan.released_at).date() if loan.released_at else None
    given_back = loan.declared.on if loan.declared else released
    return given_back is not None and return_checked_in_by(given_back, policy) < run_date


def _as_planned(shelf: Shelf, patron_id: str, today: date) -> tuple[Shelf, int]:
    """The shelf once staff have fetched what is planned, and how many books of it are lent to the patron."""
    planned = [
        (copy.pull.patron_id, copy.title_id, copy.barcode, Outcome(copy.pull.decision))
        for copies in shelf.copies.values()
        for copy in copies
        if copy.pull and copy.pull.stands_on(today) and copy.state in (CopyState.ON_SHELF, CopyState.KEPT_ASIDE)
    ]
    held = {(hold.patron_id, hold.title_id) for hold in shelf.holds}
    stands = {barcode: (who, title, what) for who, title, barcode, what in planned if (who, title) in held}
    lent = sum(who == patron_id and what is Outcome.LEND for who, _, what in stands.values())
    return _taken(shelf, stands), lent


def _after(shelf: Shelf, decisions: Iterable[RunDecision]) -> Shelf:
    return _taken(
        shelf, {each.barcode: (each.patron_id, each.title_id, each.decision) for each in decisions if each.barcode}
    )


def _taken(shelf: Shelf, taken: Mapping[str, tuple[str, str, Outcome]]) -> Shelf:
    """The shelf without the books that are taken, by bar code, and without their holds; kept ones are secured.

    With a hold of a group the others of it end (RULES 48).
    """
    by_hold = {(who, title): (barcode, what) for barcode, (who, title, what) in taken.items()}
    answered = {(hold.patron_id, hold.group) for hold in shelf.holds if (hold.patron_id, hold.title_id) in by_hold}
    holds = []
    for hold in shelf.holds:
        barcode, what = by_hold.get((hold.patron_id, hold.title_id), ("", Outcome.NONE))
        if what is Outcome.NONE:
            if not hold.group or (hold.patron_id, hold.group) not in answered:
                holds.append(hold)
        elif what is Outcome.KEEP_ASIDE:
            holds.append(replace(hold, status=HoldStatus.SECURED, barcode=barcode))
    copies = {
        title: [_taken_copy(copy, taken[copy.barcode][2]) if copy.barcode in taken else copy for copy in each]
        for title, each in shelf.copies.items()
    }
    return Shelf(holds, copies, shelf.patrons)


def _taken_copy(copy: Copy, what: Outcome) -> Copy:
    state = CopyState.KEPT_ASIDE if what is Outcome.KEEP_ASIDE else CopyState.ON_LOAN
    return replace(copy, state=state, pull=None)


def _near(day: date, today: date) -> str:
    """A day of the seven to come by its name, a later one by its date."""
    near = (day - today).days < DAYS_OF_WEEK
    return f"{weekdays_in_words([day.weekday()])}曜" if near else day_in_words(day)
