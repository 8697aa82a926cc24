"""Traces of what staff looked at or did: PATRON#id, APPLICATION#receipt, TITLE#id or LIST#name / TRACE#… (RULES 41)."""

from datetime import timedelta

from lending.aws.table.codec import attributes, epoch, stamp
from lending.aws.table.patrons import partition
from lending.aws.table.writes import Write, put
from lending.domain.viewing import Viewing

KEPT = timedelta(days=365)


def on_patron(patron_id: str, viewing: Viewing) -> Write:
    """Who looked at a patron's record or changed it, when, and what for."""
    return _on(partition(patron_id), viewing)


def on_application(receipt_number: str, viewing: Viewing) -> Write:
    """Who looked at an application or its images, when, and what for."""
    return _on(f"APPLICATION#{receipt_number}", viewing)


def on_title(title_id: str, viewing: Viewing) -> Write:
    """Who looked at a title's queue, when, and what for. It stays with the title: one look, however many wait."""
    return _on(f"TITLE#{title_id}", viewing)


def on_list(name: str, viewing: Viewing) -> Write:
    """Who looked through a list that names patrons, when, and what for. It stays with the list."""
    return _on(f"LIST#{name}", viewing)


def _on(pk: str, viewing: Viewing) -> Write:
    item = attributes(viewing) | {"expires_at": epoch(viewing.at + KEPT)}
    return put((pk, f"TRACE#{stamp(viewing.at)}#{viewing.by}"), item)
