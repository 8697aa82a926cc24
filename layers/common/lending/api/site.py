"""What stands outside the API: an address of the site at which there is no page."""

from aws_lambda_powertools.event_handler import Response

from lending.aws.site_bucket import page
from lending.domain.problems import Refused

_NO_PAGE = "404.html"


def page_not_found() -> Response[str]:
    """The page that says that there is none, for people; CloudFront asks for it where the bucket has nothing.

    Raises:
        Refused: the pages are not published.
    """
    text = page(_NO_PAGE)
    if text is None:
        raise Refused("not_found")
    return Response(404, "text/html; charset=utf-8", text, {"Cache-Control": "no-store"})
