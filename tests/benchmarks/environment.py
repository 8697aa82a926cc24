"""What the functions are told of in a bench: names and addresses of things that need not be there."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from unittest.mock import patch

from infra.library import as_parameter
from lending.aws import clients, settings, table
from tests.library import AOMORI

BUCKET = "catalogue"
_ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_DEFAULT_REGION": "ap-northeast-1",
    "POLICY": as_parameter(AOMORI.policy),
    "TABLE_NAME": "lending",
    "CATALOGUE_BUCKET": BUCKET,
    "SIGNING_SECRET": "signing",
    "SITE_URL": "https://lending.example.jp",
    "POWERTOOLS_SERVICE_NAME": "bench",
    "LOG_LEVEL": "CRITICAL",
}


@contextmanager
def environment() -> Iterator[None]:
    """Within it clients and settings are made of what the bench says."""
    with patch.dict(os.environ, _ENVIRONMENT):
        _forget()
        yield
        _forget()


def _forget() -> None:
    for cached in (clients.client, settings.settings, table.library_table):
        cached.cache_clear()
