"""An AWS of the benches' own, in this process: moto's, with what the functions are told of it."""

from collections.abc import Iterator
from contextlib import contextmanager

from moto import mock_aws

from lending.aws.clients import client
from tests.benchmarks.environment import BUCKET, environment


@contextmanager
def cloud() -> Iterator[None]:
    """Within it functions and actions find a bucket and a sender of mails; a table is made by who needs it."""
    with mock_aws(), environment():
        client("s3").create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "ap-northeast-1"})
        client("secretsmanager").create_secret(Name="signing", SecretString="見本")
        client("sesv2").create_email_identity(EmailIdentity="plib.pref.aomori.lg.jp")
        yield
