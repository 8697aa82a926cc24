"""What is asked of the API because the site has no page for it."""

import json

import pytest

from functions.public.handler import handler
from lending.aws.clients import client
from tests.handlers.conftest import context, request, sample


def test_the_sample_of_a_wrong_address_is_shown_the_page_that_says_so() -> None:
    # GIVEN the pages as they are published
    client("s3").put_object(Bucket="site", Key="404.html", Body="<h1>ページが見つかりません</h1>".encode())
    # WHEN CloudFront asks for what the bucket has not
    answer = handler(sample("public/no_page"), context())
    # THEN people read a page, and its status is still the true one
    assert (answer["statusCode"], answer["headers"]["Content-Type"]) == (404, "text/html; charset=utf-8")
    assert "ページが見つかりません" in answer["body"]
    assert answer["headers"]["Cache-Control"] == "no-store"


@pytest.mark.parametrize("path", ["/api", "/api/nothing", "/nothing"])
def test_what_is_no_route_or_has_no_page_yet_is_a_problem(path: str) -> None:
    # GIVEN pages that are not published WHEN something is asked for that is not there THEN the API says so in its form
    answer = handler(request("GET", path), context())
    assert (answer["statusCode"], json.loads(answer["body"])["code"]) == (404, "not_found")
    assert answer["headers"]["Content-Type"].startswith("application/problem+json")
