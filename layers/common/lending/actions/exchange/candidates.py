"""The candidates of a coming run: asked about just before it, and what is answered (RULES 43)."""

from datetime import date

from lending.actions.exchange.told_changes import carry_out, changes_of, refused, taken_away
from lending.actions.library import Library
from lending.actions.run.run_input import copies_waited_for
from lending.aws.exchange_bucket import candidates_of, put_candidates
from lending.aws.table import Overtaken
from lending.aws.table.catalogue import copies
from lending.aws.table.exchange import answers, copies_files
from lending.aws.table.exchange.answers import Answer
from lending.aws.table.run import runs
from lending.aws.telemetry import logger
from lending.domain.exchange.candidates import (
    answer_takes_too_much,
    answer_to,
    asked_about,
    candidates,
    file_of_candidates,
)
from lending.domain.exchange.copies_file import NotWhole, read_copies
from lending.domain.run_id import RunId
from lending.domain.week import is_run_day


def ask_about_candidates(library: Library) -> dict[str, int]:
    """Put the copies that the run of the day could take into a file; what was asked before stays as it is.

    Returns:
        How many `candidates` there are; none on a day without a run, once it was begun, or if nobody is to be asked.
    """
    if not library.policy.candidates or not _is_ahead(library, library.today):
        return {"candidates": 0}
    barcodes = candidates(copies_waited_for(library.table))
    if barcodes:
        put_candidates(RunId.of_weekly_run(library.today), file_of_candidates(barcodes))
    return {"candidates": len(barcodes)}


def _is_ahead(library: Library, day: date) -> bool:
    """Whether a day is a regular one of a run, which was not begun."""
    return is_run_day(day, library.policy) and runs.find(library.table, RunId.of_weekly_run(day)) is None


def take_in_answer(library: Library, run: str, data: bytes) -> str:
    """Take in what is away of the candidates, on the day of their run; safe to repeat.

    Args:
        library: as of the moment at which the answer came.
        run: the name of the run that the answer says it is for.

    Returns:
        `taken`, `older` than another file or the day, or why it was refused: `unknown`, `columns`, `cut`, `too_much`.
    """
    question = candidates_of(run)
    if question is None:
        return refused("unknown")
    asked, newest = asked_about(question), copies_files.newest(library.table)
    if run != library.today.isoformat() or (newest and newest.moment > library.moment):
        return "older"
    try:
        told = answer_to(asked, read_copies(data, of_all=False))
    except NotWhole as fault:
        return refused(str(fault))
    found = copies.find_many(library.table, sorted(told.elsewhere.keys() | told.on_shelf))
    if answer_takes_too_much(taken_away(found, told), len(asked), library.policy):
        return refused("too_much")
    known = {each.barcode: each for each in copies_files.differences(library.table)}
    writes = [write for copy in found for write in changes_of(library, copy, told, known.get(copy.barcode))]
    run_id = RunId.of_weekly_run(library.today)
    try:
        carry_out(library.table, newest, writes)
        library.table.write(answers.answer_record(Answer(run_id, library.moment, len(told.elsewhere))))
    except Overtaken:
        return "older"
    logger().info("an answer about candidates was taken in", extra={"asked": len(asked), "away": len(told.elsewhere)})
    return "taken"
