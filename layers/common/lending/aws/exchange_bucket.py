"""The bucket of files to and from the library's own system: in/copies/…, out/movements/… (RULES 43)."""

import json
from datetime import datetime
from urllib.parse import unquote_plus

from botocore.exceptions import ClientError

from lending.aws.clients import client
from lending.aws.settings import settings
from lending.domain.week import in_tokyo

_COPIES = "in/copies/"


def arrived_copies(notification: str) -> list[tuple[str, datetime]]:
    """The keys of the files of copies that a notification tells of, and when each came; S3's test event has none."""
    records = json.loads(notification).get("Records", [])
    told = [(unquote_plus(record["s3"]["object"]["key"]), record["eventTime"]) for record in records]
    return [
        (key, in_tokyo(datetime.fromisoformat(moment)))
        for key, moment in told
        if key.startswith(_COPIES) and key.lower().endswith(".csv")
    ]


def content(key: str) -> bytes | None:
    """What is in a file, None if it is not there any more."""
    try:
        return bytes(client("s3").get_object(Bucket=settings().exchange_bucket, Key=key)["Body"].read())
    except ClientError as error:
        if error.response["Error"]["Code"] == "NoSuchKey":
            return None
        raise


def put_movements(name: str, data: bytes) -> None:
    """A file of movements for the library's own system to fetch."""
    client("s3").put_object(
        Bucket=settings().exchange_bucket, Key=f"out/movements/{name}", Body=data, ContentType="text/csv"
    )
