"""The site: CloudFront, its headers, and what the stack tells of itself."""

import re
from typing import Any

import pytest

from tests.template.conftest import OfType

# AWS's own policies, by the ids its documentation gives.
CACHE_POLICIES = {
    "CachingOptimized": "658327ea-f89d-4fab-a63d-7e88639e58f6",
    "CachingDisabled": "4135ea2d-6df8-44a3-9df3-4b5a84be39ad",
}
ALL_VIEWER_EXCEPT_HOST = "b689b0a8-53d0-40ab-baf2-68738e2966ac"
# CloudFront takes three sets of methods and no other.
READING = {"GET", "HEAD"}
EVERYTHING = {"GET", "HEAD", "OPTIONS", "PUT", "PATCH", "POST", "DELETE"}


@pytest.fixture(scope="session")
def distribution(of_type: OfType) -> dict[str, Any]:
    """The distribution's configuration."""
    (properties,) = of_type("AWS::CloudFront::Distribution").values()
    config: dict[str, Any] = properties["DistributionConfig"]
    return config


@pytest.fixture(scope="session")
def policies(of_type: OfType) -> dict[str, Any]:
    """What goes with answers, by the name of the policy."""
    found = of_type("AWS::CloudFront::ResponseHeadersPolicy")
    return {name: properties["ResponseHeadersPolicyConfig"] for name, properties in found.items()}


@pytest.fixture(scope="session")
def headers(policies: dict[str, Any]) -> dict[str, Any]:
    """The security headers that go with every answer."""
    one, *others = [policy["SecurityHeadersConfig"] for policy in policies.values()]
    assert all(other == one for other in others)
    config: dict[str, Any] = one
    return config


@pytest.fixture(scope="session")
def content_policy(headers: dict[str, Any]) -> dict[str, list[str]]:
    """The content security policy: the sources of each directive."""
    text = headers["ContentSecurityPolicy"]["ContentSecurityPolicy"]["Fn::Sub"]
    return {directive.split()[0]: directive.split()[1:] for directive in text.split(";") if directive.strip()}


def test_time_travel_is_off_unless_asked_for(template: dict[str, Any]) -> None:
    assert template["Parameters"]["TimeTravel"]["Default"] == "false"
    assert template["Parameters"]["TimeTravel"]["AllowedValues"] == ["true", "false"]


def test_no_local_address_is_in_the_template_itself(template: dict[str, Any]) -> None:
    assert template["Parameters"]["ExtraSources"]["Default"] == ""
    assert template["Parameters"]["SiteUrl"]["Default"] == ""


def test_pages_and_api_are_one_origin_for_people(distribution: dict[str, Any]) -> None:
    # GIVEN the behaviours
    facility, api = distribution["CacheBehaviors"]
    # THEN the pages are read and cached
    for pages in (distribution["DefaultCacheBehavior"], facility):
        assert set(pages["AllowedMethods"]) == READING
        assert pages["CachePolicyId"] == CACHE_POLICIES["CachingOptimized"]
    # and what begins with /api is passed on whole, never from a cache, under the API's own host name
    assert api["PathPattern"] == "/api/*"
    assert set(api["AllowedMethods"]) == EVERYTHING
    assert api["CachePolicyId"] == CACHE_POLICIES["CachingDisabled"]
    assert api["OriginRequestPolicyId"] == ALL_VIEWER_EXCEPT_HOST


def test_where_there_is_no_page_one_says_so_and_the_api_keeps_its_answers(distribution: dict[str, Any]) -> None:
    # GIVEN the group of origins that pages come from
    (group,) = distribution["OriginGroups"]["Items"]
    # THEN the API is asked where the bucket has nothing, which it tells as forbidden or as not found
    assert [member["OriginId"] for member in group["Members"]["Items"]] == ["pages", "api"]
    assert group["FailoverCriteria"]["StatusCodes"]["Items"] == [403, 404]
    for each in (distribution["OriginGroups"], group["Members"], group["FailoverCriteria"]["StatusCodes"]):
        assert each["Quantity"] == len(each["Items"])
    assert distribution["DefaultCacheBehavior"]["TargetOriginId"] == group["Id"]
    # and what the API says of its own routes reaches people as it is
    (api,) = [each for each in distribution["CacheBehaviors"] if each["PathPattern"] == "/api/*"]
    assert api["TargetOriginId"] == "api"


def test_every_answer_comes_over_https_with_the_headers(distribution: dict[str, Any], policies: dict[str, Any]) -> None:
    for behaviour in [distribution["DefaultCacheBehavior"], *distribution["CacheBehaviors"]]:
        assert behaviour["ViewerProtocolPolicy"] == "redirect-to-https"
        assert behaviour["ResponseHeadersPolicyId"]["Ref"] in policies


def test_a_facilitys_page_alone_may_ask_for_the_camera(distribution: dict[str, Any], policies: dict[str, Any]) -> None:
    # RULES 53
    may_ask = {name: _permissions(policy) for name, policy in policies.items()}
    facility, api = distribution["CacheBehaviors"]
    assert facility["PathPattern"] == "/facility.html"
    assert "camera=(self)" in may_ask[facility["ResponseHeadersPolicyId"]["Ref"]]
    for behaviour in (distribution["DefaultCacheBehavior"], api):
        assert may_ask[behaviour["ResponseHeadersPolicyId"]["Ref"]] == [
            "camera=()", "geolocation=()", "microphone=()",
        ]  # fmt: skip


