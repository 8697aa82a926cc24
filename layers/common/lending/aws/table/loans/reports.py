"""Facilities' reports: FACILITY#nnn / REPORT#name; `work` lists the open ones, the oldest first (RULES 54)."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from lending.aws.table.codec import Item, attributes, epoch, stamp, value_of, values_of
from lending.aws.table.store import Table
from lending.aws.table.writes import Key, Write, put, still
from lending.domain.calendar.facility import in_order
from lending.domain.loans.report import Report
from lending.domain.policy import Policy

_WORK = "REPORT"


def key(facility: str, name: str) -> Key:
    """The key of a report."""
    return f"FACILITY#{in_order(facility)}", f"REPORT#{name}"


def report_id(report: Report) -> str:
    """What the desk calls it."""
    return f"{report.facility}.{report.name}"


def find(table: Table, facility: str, name: str) -> Report | None:
    """The report as of now."""
    item = table.get(key(facility, name))
    return value_of(Report, item) if item else None


def find_by_id(table: Table, text: str) -> Report | None:
    """The report that the desk calls so."""
    facility, _, name = text.partition(".")
    return find(table, facility, name) if facility.isdecimal() and name else None


def page(table: Table, limit: int, start: Any = None) -> tuple[list[Report], Item | None]:
    """Some of the open reports, the oldest first, and where the list goes on."""
    found = table.page(_WORK, index="work", limit=limit, start=start)
    return list(values_of(Report, found.items)), found.last


def record(before: Report | None, after: Report) -> Write:
    """A report is there and open, if it still is what was read."""
    condition, was = _still(before)
    order = f"{stamp(after.reported_at)}#{report_id(after)}"
    item = attributes(after) | {"work": _WORK, "work_order": order}
    return put(key(after.facility, after.name), item, condition, **was)


def end(report: Report, moment: datetime, by: str, policy: Policy) -> Write:
    """The report is done, if it still is what was read. It vanishes after the policy's days (RULES 41)."""
    condition, was = _still(report)
    gone = epoch(moment + timedelta(days=policy.history_days))
    done = attributes(replace(report, done_at=moment, done_by=by)) | {"expires_at": gone}
    return put(key(report.facility, report.name), done, condition, **was)


def _still(report: Report | None) -> tuple[str, Item]:
    return still(attributes(report) if report else {}, "reported_at", "done_at")
