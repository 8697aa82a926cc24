"""The HTTP status of a refusal, by its code in the one catalogue (docs/api.md, common)."""

from http import HTTPStatus

from lending.domain.problems import Refused

CODES = {
    HTTPStatus.BAD_REQUEST: ("malformed", "bad_cursor"),
    HTTPStatus.UNAUTHORIZED: ("not_signed_in",),
    HTTPStatus.FORBIDDEN: ("wrong_group", "not_by_site", "not_from_here"),
    HTTPStatus.NOT_FOUND: ("not_found", "unknown_barcode", "unknown_card"),
    HTTPStatus.METHOD_NOT_ALLOWED: ("method_not_allowed",),
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: ("too_large",),
    HTTPStatus.UNPROCESSABLE_ENTITY: (
        "invalid_fields",
        "invalid_field",
        "unknown_field",
        "one_of_these",
        "missing_field",
        "too_long",
        "not_that_image",
        "facility_without_kits",
        "unknown_facility",
        "unknown_district",
        "no_range",
        "covers_nothing",
        "expires_in_past",
        "nothing_sought",
        "unknown_pickup_place",
        "ends_before_it_starts",
        "facility_not_asked",
        "no_opting_in",
        "before_pickup_opens",
        "number_of_nobody",
        "same_title",
        "unknown_title",
        "barcode_twice",
        "no_batch",
        "not_later",
        "no_such_hold",
        "pause_is_over",
        "closed_day",
    ),
    HTTPStatus.TOO_MANY_REQUESTS: ("too_soon",),
    HTTPStatus.INTERNAL_SERVER_ERROR: ("internal",),
    HTTPStatus.SERVICE_UNAVAILABLE: ("busy", "closed"),
}
_STATUSES = {code: status for status, codes in CODES.items() for code in codes}


def status_of(refusal: Refused) -> int:
    """The status of a refusal. What is not named here goes against how things are, not against what was sent."""
    return int(_STATUSES.get(refusal.code, HTTPStatus.CONFLICT))
