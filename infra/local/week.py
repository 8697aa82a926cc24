"""The player of the weeks: everything happens through the surfaces people and AWS use, and ends at this moment.

First a whole story is told, from the registration until the next in the queue has the book; its first Thursday lies
three weeks before the latest run. Then work of every kind is left open: there is something to see and to do today.
"""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta

from infra.local import open_work, story
from infra.local.player import Player, Step
from infra.local.stack import Stack
from lending.domain.policy import Policy
from lending.domain.week import TOKYO, run_due_at

Act = Callable[[Player, datetime], None]
Diary = list[tuple[datetime, Act]]


def play(stack: Stack, now: datetime, tell: Callable[[Step], None] = lambda step: None) -> list[Step]:
    """Play the weeks up to a moment on a loaded stack.

    Args:
        tell: called with each step as it happens.

    Raises:
        RuntimeError: something did not happen as the rules say.
    """
    player = Player(stack, tell)
    for at, act in diary(now):
        act(player, at)
    return player.steps


def diary(now: datetime) -> Diary:
    """What has happened by now, whatever day of the week it is, in the order of time; days count from the latest run.

    The scheduled jobs are played where something comes of them.
    """
    run_date = run_due_at(now, Policy())
    entries = [*_story(run_date), *_latest_run(run_date, now), *_before_today(now)]
    return sorted(((at, act) for at, act in entries if at <= now), key=lambda entry: entry[0])


def _story(run_date: date) -> Diary:
    """From the form to the next reader: its first run is that of day -21."""
    return [
        (_at(run_date, -24, 10), story.people_apply),
        (_at(run_date, -23, 14), story.staff_register),
        (_at(run_date, -23, 18), story.people_sign_in),
        (_at(run_date, -22, 20), story.people_place_holds),
        (_at(run_date, -21, 8, 30), story.thursday_run),
        (_at(run_date, -21, 9, 30), story.staff_pull_and_pack),
        (_at(run_date, -21, 13), story.crates_leave),
        (_at(run_date, -21, 14), story.staff_pull_for_the_counter),
        (_at(run_date, -20, 10), story.ready_mail_goes_out),
        (_at(run_date, -20, 15), story.lent_at_the_counter),
        (_at(run_date, -19, 9), story.lending_mail),
        (_at(run_date, -19, 11), story.a_mail_bounces),
        (_at(run_date, -19, 12), story.other_mails_fare_otherwise),
        (_at(run_date, -18, 10), story.two_of_three_collect),
        (_at(run_date, -14, 8, 30), story.the_run_between),
        (_at(run_date, -11, 22), story.sunday_release),
        (_at(run_date, -8, 15), story.books_come_back),
        (_at(run_date, -8, 20), open_work.two_more_place_holds),
        (_at(run_date, -7, 8, 30), story.thursday_run),
        (_at(run_date, -7, 9, 30), story.next_in_the_queue),
        # Its bags can be collected until day 3.
        (_at(run_date, -7, 13), story.crates_leave),
        (_at(run_date, -5, 9), open_work.lending_mail),
        (_at(run_date, -4, 10), open_work.first_bags_are_collected),
    ]


def _latest_run(run_date: date, now: datetime) -> Diary:
    """The bags of the latest run can be collected from day 3 on."""
    return [
        (_at(run_date, -1, 20), open_work.people_place_holds),
        (_at(run_date, 0, 8, 30), story.thursday_run),
        (min(now, _at(run_date, 0, 9, 30)), open_work.pack_in_the_morning),
        (_at(run_date, 0, 15), open_work.pack_in_the_afternoon),
        (_at(run_date, 0, 15), story.crates_leave),
        *((_at(run_date, days, 23), open_work.weeks_are_counted) for days in (-18, -11, -4, 0)),
        (_at(run_date, 2, 9), open_work.lending_mail),
        (_at(run_date, 2, 15), open_work.two_are_not_found),
        (_at(run_date, 3, 16), open_work.last_bags_are_collected),
        (_at(run_date, 3, 22), open_work.nothing_is_left),
        (_at(run_date, 4, 10), open_work.one_bag_is_collected),
    ]


def _before_today(now: datetime) -> Diary:
    """Work that is left open, whatever day it is."""
    today = now.date()
    return [
        (_at(today, -12, 11), open_work.a_visitor_borrows),
        (_at(today, -3, 20), open_work.two_want_to_come),
        (_at(today, -2, 14), open_work.books_are_ready),
        (_at(today, -1, 10), open_work.daily_notices),
        (_at(today, -1, 23), open_work.weeks_are_counted),
        (_at(today, -1, 11), open_work.a_mailbox_is_full),
        (_at(today, -1, 15), open_work.one_comes_to_the_window),
        (_at(today, -1, 20), open_work.more_want_to_come),
        (_at(today, -1, 21), open_work.one_applies),
        (_at(today, 0, 10), open_work.daily_notices),
        (counter_pull(now), open_work.pull_for_the_counter),
        (now, open_work.one_moves),
        (now, open_work.look_around),
    ]


def counter_pull(now: datetime) -> datetime:
    """The latest scheduled pull of today, or this moment if there was none yet: staff may ask for it early."""
    scheduled = (datetime.combine(now.date(), each, TOKYO) for each in Policy().pull_times)
    return max((at for at in scheduled if at <= now), default=now)


def _at(day: date, days: int, hours: int, minutes: int = 0) -> datetime:
    return datetime.combine(day + timedelta(days=days), time(hours, minutes), TOKYO)
