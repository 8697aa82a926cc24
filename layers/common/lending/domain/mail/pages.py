"""The pages that mails send people to, as they follow the site's address."""

from enum import StrEnum


class Page(StrEnum):
    """A page of the site."""

    START = "/"
    APPLICATION = "/apply.html"
    RENEWAL = "/apply.html?kind=renewal"
    APPLICATION_STATUS = "/status.html"
    MY_LIBRARY = "/library.html"
    PASSWORD = "/password.html"  # noqa: S105 - the name of a page
    CONFIRM_ADDRESS = "/confirm.html"
