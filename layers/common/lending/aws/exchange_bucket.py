"""The bucket of files to and from the library's own system (RULES 43): in/copies/…, out/movements/…, candidates/…."""

import json
from datetime import datetime
from urllib.parse import unquote_plus

from botocore.exceptions import ClientError

from lending.aws.clients import client
from lending.aws.settings import settings
from lending.domain.week import in_tokyo

COPIES, ANSWERS = "in/copies/", "in/candidates/"
_CSV = ".csv"


def arrived(notification: str) -> list[tuple[str, datetime]]:
    """The keys of the tables that a notification tells of, and when each came; S3's test event has none."""
    records = json.loads(notification).get("Records", [])
    told = [(unquote_plus(record["s3"]["object"]["key"]), record["eventTime"]) for record in records]
    return [
        (key, in_tokyo(datetime.fromisoformat(moment)))
        for key, moment in told
        if key.startswith((COPIES, ANSWERS)) and key.lower().endswith(_CSV)
    ]


def content(key: str) -> bytes | None:
    """What is in a file, None if it is not there any more."""
    try:
        return bytes(client("s3").get_object(Bucket=settings().exchange_bucket, Key=key)["Body"].read())
    except ClientError as error:
        if error.response["Error"]["Code"] == "NoSuchKey":
            return None
        raise


def candidates_of(run: str) -> bytes | None:
    """What was asked about the candidates of a run, None if nothing was."""
    return content(_question(run))


def put_candidates(run: str, data: bytes) -> None:
    """Ask about the candidates of a run; what was asked before stays as it is."""
    try:
        _put(_question(run), data, IfNoneMatch="*")
    except ClientError as error:
        if error.response["Error"]["Code"] != "PreconditionFailed":
            raise


def _question(run: str) -> str:
    return f"out/candidates/{run}{_CSV}"


def put_movements(name: str, data: bytes) -> None:
    """A file of movements for the library's own system to fetch."""
    _put(f"out/movements/{name}", data)


def _put(key: str, data: bytes, **how: str) -> None:
    client("s3").put_object(Bucket=settings().exchange_bucket, Key=key, Body=data, ContentType="text/csv", **how)
