"""Who is this? People are searched for at the desk when they have no card with them (RULES 41, 44)."""

from typing import Any

from lending.actions.library import Library
from lending.aws.table.grouped import write_what_holds
from lending.aws.table.patrons import audit_log, patrons, people
from lending.domain.patrons.audit_log import Act, Deed
from lending.domain.patrons.patron import Patron
from lending.domain.patrons.people import PersonSearch, fits, where_to_look
from lending.domain.problems import Reason, Refused


def search_people(
    library: Library, sought: PersonSearch, staff: str, why: str, limit: int, start: Any = None
) -> tuple[list[Patron], Any]:
    """Some of the people who fit all that is asked, and where the list goes on; each has the trace first (RULES 41).

    Args:
        why: what for, as staff say it.

    Raises:
        Refused: nothing is asked that people are found by.
    """
    place = where_to_look(sought)
    if place is None:
        fields = ("name", "kana", "phone", "birth_date")
        raise Refused("invalid_fields", Reason("nothing_sought", {"one_of": list(fields)}, field=fields[0]))
    ids, last = people.page(library.table, place, limit, start)
    known = patrons.find_many(library.table, set(ids))
    found = [known[patron_id] for patron_id in ids if patron_id in known and fits(known[patron_id], sought)]
    look = Act(library.moment, staff, Deed.LOOK, why)
    write_what_holds(
        library.table, (audit_log.entry_of_patron(patron.patron_id, look, library.policy) for patron in found)
    )
    return found, last
