"""The player of the weeks: everything happens through the surfaces people and AWS use, and ends at this moment.

First a whole story is told, from the registration until the next in the queue has the book. Then work of every kind is
left open: there is something to see and to do today. All days are those of the library's own weeks.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

from infra.local import open_work, scheduler, story
from infra.local.played_weeks import PlayedWeeks, at, evening_before, played_weeks, renewable_days
from infra.local.player import Act, Player, Step
from infra.local.stack import Stack
from lending.domain.policy import Policy
from lending.domain.week import DAY, TOKYO

Diary = list[tuple[datetime, Act]]


def play(stack: Stack, now: datetime, tell: Callable[[Act, Step], None] = lambda act, step: None) -> list[Step]:
    """Play the weeks up to a moment on a loaded stack.

    Args:
        tell: called with each step as it happens, and with the act that made it.

    Raises:
        RuntimeError: something did not happen as the rules say.
    """
    weeks = played_weeks(now, stack.library.policy)
    player = Player(stack, lambda step: None, weeks)
    for moment, act in diary(now, weeks):
        player.tell = partial(tell, act)
        act(player, moment)
    return player.steps


def diary(now: datetime, weeks: PlayedWeeks) -> Diary:
    """What has happened by now, whatever day of the week it is, in the order of time.

    The scheduled jobs are played where something comes of them; at the end those of this week are made up for.
    """
    entries = [*_story(weeks), *_latest_run(weeks, now), *_before_today(now, weeks.policy)]
    return sorted(((moment, act) for moment, act in entries if moment <= now), key=lambda entry: entry[0])


def _story(weeks: PlayedWeeks) -> Diary:
    """From the form to the next reader."""
    first, second, mailed = weeks.first, weeks.second, weeks.mailed_at(weeks.first)
    day, registered = first.run_date, weeks.registered_on
    return [
        (at(registered - DAY, 10), story.people_apply),
        (at(registered, 14), story.staff_register),
        (at(registered, 18), story.people_sign_in),
        (evening_before(first), story.people_place_holds),
        (weeks.starts(first), story.thursday_run),
        (at(day, 9, 30), story.staff_pull_and_pack),
        (at(day, 13), story.crates_leave),
        (at(day, 14), story.staff_pull_for_the_counter),
        (at(day + DAY, 10), story.ready_mail_goes_out),
        (at(day + DAY, 15), story.lent_at_the_counter),
        (mailed, story.lending_mail),
        (mailed + timedelta(hours=2), story.a_mail_bounces),
        (mailed + timedelta(hours=2), story.address_is_mended),
        (max(mailed + timedelta(hours=3), at(day + DAY, 12)), story.other_mails_fare_otherwise),
        (at(first.pickup_from, 10), story.two_of_three_collect),
        *((weeks.starts(week), story.the_run_between) for week in weeks.between),
        (weeks.released_at(first), story.sunday_release),
        (weeks.back_at, story.books_come_back),
        (weeks.back_at, story.missing_books_are_found),
        (evening_before(second), open_work.more_place_holds),
        (weeks.starts(second), story.thursday_run),
        (at(second.run_date, 9, 30), story.next_in_the_queue),
        # Its bags can be collected until those of the latest run can.
        (at(second.run_date, 13), story.crates_leave),
        (weeks.mailed_at(second), open_work.lending_mail),
        (at(second.pickup_from, 10), open_work.first_bags_are_collected),
    ]


def _latest_run(weeks: PlayedWeeks, now: datetime) -> Diary:
    """The latest run, and the last days of the bags before it."""
    latest, second = weeks.latest, weeks.second
    day = latest.run_date
    return [
        (evening_before(latest), open_work.people_place_holds),
        (weeks.starts(latest), story.thursday_run),
        (min(now, at(day, 9, 30)), open_work.pack_in_the_morning),
        (at(day, 15), open_work.pack_in_the_afternoon),
        (at(day, 15), story.crates_leave),
        *((at(day - days * DAY, 23), open_work.weeks_are_counted) for days in (18, 11, 4, 0)),
        (weeks.mailed_at(latest), open_work.lending_mail),
        (at(latest.pickup_from - DAY, 15), open_work.two_are_not_found),
        (at(second.pickup_until, 16), open_work.last_bags_are_collected),
        (weeks.released_at(second), open_work.nothing_is_left),
        (at(latest.pickup_from + DAY, 10), open_work.one_bag_is_collected),
    ]


def _before_today(now: datetime, policy: Policy) -> Diary:
    """Work that is left open, whatever day it is."""
    today, yesterday = now.date(), now.date() - DAY
    return [
        (at(today - renewable_days(policy) * DAY, 11), open_work.a_visitor_borrows),
        (at(today - 3 * DAY, 20), open_work.two_want_to_come),
        (at(today - 2 * DAY, 14), open_work.books_are_ready),
        (at(yesterday, 10), open_work.daily_notices),
        (at(yesterday, 23), open_work.weeks_are_counted),
        (at(yesterday, 11), open_work.a_mailbox_is_full),
        (at(yesterday, 15), open_work.one_comes_to_the_window),
        (at(yesterday, 20), open_work.more_want_to_come),
        (at(yesterday, 21), open_work.one_applies),
        (at(today, 10), open_work.daily_notices),
        (counter_pull(now, policy), open_work.pull_for_the_counter),
        (now, open_work.one_moves),
        (now, scheduler.jobs_are_made_up_for),
        (now, open_work.look_around),
    ]


def counter_pull(now: datetime, policy: Policy) -> datetime:
    """The latest scheduled pull of today, or this moment if there was none yet: staff may ask for it early."""
    scheduled = (datetime.combine(now.date(), each, TOKYO) for each in policy.pull_times)
    return max((moment for moment in scheduled if moment <= now), default=now)