def _permissions(policy: dict[str, Any]) -> list[str]:
    (item,) = policy["CustomHeadersConfig"]["Items"]
    assert (item["Header"], item["Override"]) == ("Permissions-Policy", True)
    return str(item["Value"]).split(", ")


def test_nothing_rewrites_an_answer_or_a_path(distribution: dict[str, Any]) -> None:
    """An error page of CloudFront's would replace the API's own 403, and a function would have to run locally too."""
    for error in distribution["CustomErrorResponses"]:
        assert not {"ResponsePagePath", "ResponseCode"} & set(error)
    for behaviour in [distribution["DefaultCacheBehavior"], *distribution["CacheBehaviors"]]:
        assert not {"FunctionAssociations", "LambdaFunctionAssociations"} & set(behaviour)


def test_nobody_gets_the_error_of_another(distribution: dict[str, Any]) -> None:
    """CloudFront keeps errors by path alone, for ten seconds if it is not told otherwise."""
    forgotten = {
        error["ErrorCode"] for error in distribution["CustomErrorResponses"] if error["ErrorCachingMinTTL"] == 0
    }
    # Every one that it would keep: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/HTTPStatusCodes.html
    assert forgotten == {400, 403, 404, 405, 414, 416, 500, 501, 502, 503, 504}


def test_tls_is_1_2_or_better(distribution: dict[str, Any]) -> None:
    # RULES 6
    condition, own, _ = distribution["ViewerCertificate"]["Fn::If"]
    assert condition == "HasCertificate"
    assert own["MinimumProtocolVersion"] == "TLSv1.2_2021"
    assert own["SslSupportMethod"] == "sni-only"
    (api,) = [origin for origin in distribution["Origins"] if "CustomOriginConfig" in origin]
    assert api["CustomOriginConfig"]["OriginProtocolPolicy"] == "https-only"
    assert api["CustomOriginConfig"]["OriginSSLProtocols"] == ["TLSv1.2"]


def test_the_pages_are_fetched_by_signed_requests(distribution: dict[str, Any], of_type: OfType) -> None:
    (pages,) = [origin for origin in distribution["Origins"] if "S3OriginConfig" in origin]
    assert pages["OriginAccessControlId"] == {"Ref": "SiteAccess"}
    config = of_type("AWS::CloudFront::OriginAccessControl")["SiteAccess"]["OriginAccessControlConfig"]
    assert (config["SigningBehavior"], config["SigningProtocol"]) == ("always", "sigv4")
    assert distribution["DefaultRootObject"] == "index.html"


def test_nothing_inline_or_evaluated_runs_in_a_page(content_policy: dict[str, list[str]]) -> None:
    assert content_policy["default-src"] == ["'self'"]
    assert "script-src" not in content_policy
    sources = {source for sources in content_policy.values() for source in sources}
    assert not {"'unsafe-inline'", "'unsafe-eval'", "*", "data:", "https:", "http:"} & sources


def test_a_page_talks_to_sign_in_and_images_only(content_policy: dict[str, list[str]]) -> None:
    cognito = "https://cognito-idp.${AWS::Region}.amazonaws.com"
    images = "https://${ImagesBucket.RegionalDomainName}"
    extra = "${ExtraSources}"
    assert content_policy["connect-src"] == ["'self'", cognito, images, extra]
    assert content_policy["img-src"] == ["'self'", "blob:", images, extra]
    assert content_policy["form-action"] == ["'self'", images, extra]
    assert content_policy["frame-ancestors"] == content_policy["base-uri"] == content_policy["object-src"] == ["'none'"]


def test_the_other_headers_are_strict(headers: dict[str, Any]) -> None:
    assert headers["StrictTransportSecurity"]["AccessControlMaxAgeSec"] >= 365 * 24 * 3600
    assert headers["ReferrerPolicy"]["ReferrerPolicy"] == "no-referrer"
    assert headers["FrameOptions"]["FrameOption"] == "DENY"
    assert "ContentTypeOptions" in headers
    assert all(header["Override"] is True for header in headers.values())


def test_the_outputs_are_those_promised(template: dict[str, Any]) -> None:
    promised = {
        "ApiUrl",
        "SiteUrl",
        "UserPoolId",
        "UserPoolClientId",
        "StaffPoolId",
        "StaffPoolClientId",
        "TableName",
        "ImagesBucket",
        "MailEventsTopicArn",
        "AllocatorFunction",
        "ReleaseFunction",
        "NoticesFunction",
    }
    assert promised <= set(template["Outputs"])
    assert template["Outputs"]["ApiUrl"]["Value"]["Fn::Sub"].endswith("/api")


def test_no_output_tells_a_secret(template: dict[str, Any]) -> None:
    assert not [name for name in template["Outputs"] if re.search("secret|password|token", name, re.IGNORECASE)]
