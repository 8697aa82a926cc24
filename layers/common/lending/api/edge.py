"""By which way a request may come, and from where staff may ask: a stack can be told to be strict about both."""

from hmac import compare_digest
from ipaddress import ip_address

from lending.api.forms import Event, header
from lending.aws.settings import settings
from lending.domain.problems import Refused

# What CloudFront adds to each request that it hands on, and what nobody else knows.
_SECRET = "x-origin-secret"  # noqa: S105 - the name of a header


def demand_way_by_site(event: Event) -> None:
    """Demand that a request came by the site, and not past it to the gateway's own address.

    Raises:
        Refused: it did not.
    """
    secret = settings().origin_secret
    if secret and not compare_digest(header(event, _SECRET).encode(), secret.encode()):
        raise Refused("not_by_site")


def demand_staff_address(event: Event) -> None:
    """Demand that staff ask from where they may, if the stack names networks.

    Raises:
        Refused: they ask from elsewhere.
    """
    networks = settings().staff_networks
    if not networks:
        return
    try:
        address = ip_address(_address(event))
    except ValueError:
        raise Refused("not_from_here") from None
    if not any(address in network for network in networks):
        raise Refused("not_from_here")


def _address(event: Event) -> str:
    """Who asks. CloudFront tells it as the last but one in the chain; the last is CloudFront, told by the gateway.

    What comes before can be made up, so this holds only for what came by the site.
    """
    chain = [each.strip() for each in header(event, "x-forwarded-for").split(",")]
    if settings().origin_secret and len(chain) > 1:
        return chain[-2]
    return str(event["requestContext"]["http"]["sourceIp"])
