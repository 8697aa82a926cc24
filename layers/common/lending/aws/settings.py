"""What a deployment tells its functions: names of resources and the policy. Read at first use, never at import."""

import os
from functools import cache
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import NamedTuple

from lending.domain.policy import Policy


class Settings(NamedTuple):
    """The environment of a function, typed. A name that a function is not given is empty."""

    table_name: str
    policy: Policy
    time_travel: bool
    closed: bool
    signing_secret: str
    images_bucket: str
    catalogue_bucket: str
    exchange_bucket: str
    site_bucket: str
    user_pool_id: str
    mail_queue_url: str
    daily_topic: str
    mail_configuration_set: str
    temporary_password_days: int
    site_url: str
    origin_secret: str
    staff_networks: tuple[IPv4Network | IPv6Network, ...]


@cache
def settings() -> Settings:
    """The settings of this function.

    Raises:
        KeyError: the stack was given no policy.
        pydantic.ValidationError: the policy given to the stack is not one.
        ValueError: a network given to the stack is not one.
    """
    env = os.environ
    policy = Policy.model_validate_json(env["POLICY"])
    return Settings(
        table_name=env.get("TABLE_NAME", ""),
        # Mails come from the domain that the stack has an identity of, and their words name the same.
        policy=policy.model_copy(update={"mail_domain": env.get("MAIL_DOMAIN") or policy.mail_domain}),
        time_travel=env.get("TIME_TRAVEL") == "true",
        closed=env.get("CLOSED") == "true",
        signing_secret=env.get("SIGNING_SECRET", ""),
        catalogue_bucket=env.get("CATALOGUE_BUCKET", ""),
        exchange_bucket=env.get("EXCHANGE_BUCKET", ""),
        site_bucket=env.get("SITE_BUCKET", ""),
        images_bucket=env.get("IMAGES_BUCKET", ""),
        user_pool_id=env.get("USER_POOL_ID", ""),
        mail_queue_url=env.get("MAIL_QUEUE_URL", ""),
        daily_topic=env.get("DAILY_TOPIC", ""),
        mail_configuration_set=env.get("MAIL_CONFIGURATION_SET", ""),
        temporary_password_days=int(env.get("TEMPORARY_PASSWORD_DAYS") or 0),
        site_url=env.get("SITE_URL", ""),
        origin_secret=env.get("ORIGIN_SECRET", ""),
        staff_networks=tuple(map(ip_network, (env.get("STAFF_NETWORKS") or "").split())),
    )
