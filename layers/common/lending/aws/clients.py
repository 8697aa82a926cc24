"""Clients of AWS services, each made when first used: a function pays at start-up only for what it touches.

They are botocore's, which are the ones boto3 hands out; what boto3 adds, nobody here uses, and it takes time to import.
"""

from functools import cache
from typing import Any

from botocore.config import Config
from botocore.session import Session

from lending.aws.plain_json import plain_session

_FAST = Config(connect_timeout=2, read_timeout=5, retries={"mode": "standard", "max_attempts": 4})
# Browsers post straight to the bucket: SigV4 and the regional host name must be asked for (DESIGN, things that bite).
_S3 = _FAST.merge(Config(signature_version="s3v4", s3={"addressing_style": "virtual"}))
# What is sent is made in one place, and DynamoDB says what is wrong with it.
_TABLE = _FAST.merge(Config(parameter_validation=False))
_ONCE = Config(retries={"mode": "standard", "max_attempts": 1})
_CONFIGS = {"s3": _S3, "dynamodb": _TABLE}


@cache
def client(service: str, *, once: bool = False) -> Any:
    """The client of an AWS service, with short timeouts.

    Args:
        service: botocore's name of the service, such as `dynamodb`.
        once: never try again by itself, for what must not happen twice.
    """
    config = _CONFIGS.get(service, _FAST)
    return _session().create_client(service, config=config.merge(_ONCE) if once else config)


@cache
def _session() -> Session:
    return plain_session()
