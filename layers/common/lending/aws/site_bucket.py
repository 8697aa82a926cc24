"""The bucket of the site's pages, as the publisher has filled it."""

from botocore.exceptions import ClientError

from lending.aws.clients import client
from lending.aws.settings import settings

# Without the right to list, S3 tells of what is not there that it is forbidden.
_NOT_THERE = {"AccessDenied", "NoSuchKey"}


def page(key: str) -> str | None:
    """A page's text, or None if it is not published.

    Raises:
        ClientError: S3 does not answer.
    """
    try:
        found = client("s3").get_object(Bucket=settings().site_bucket, Key=key)
    except ClientError as error:
        if error.response["Error"]["Code"] in _NOT_THERE:
            return None
        raise
    return str(found["Body"].read().decode())
