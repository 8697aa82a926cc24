"""A patron says to have given a book back; only the check-in ends the loan (RULES 32, 52)."""

from dataclasses import replace

from lending.actions.library import Library
from lending.aws.table import again_when_overtaken
from lending.aws.table.calendar import facilities
from lending.aws.table.loans import loans
from lending.domain.holds.hold import PREFECTURAL
from lending.domain.loans.loan import Declaration, Loan, faults_of_declaration, refusals_to_declare
from lending.domain.problems import Reason, Refused


@again_when_overtaken
def declare_returned(library: Library, patron_id: str, barcode: str, declared: Declaration) -> Loan:
    """Note when and where a book was given back. Said again, it is noted already.

    Raises:
        Refused: with every reason at once, or there is no such loan.
    """
    loan = loans.find(library.table, patron_id, barcode)
    if loan is None:
        raise Refused("not_found")
    faults = faults_of_declaration(loan, declared, library.today)
    if declared.place != PREFECTURAL and facilities.find(library.table, declared.place) is None:
        faults.append(Reason("unknown_facility", field="place"))
    if faults:
        raise Refused("invalid_fields", *faults)
    if reasons := refusals_to_declare(loan, declared, library.today):
        raise Refused.for_all(reasons)
    if loan.declared:
        return loan
    after = replace(loan, declared=declared)
    library.table.write(loans.change(loan, after))
    return after
