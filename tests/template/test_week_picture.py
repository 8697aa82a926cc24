"""The picture of the week shows the days and times of the library's policy (RULES "The week")."""

import re
from datetime import date
from xml.etree import ElementTree

import pytest

from lending.domain.policy import Policy
from lending.domain.week import DAY, is_run_day, week_of_run
from tests.library import AOMORI, aomori
from tests.template.conftest import ROOT

SVG = "{http://www.w3.org/2000/svg}"
PICTURE = ElementTree.parse(ROOT / "docs" / "images" / "week.svg").getroot()  # noqa: S314 - our own file
# Where the day of the run begins and where the days end, so many of them.
LEFT, RIGHT, DAYS = 40, 920, 18
THURSDAY = date(2026, 6, 4)
DAY_OR_TIME = re.compile(r"\w+day\b|\d\d:\d\d")


def place(days: int) -> int:
    """Where a day begins, so many days after the run."""
    return round(LEFT + days * (RIGHT - LEFT) / DAYS)


def stops(policy: Policy) -> dict[int, tuple[str, str]]:
    """What is to be written where: the day, and beside it what happens on it."""
    week = week_of_run(THURSDAY, policy)
    after = {
        week.run_date: (f"{week.cut_off:%a %H:%M}", "cut-off, run;"),
        week.mail_on: (f"{week.mail_on:%a}", "lending mail"),
        week.pickup_from: (f"{week.pickup_from:%A}", "pickup opens"),
        # The day counts in full: the dot is at its end.
        week.pickup_until + DAY: (f"{week.pickup_until:%A}", f"release at {policy.release_at:%H:%M}"),
        week.checked_in_by: (f"by {week.checked_in_by:%a}", "checked in"),
        week.uncollected_run: (f"{week_of_run(week.uncollected_run, policy).cut_off:%a %H:%M}", "lent to the next"),
        week.due_on: (f"{week.due_on:%A}", "due, or renewed"),
    }
    return {place((day - THURSDAY).days): said for day, said in after.items()}


def drawn() -> dict[int, tuple[str, set[str]]]:
    """The dots by their place, each with its day and what else is written there."""
    texts = [(int(each.attrib["x"]), each.get("class"), str(each.text)) for each in PICTURE.iter(f"{SVG}text")]
    dots = [int(dot.attrib["cx"]) for dot in PICTURE.iter(f"{SVG}circle")]
    assert sorted(x for x, kind, _ in texts if kind == "day") == sorted(dots)
    return {
        dot: (
            next(text for x, kind, text in texts if (x, kind) == (dot, "day")),
            {text for x, kind, text in texts if x == dot and kind != "day"},
        )
        for dot in dots
    }


def differences(policy: Policy) -> set[int]:
    """The places at which the picture is not as a policy has it."""
    want, have = stops(policy), drawn()
    of_both = {at for at in want.keys() & have.keys() if want[at][0] == have[at][0] and want[at][1] in have[at][1]}
    return (want.keys() | have.keys()) - of_both


def test_each_stop_of_the_week_is_on_its_day() -> None:
    assert differences(AOMORI.policy) == set()


def test_a_day_is_a_tick_and_that_of_a_run_a_long_one() -> None:
    ticks = [re.match(r"M(\d+) (\d+)V(\d+)", path.attrib["d"]) for path in PICTURE.iter(f"{SVG}path")]
    long = {int(tick[1]): int(tick[3]) - int(tick[2]) > 10 for tick in ticks if tick}
    assert long == {place(days): is_run_day(THURSDAY + days * DAY, AOMORI.policy) for days in range(DAYS + 1)}


def test_the_days_of_pickup_are_one_band() -> None:
    (band,) = [each for each in PICTURE.iter(f"{SVG}rect") if each.get("class") == "pickup"]
    week = week_of_run(THURSDAY, AOMORI.policy)
    days = [(day - THURSDAY).days for day in (week.pickup_from, week.pickup_until + DAY)]
    x = int(band.attrib["x"])
    assert [x, x + int(band.attrib["width"])] == [place(number) for number in days]
    assert AOMORI.policy.runs[0].pickup_days == 8, "「eight days」 stands beneath it"


def test_who_does_not_see_it_is_told_the_same_days() -> None:
    # GIVEN the days and times in their order
    week, policy = week_of_run(THURSDAY, AOMORI.policy), AOMORI.policy
    moments = f"{week.cut_off:%A %H:%M} {week.mail_on:%A} {week.pickup_from:%A} {week.pickup_until:%A} "
    moments += f"{policy.release_at:%H:%M} {week.checked_in_by:%A} {week.uncollected_run:%A}"
    # THEN the README tells them, and the picture itself
    (said,) = re.findall(r"!\[([^\]]+)\]\(docs/images/week\.svg\)", (ROOT / "README.md").read_text("utf-8"))
    assert DAY_OR_TIME.findall(said) == moments.split()
    told = [*moments.split(), f"{week_of_run(week.uncollected_run, policy).cut_off:%H:%M}", f"{week.due_on:%A}"]
    assert DAY_OR_TIME.findall(PICTURE.findtext(f"{SVG}desc", "")) == told


@pytest.mark.parametrize("changed", [{"pickup_days": 7}, {"mail_days_after": 1}, {"cut_off": "08:00"}])
def test_a_picture_of_another_week_is_found(changed: dict[str, object]) -> None:
    run = AOMORI.policy.runs[0].model_dump() | changed
    assert differences(aomori(runs=(run,))) != set()
