"""An AWS of the benches' own, in this process: moto's, with what the functions are told of it."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from unittest.mock import patch

from moto import mock_aws

from lending.aws import clients, settings, table
from lending.aws.clients import client

BUCKET = "catalogue"
_ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_DEFAULT_REGION": "ap-northeast-1",
    "TABLE_NAME": "lending",
    "CATALOGUE_BUCKET": BUCKET,
    "SITE_URL": "https://lending.example.jp",
    "POWERTOOLS_SERVICE_NAME": "bench",
    "LOG_LEVEL": "CRITICAL",
}


@contextmanager
def cloud() -> Iterator[None]:
    """Within it functions and actions find a bucket and a sender of mails; a table is made by who needs it."""
    with patch.dict(os.environ, _ENVIRONMENT), mock_aws():
        _forget()
        client("s3").create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "ap-northeast-1"})
        client("sesv2").create_email_identity(EmailIdentity="plib.pref.aomori.lg.jp")
        yield
        _forget()


def _forget() -> None:
    for cached in (clients.client, settings.settings, table.library_table):
        cached.cache_clear()
