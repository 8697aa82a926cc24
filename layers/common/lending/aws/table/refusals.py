"""Why DynamoDB refused a request."""

from botocore.exceptions import ClientError

_CONDITION_FAILED = "ConditionalCheckFailed"
# What DynamoDB says of a request, or of a write of a cancelled transaction, that it may take a moment later.
_FOR_NOW = frozenset({
    "ThrottlingException", "ThrottlingError", "ProvisionedThroughputExceededException", "ProvisionedThroughputExceeded",
    "RequestLimitExceeded", "TransactionConflictException", "TransactionConflict", "TransactionInProgressException",
})  # fmt: skip


def _reasons(error: ClientError) -> list[str]:
    """Why a transaction was cancelled, write by write; a fine one says the text "None"."""
    return [reason.get("Code", "None") for reason in error.response.get("CancellationReasons", [])]


def failed_conditions(error: ClientError) -> list[int]:
    """Positions of the writes whose condition failed."""
    return [n for n, reason in enumerate(_reasons(error)) if reason == _CONDITION_FAILED]


def passes(error: ClientError) -> bool:
    """Whether a request was refused for nothing but the moment: too much is asked, or another writes the same items."""
    reasons = _reasons(error)
    if _CONDITION_FAILED in reasons:
        return False
    return error.response["Error"]["Code"] in _FOR_NOW or not _FOR_NOW.isdisjoint(reasons)
