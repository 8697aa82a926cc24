"""Clients of AWS services, each made when first used: a function pays at start-up only for what it touches.

They are botocore's, which are the ones boto3 hands out; what boto3 adds, nobody here uses, and it takes time to import.
"""

from functools import cache
from typing import Any

from botocore.config import Config
from botocore.session import Session

_FAST = Config(connect_timeout=2, read_timeout=5, retries={"mode": "standard", "max_attempts": 4})
# Browsers post straight to the bucket: SigV4 and the regional host name must be asked for (DESIGN, things that bite).
_S3 = _FAST.merge(Config(signature_version="s3v4", s3={"addressing_style": "virtual"}))
_ONCE = Config(retries={"mode": "standard", "max_attempts": 1})


@cache
def client(service: str, *, once: bool = False) -> Any:
    """The client of an AWS service, with short timeouts.

    Args:
        service: botocore's name of the service, such as `dynamodb`.
        once: never try again by itself, for what must not happen twice.
    """
    config = _S3 if service == "s3" else _FAST
    return _session().create_client(service, config=config.merge(_ONCE) if once else config)


@cache
def _session() -> Session:
    return Session()
