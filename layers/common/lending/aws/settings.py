"""What a deployment tells its functions: names of resources and the policy. Read at first use, never at import."""

import os
from dataclasses import dataclass
from functools import cache

from lending.domain.policy import Policy


@dataclass(frozen=True, slots=True)
class Settings:
    """The environment of a function, typed. A name that a function is not given is empty."""

    table_name: str
    policy: Policy
    time_travel: bool
    signing_secret: str
    images_bucket: str
    user_pool_id: str
    mail_queue_url: str
    mail_configuration_set: str
    site_url: str


@cache
def settings() -> Settings:
    """The settings of this function.

    Raises:
        pydantic.ValidationError: the policy given to the stack is not one.
    """
    env = os.environ
    return Settings(
        table_name=env.get("TABLE_NAME", ""),
        policy=Policy.model_validate_json(env.get("POLICY") or "{}"),
        time_travel=env.get("TIME_TRAVEL") == "true",
        signing_secret=env.get("SIGNING_SECRET", ""),
        images_bucket=env.get("IMAGES_BUCKET", ""),
        user_pool_id=env.get("USER_POOL_ID", ""),
        mail_queue_url=env.get("MAIL_QUEUE_URL", ""),
        mail_configuration_set=env.get("MAIL_CONFIGURATION_SET", ""),
        site_url=env.get("SITE_URL", ""),
    )
