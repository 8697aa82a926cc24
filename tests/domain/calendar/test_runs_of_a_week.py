"""One to three runs a week, of any library: what belongs together stays together (RULES "The week", 14-36, 57)."""

from collections import Counter
from datetime import date, datetime, time, timedelta
from itertools import islice, pairwise

from hypothesis import example, given, reject, settings
from hypothesis import strategies as some
from pydantic import ValidationError

from lending.domain.calendar.calendar import Calendar, LatestRun
from lending.domain.calendar.coming_weeks import coming_week, week_of_next_run
from lending.domain.loans.release import latest_closing, release_moment
from lending.domain.operations import jobs_of_week
from lending.domain.policy import Policy
from lending.domain.week import (
    DAY,
    TOKYO,
    Week,
    closed_batch,
    each_day,
    is_mail_day,
    is_run_day,
    next_run_after,
    opened_batch,
    pickup_change_counts_from,
    renewal_window,
    return_checked_in_by,
    run_due_at,
    run_due_from,
    runs_from,
    week_of_run,
    weeks_collected_from,
    weeks_mailed_at,
    weeks_opening,
)
from tests.library import aomori
from tests.weeks import runs_of_week

FIRST, LAST = date(2026, 6, 1), date(2026, 6, 21)
DAYS = list(each_day(FIRST, LAST))
SECOND = timedelta(seconds=1)

_RUN = some.fixed_dictionaries({
    "cut_off": some.sampled_from([time(0), time(8, 30), time(8, 31), time(12), time(23, 59)]),
    "cut_off_days_before": some.integers(0, 2),
    "mail_days_after": some.integers(0, 4),
    "pickup_days_after": some.integers(1, 9),
    "pickup_days": some.integers(1, 15),
    "checked_in_days_after_pickup": some.integers(0, 4),
    "place_change_days_before": some.integers(0, 3),
})  # fmt: skip


@some.composite
def _policies(draw: some.DrawFn) -> Policy:
    """A week that goes together; runs mostly have the same days."""
    weekdays = draw(some.sets(some.integers(0, 6), min_size=1, max_size=3))
    like = draw(_RUN)
    runs = [{**like, **draw(some.sampled_from([{}, {}, {"pickup_days": 3}, draw(_RUN)])), "weekday": day}
            for day in weekdays]  # fmt: skip
    try:
        return aomori(runs=runs_of_week(*runs), run_at=draw(some.sampled_from([time(8, 32), time(20)])))
    except ValidationError:
        return reject()


policies = _policies()
# Each looks at every day of some weeks.
a_few = settings(max_examples=40)
moments = some.integers(0, 28 * 86400).map(lambda seconds: datetime.combine(FIRST, time(), TOKYO) + seconds * SECOND)


def _weeks(policy: Policy) -> list[Week]:
    """Those of the runs from a month before the days looked at until a month after."""
    days = each_day(FIRST - timedelta(days=35), LAST + timedelta(days=35))
    return [week_of_run(day, policy) for day in days if is_run_day(day, policy)]


@a_few
@given(policies)
def test_the_weeks_follow_each_other_in_order(policy: Policy) -> None:
    weeks = _weeks(policy)
    # GIVEN the runs of a library THEN each is the next of the one before, and none comes in between (RULES 57)
    assert [week.run_date for week in weeks] == list(islice(runs_from(weeks[0].run_date, policy), len(weeks)))
    for week, following in pairwise(weeks):
        assert week.next_run == following.run_date
        # what counts for the earlier one comes earlier
        assert week.cut_off < following.cut_off
        assert week.pickup_from < following.pickup_from
        assert week.mail_on <= following.mail_on
    for week in weeks:
        # AND in each week one thing comes after the other
        assert week.cycle == week.run_date
        due_from = run_due_from(week.run_date, policy)
        assert week.cut_off <= due_from < datetime.combine(week.pickup_from, time(), TOKYO)
        assert week.run_date <= week.mail_on <= week.pickup_from <= week.pickup_until <= week.checked_in_by
        assert week.pickup_until <= week.due_on
        assert week.checked_in_by < week.uncollected_run
        assert week.uncollected_run == next(runs_from(week.checked_in_by + DAY, policy))


@given(policies, moments)
def test_a_hold_is_considered_by_the_first_run_whose_cut_off_is_not_before_it(policy: Policy, placed: datetime) -> None:
    wanted = next(week for week in _weeks(policy) if placed <= week.cut_off)
    assert next_run_after(placed, policy) == wanted.run_date
    assert coming_week(placed, Calendar(), policy) == wanted


@given(policies, moments)
def test_the_run_that_is_due_and_the_next_are_neighbours(policy: Policy, moment: datetime) -> None:
    # GIVEN a moment THEN the run that is due is the latest that can be made, and the next one cannot be made yet
    due = week_of_run(run_due_at(moment, policy), policy)
    assert run_due_from(due.run_date, policy) <= moment < run_due_from(due.next_run, policy)
    # AND what counts from the next run counts from that one, unless it has been made on an earlier day
    to_come = week_of_next_run(moment + SECOND, Calendar(), policy)
    assert to_come.run_date == due.next_run
    made = Calendar(latest_run=LatestRun(moment, to_come.cycle, moment.date()))
    assert week_of_next_run(moment + SECOND, made, policy).run_date == to_come.next_run


