"""boto3 clients, each made when first used: a function pays at start-up only for what it touches."""

from functools import cache
from typing import Any

import boto3
from botocore.config import Config

_FAST = Config(connect_timeout=2, read_timeout=5, retries={"mode": "standard", "max_attempts": 4})
# Browsers post straight to the bucket: SigV4 and the regional host name must be asked for (DESIGN, things that bite).
_S3 = _FAST.merge(Config(signature_version="s3v4", s3={"addressing_style": "virtual"}))
_ONCE = Config(retries={"mode": "standard", "max_attempts": 1})


@cache
def client(service: str, *, once: bool = False) -> Any:
    """The client of an AWS service, with short timeouts.

    Args:
        service: boto3's name of the service, such as `dynamodb`.
        once: never try again by itself, for what must not happen twice.
    """
    make: Any = boto3.client
    config = _S3 if service == "s3" else _FAST
    return make(service, config=config.merge(_ONCE) if once else config)
