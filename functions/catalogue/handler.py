"""Schedule: every night the file that is searched takes up what has changed in the catalogue."""

from typing import Any

from lending.actions.catalogue.refresh_search import renew_search
from lending.aws.schedules import Summary, carry_out_job
from lending.aws.settings import settings
from lending.aws.table import library_table


def handler(event: dict[str, Any], context: Any) -> Summary:
    """Carry out the job; without changes it does nothing."""
    return carry_out_job({"renew_search": lambda _: renew_search(library_table(), settings().catalogue_bucket)}, event)