@a_few
@given(policies)
def test_a_run_on_another_day_is_that_of_one_cycle(policy: Policy) -> None:
    cycles = [week_of_run(day, policy).cycle for day in DAYS]
    # GIVEN a run on any day THEN it belongs to a regular one, whose pickup is still to begin
    assert all(is_run_day(cycle, policy) for cycle in cycles)
    assert all(day < week_of_run(cycle, policy).pickup_from for day, cycle in zip(DAYS, cycles, strict=True))
    # which is its own on a regular day, else the one before, or the next one once the pickup of that has begun
    weeks = _weeks(policy)
    for day, cycle in zip(DAYS, cycles, strict=True):
        before = max((each for each in weeks if each.run_date <= day), key=lambda each: each.run_date)
        assert cycle == (before.run_date if day < before.pickup_from else before.next_run)
    assert cycles == sorted(cycles)


ONE_DAY_FOR_TWO_MAILS = aomori(
    runs=runs_of_week({"weekday": 1, "mail_days_after": 4, "pickup_days_after": 4}, {"weekday": 3})
)


@a_few
@given(policies)
@example(ONE_DAY_FOR_TWO_MAILS)
def test_every_week_gets_its_mails_once(policy: Policy) -> None:
    # GIVEN the days on which the mails' job is done THEN each week has its mails on its own day and no other
    wanted, mailed = _weeks(policy), Counter[Week]()
    for day in DAYS:
        weeks = weeks_mailed_at(datetime.combine(day, policy.mail_at, TOKYO), policy)
        if is_mail_day(day, policy):
            mailed.update(weeks)
        # Asked on any other day it is about the latest that is due.
        assert {week.mail_on for week in weeks} == {max(each.mail_on for each in wanted if each.mail_on <= day)}
    assert mailed == Counter(week for week in wanted if FIRST <= week.mail_on <= LAST)


@a_few
@given(policies)
def test_every_window_is_released_on_its_last_day(policy: Policy) -> None:
    weeks = _weeks(policy)
    for day in DAYS:
        ends = [week for week in weeks if week.pickup_until == day]
        # GIVEN the end of a day THEN the release looks at all windows that end on it, and is due on such days alone
        assert (closed_batch(day, policy) == day) == bool(ends)
        assert latest_closing(release_moment(day, policy), policy) == closed_batch(day, policy)
        looked_at = weeks_opening(day - timedelta(weeks=8), day, policy)
        assert [week for week in looked_at if week.pickup_until == day] == ends
        # AND what can be collected on the day is what opened and has not ended
        opened = max(week.pickup_from for week in weeks if week.pickup_from <= day)
        assert opened_batch(day, policy) == opened
        collected = [week for week in weeks if week.pickup_until >= day]
        assert list(islice(weeks_collected_from(day, policy), 3)) == collected[:3]


@a_few
@given(policies, some.sampled_from(DAYS))
def test_what_is_given_back_goes_with_the_first_carriage(policy: Policy, day: date) -> None:
    # GIVEN a book given back at a facility THEN it is checked in with what the first window after it has left
    ends = [(week.pickup_until, week.checked_in_by) for week in _weeks(policy) if day <= week.pickup_until]
    assert return_checked_in_by(day, policy) == min(ends)[1]


@given(policies, moments)
def test_another_pickup_place_counts_from_the_first_run_it_is_in_time_for(policy: Policy, recorded: datetime) -> None:
    counts_from = pickup_change_counts_from(recorded, lambda _: True, policy)
    run = next(each for each in policy.runs if each.weekday == counts_from.weekday())
    in_time = datetime.combine(counts_from - run.place_change_days_before * DAY, run.place_change_until, TOKYO)
    assert recorded <= in_time <= datetime.combine(counts_from, policy.run_at, TOKYO)
    # AND not from one that was made already
    assert pickup_change_counts_from(recorded, lambda _: True, policy, counts_from) > counts_from


@a_few
@given(policies, some.sampled_from(DAYS))
def test_the_jobs_of_a_week_are_those_of_its_runs(policy: Policy, day: date) -> None:
    # GIVEN a week from Monday to Sunday THEN there is a job for every run, mail and release in it, and no other
    monday = day - day.weekday() * DAY
    jobs = {(due.job, due.due_at.date()) for due in jobs_of_week(monday, policy)}
    found = {
        (job, on)
        for week in _weeks(policy)
        for job, on in (
            ("thursday_run", week.run_date), ("lending_mail", week.mail_on), ("sunday_release", week.pickup_until)
        )
        if monday <= on < monday + timedelta(weeks=1)
    }  # fmt: skip
    assert {(job, on) for job, on in jobs if job in ("thursday_run", "lending_mail", "sunday_release")} == found


@given(policies, some.sampled_from(DAYS))
def test_a_loan_can_be_renewed_up_to_its_due_date(policy: Policy, day: date) -> None:
    due_on = week_of_run(day, policy).due_on
    window = renewal_window(due_on, policy)
    assert window.opens <= window.closes == due_on < window.next_due
