"""Whether who applies is whose card they name (RULES 4)."""

from collections.abc import Iterable
from typing import Any

from lending.domain.patrons.patron import Patron
from lending.domain.registration.application import Application
from lending.domain.registration.kinds import KINDS

_COMPARED = ("name", "kana", "birth_date")


def differences(application: Application, patron: Patron) -> tuple[str, ...]:
    """The fields that say something else in the form than in the record; what either leaves open does not."""
    return tuple(name for name in _COMPARED if _differs(getattr(application, name), getattr(patron, name)))


def unconfirmed(application: Application, patron: Patron, confirmed: Iterable[str]) -> list[str]:
    """What staff have still to confirm before the application changes the record.

    With another birthday it is another person, until they have confirmed by name all that differs.

    Args:
        confirmed: the fields of which they say that it is the same person all the same.
    """
    differing = differences(application, patron)
    if "birth_date" not in differing:
        return []
    # What the application is there to change may differ.
    expected = {*KINDS[application.kind].changes, *confirmed}
    return [name for name in differing if name not in expected]


def _differs(typed: Any, known: Any) -> bool:
    """Spaces in a name do not count."""
    if isinstance(typed, str):
        return bool(typed and known) and "".join(typed.split()) != "".join(str(known).split())
    return bool(typed != known)
