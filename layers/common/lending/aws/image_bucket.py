"""Pictures in the bucket: intake/<receipt>/<slot>/<ticket> as sent, clean/<receipt>/<slot>-<ticket>.jpg as drawn anew.

Whoever holds an upload ticket can write one object, and nothing else; the desk sees clean ones only.
"""

import json
from datetime import datetime
from typing import Any, NamedTuple
from urllib.parse import unquote_plus

from botocore.exceptions import ClientError

from lending.aws.clients import client
from lending.aws.settings import settings
from lending.aws.table import Overtaken
from lending.domain.policy import Policy
from lending.domain.week import in_tokyo

# What a picture may be. What somebody says that it is proves nothing, so a ticket is for any of them, and what has come
# in is of no type until it is looked at.
ACCEPTED_TYPES = ("image/jpeg", "image/png")
_UNSEEN_TYPE = "application/octet-stream"
_INTAKE = "intake"
_DELETED_AT_ONCE = 1000
_CHANGED = frozenset({"PreconditionFailed", "ConditionalRequestConflict", "NoSuchKey"})


class Upload(NamedTuple):
    """Where a picture that somebody sends belongs; its parts are those of its key."""

    receipt_number: str
    slot: str
    ticket_id: str

    @property
    def intake_key(self) -> str:
        """The key it is sent to."""
        return "/".join((_INTAKE, self.receipt_number, self.slot, self.ticket_id))

    @property
    def clean_key(self) -> str:
        """The key of the clean picture that is made of it."""
        return f"clean/{self.receipt_number}/{self.slot}-{self.ticket_id}.jpg"


class Ticket(NamedTuple):
    """Leave to send one picture: the address, and the fields of the form that posts it."""

    url: str
    fields: dict[str, str]


def upload_of(event_key: str) -> Upload | None:
    """What the key in a notification of the bucket stands for, None if no ticket was ever made for it."""
    parts = unquote_plus(event_key).split("/")
    if len(parts) != 4 or parts[0] != _INTAKE or not all(parts):
        return None
    return Upload(*parts[1:])


def arrivals(notification: str) -> list[tuple[Upload | None, datetime]]:
    """What a notification of the bucket tells of, and when each came; S3's test event tells of nothing."""
    records = json.loads(notification).get("Records", [])
    return [
        (upload_of(record["s3"]["object"]["key"]), in_tokyo(datetime.fromisoformat(record["eventTime"])))
        for record in records
    ]


def ticket(upload: Upload, policy: Policy) -> Ticket:
    """Leave to send a picture of any accepted type: this key, this many bytes, for a while (RULES 2)."""
    exact = {"Content-Type": _UNSEEN_TYPE, "x-amz-server-side-encryption": "AES256"}
    post = client("s3").generate_presigned_post(
        settings().images_bucket,
        upload.intake_key,
        Fields=dict(exact),
        Conditions=[*({name: value} for name, value in exact.items()), ["content-length-range", 1, policy.image_bytes]],
        ExpiresIn=policy.upload_ticket_seconds,
    )
    return Ticket(post["url"], post["fields"])


def sent(upload: Upload, policy: Policy) -> bytes | None:
    """A picture as it was sent, one byte more than allowed at most; None if it is not there any more."""
    answer = _get(upload.intake_key)
    return bytes(answer["Body"].read(policy.image_bytes + 1)) if answer else None


def clean(upload: Upload) -> tuple[bytes, str] | None:
    """A clean picture and the mark of this very version of it, None if it is not there any more."""
    answer = _get(upload.clean_key)
    return (bytes(answer["Body"].read()), str(answer["ETag"])) if answer else None


def _get(key: str) -> Any:
    try:
        return client("s3").get_object(Bucket=settings().images_bucket, Key=key)
    except ClientError:
        # What is not there is denied to a role that may not list the whole bucket, so the error alone does not tell.
        if not _some_keys(key):
            return None
        raise


def keep_clean(upload: Upload, jpeg: bytes) -> bytes:
    """Store the clean picture, and answer the one that is there: what else comes by the same ticket, the first stays.

    Raises:
        ClientError: it could not be stored, and none is there.
    """
    try:
        _put(upload, jpeg, IfNoneMatch="*")
    except ClientError as error:
        there = clean(upload) if error.response["Error"]["Code"] in _CHANGED else None
        if there is None:
            raise
        return there[0]
    return jpeg


def delete_sent(upload: Upload) -> None:
    """Delete a picture as it was sent."""
    client("s3").delete_object(Bucket=settings().images_bucket, Key=upload.intake_key)


def delete_clean(upload: Upload) -> None:
    """Delete a clean picture."""
    client("s3").delete_object(Bucket=settings().images_bucket, Key=upload.clean_key)


def delete(upload: Upload) -> None:
    """Delete a picture, as it was sent and as it was drawn anew."""
    delete_sent(upload)
    delete_clean(upload)


def kept(receipt_number: str) -> set[str]:
    """The keys of all clean pictures of an application."""
    return {each["Key"] for each in _some_keys(f"clean/{receipt_number}/")}


def replace_clean(upload: Upload, jpeg: bytes, version: str) -> None:
    """Put another picture in the place of a version of a clean one, which is then gone.

    Raises:
        Overtaken: that version is not there any more.
    """
    try:
        _put(upload, jpeg, IfMatch=version)
    except ClientError as error:
        if error.response["Error"]["Code"] in _CHANGED:
            raise Overtaken([0]) from None
        raise


def _put(upload: Upload, jpeg: bytes, **condition: str) -> None:
    bucket = settings().images_bucket
    client("s3").put_object(Bucket=bucket, Key=upload.clean_key, Body=jpeg, ContentType="image/jpeg", **condition)


def link(upload: Upload, policy: Policy) -> str:
    """An address at which staff see a clean picture for a minute; no browser keeps it."""
    shown = {"ResponseContentType": "image/jpeg", "ResponseCacheControl": "no-store"}
    picture = {"Bucket": settings().images_bucket, "Key": upload.clean_key, **shown}
    return str(client("s3").generate_presigned_url("get_object", picture, ExpiresIn=policy.image_link_seconds))


def delete_all(receipt_number: str) -> None:
    """Delete every picture of an application, sent and clean ones (RULES 3); safe to repeat.

    Raises:
        ClientError: some could not be deleted.
    """
    for prefix in (f"{_INTAKE}/{receipt_number}/", f"clean/{receipt_number}/"):
        while keys := _some_keys(prefix):
            _delete(keys)


def _some_keys(prefix: str) -> list[dict[str, str]]:
    found = client("s3").list_objects_v2(Bucket=settings().images_bucket, Prefix=prefix, MaxKeys=_DELETED_AT_ONCE)
    return [{"Key": item["Key"]} for item in found.get("Contents", [])]


def _delete(keys: list[dict[str, str]]) -> None:
    answer = client("s3").delete_objects(Bucket=settings().images_bucket, Delete={"Objects": keys, "Quiet": True})
    for fault in answer.get("Errors", []):
        raise ClientError({"Error": {"Code": fault["Code"], "Message": "not deleted"}}, "DeleteObjects")
