"""What the next runs lend, and what giving books back before them does, RULES 19, 20, 51."""

from dataclasses import replace
from datetime import date, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as some

from lending.domain.calendar.calendar import Calendar
from lending.domain.calendar.closures import Scope, Suspension
from lending.domain.catalogue.title import Copy, CopyState
from lending.domain.holds.hold import Hold, HoldStatus
from lending.domain.loans.loan import Loan
from lending.domain.patrons.patron import Patron
from lending.domain.run.allocation import allocate
from lending.domain.run.outlook import RunToCome, Shelf, runs_to_come
from lending.domain.run.run import Outcome, thursday_run
from lending.domain.week import TOKYO
from tests.library import aomori

POLICY = aomori()
NOW = datetime(2026, 6, 5, 10, tzinfo=TOKYO)  # a Friday
ME = "p-me"


def loan(number: int, **changes: object) -> Loan:
    lent = Loan(ME, f"b-{number}", f"b-{number}", "本", "12", NOW - timedelta(days=9), date(2026, 6, 14))
    return replace(lent, **changes)  # type: ignore[arg-type]


def patron(patron_id: str, loans: int = 0, *, cap: int = 10, blocked: bool = False) -> Patron:
    return Patron(
        patron_id, "", date(1950, 1, 1), date(2099, 3, 31), loans=loans, loan_cap=cap, loan_cap_before=cap,
        blocked=blocked,
    )  # fmt: skip


def hold(patron_id: str, title: str, hours: int) -> Hold:
    placed = NOW - timedelta(hours=hours)
    return Hold(patron_id, title, "12", placed, placed)


def outlook(loans: list[Loan], shelf: Shelf, calendar: Calendar | None = None) -> list[RunToCome]:
    return runs_to_come(ME, loans, shelf, NOW, calendar or Calendar(), POLICY)


def test_two_by_sunday_are_five_on_thursday() -> None:
    # GIVEN somebody with seven of ten books, for whom five lie on their shelves (RULES 51)
    loans = [loan(number) for number in range(7)]
    titles = [f"t-{number}" for number in range(5)]
    shelf = Shelf([hold(ME, title, 9) for title in titles], {title: [Copy(title, title)] for title in titles},
                  {ME: patron(ME, 7)})  # fmt: skip
    first, second, third = outlook(loans, shelf)
    # THEN two given back by Sunday are five on Thursday
    assert first == RunToCome(date(2026, 6, 11), date(2026, 6, 7), False, 3, 2, 5)
    assert first.in_words(NOW.date(), POLICY) == "日曜までに2冊返すと、木曜に5冊を貸し出せます。"
    # AND who does not has three then, and the other two a week later
    assert second == RunToCome(date(2026, 6, 18), date(2026, 6, 14), False, 0, 2, 2)
    assert second.in_words(NOW.date(), POLICY) == "6月14日(日)までに2冊返すと、6月18日(木)に2冊を貸し出せます。"
    assert third.to_return == 2


def test_after_sunday_only_the_library_is_early_enough() -> None:
    monday = NOW + timedelta(days=3)
    shelf = Shelf([hold(ME, "t", 9)], {"t": [Copy("t", "t")]}, {ME: patron(ME, 10)})
    first = runs_to_come(ME, [loan(1)], shelf, monday, Calendar(), POLICY)[0]
    assert first.in_words(monday.date(), POLICY) == "水曜までに県立図書館に1冊返すと、木曜に1冊を貸し出せます。"


def test_without_a_book_nothing_is_promised_and_a_suspended_run_is_none() -> None:
    stopped = Suspension(suspension_id="s", scope=Scope.SERVICE, starts_on=date(2026, 6, 11), ends_on=date(2026, 6, 11))
    runs = outlook([], Shelf([], {}, {ME: patron(ME)}), Calendar(suspensions=(stopped,)))
    assert [run.run_date for run in runs] == [date(2026, 6, 18), date(2026, 6, 25), date(2026, 7, 2)]
    assert runs[0].in_words(NOW.date(), POLICY) == "6月18日(木)に貸し出せる本は、いまのところありません。"


@some.composite
def weeks(draw: some.DrawFn) -> tuple[list[Loan], Shelf]:
    """A patron with books at home and holds, among others of whom some are stopped, and books here and there."""
    known = {f"p-{n}": patron(f"p-{n}", blocked=draw(some.booleans())) for n in range(4)}
    loans = [loan(number, lost=draw(some.integers(0, 5)) == 0) for number in range(draw(some.integers(0, 6)))]
    known[ME] = patron(ME, len(loans), cap=draw(some.integers(1, 7)))
    holds, copies = [], {}
    for number in range(draw(some.integers(0, 6))):
        title = f"t-{number}"
        holders = draw(some.lists(some.sampled_from(list(known)), unique=True, max_size=5))
        holds += [hold(each, title, draw(some.integers(1, 99))) for each in holders]
        states = draw(some.lists(some.sampled_from([CopyState.ON_SHELF, CopyState.ON_LOAN]), max_size=3))
        copies[title] = [Copy(f"{title}-{n}", title, state=state) for n, state in enumerate(states)]
    return loans, Shelf(holds, copies, known)


@settings(max_examples=80)
@given(weeks())
def test_doing_what_it_says_gives_just_that_many_books(week: tuple[list[Loan], Shelf]) -> None:
    # GIVEN any week (RULES 51)
    loans, shelf = week
    at_home = len(loans)
    holds, copies = list(shelf.holds), {title: list(each) for title, each in shelf.copies.items()}
    for line in outlook(loans, shelf):
        # WHEN somebody does what a line says, and the run is made
        run = thursday_run(line.run_date, POLICY)
        me = shelf.patrons[ME]
        done = {**shelf.patrons, ME: replace(me, loans=at_home - line.to_return)}
        lent = [each for each in allocate(holds, copies, done, Calendar(), POLICY, run) if each.patron_id == ME]
        # THEN it lends just that many books
        assert sum(each.decision is Outcome.LEND for each in lent) == line.would_be_lent
        # WHEN they do not, the run is made as well, and staff follow it
        waited = {**shelf.patrons, ME: replace(me, loans=at_home)}
        for each in allocate(holds, copies, waited, Calendar(), POLICY, run):
            if not each.barcode:
                continue
            kept = each.decision is Outcome.KEEP_ASIDE
            at_home += each.patron_id == ME and not kept
            mine = next(h for h in holds if (h.patron_id, h.title_id) == (each.patron_id, each.title_id))
            holds.remove(mine)
            holds += [replace(mine, status=HoldStatus.SECURED, barcode=each.barcode)] if kept else []
            state = CopyState.KEPT_ASIDE if kept else CopyState.ON_LOAN
            copies[each.title_id] = [
                replace(copy, state=state) if copy.barcode == each.barcode else copy for copy in copies[each.title_id]
            ]
