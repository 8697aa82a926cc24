"""The picture of the architecture shows what the template has: each function, and each thing that sets one off."""

import re
from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree

import pytest

from tests.template.conftest import ROOT, OfType, Statements

SVG = "{http://www.w3.org/2000/svg}"
PICTURE = ElementTree.parse(ROOT / "docs" / "images" / "architecture.svg").getroot()  # noqa: S314 - our own file
Pairs = set[tuple[str, str]]


def drawn(kind: str) -> Pairs:
    """From where to where the arrows, or the lines, of the picture lead; those of its legend lead nowhere."""
    paths = [path for path in PICTURE.iter(f"{SVG}path") if path.get("class") == kind and path.get("data-from")]
    pairs = [(path.attrib["data-from"], path.attrib["data-to"]) for path in paths]
    assert len(pairs) == len(set(pairs)), "drawn twice"
    return set(pairs)


def named(value: Any) -> Iterator[str]:
    """The logical ids that a value of the template leads to."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if key == "Ref":
                yield inner.removesuffix("Aliaslive")
            elif key == "Fn::GetAtt":
                yield inner[0]
            elif key == "Fn::Sub":
                yield from (each.removesuffix("Aliaslive") for each in re.findall(r"\$\{(\w+)", str(inner)))
            else:
                yield from named(inner)
    elif isinstance(value, list):
        for each in value:
            yield from named(each)


@pytest.fixture(scope="module")
def functions(of_type: OfType) -> set[str]:
    return set(of_type("AWS::Lambda::Function"))


def asked(of_type: OfType, functions: set[str]) -> Pairs:
    """The way of a request, from the site to the functions."""
    origins = set(named(of_type("AWS::CloudFront::Distribution")["Distribution"]["DistributionConfig"]["Origins"]))
    stores = origins & {*of_type("AWS::S3::Bucket"), *of_type("AWS::ApiGatewayV2::Api")}
    routed = set(named(of_type("AWS::ApiGatewayV2::Api")["LendingApi"])) & functions
    return {("Distribution", each) for each in stores} | {("LendingApi", each) for each in routed}


def started(of_type: OfType, functions: set[str]) -> Pairs:
    """What queues, the stream and the schedules start."""
    sources = {*of_type("AWS::SQS::Queue"), *of_type("AWS::DynamoDB::Table")}
    mappings = of_type("AWS::Lambda::EventSourceMapping").values()
    by_source = {
        (source, function)
        for mapping in mappings
        for source in sources & set(named(mapping["EventSourceArn"]))
        for function in named(mapping["FunctionName"])
    }
    schedules = of_type("AWS::Scheduler::Schedule").values()
    return by_source | {
        ("schedules", each) for schedule in schedules for each in named(schedule["Target"]["Arn"]) if each in functions
    }


def handed_on(of_type: OfType, statements: Statements) -> Pairs:
    """What functions, buckets and mails put into a queue."""
    buckets = of_type("AWS::S3::Bucket").items()
    pairs = {(bucket, queue) for bucket, how in buckets for queue in named(how.get("NotificationConfiguration", {}))}
    for each in of_type("AWS::SNS::Subscription").values():
        if each["Protocol"] == "sqs":
            pairs |= {(topic, queue) for topic in named(each["TopicArn"]) for queue in named(each["Endpoint"])}
    for each in of_type("AWS::SES::ConfigurationSetEventDestination").values():
        mails, destination = each["ConfigurationSetName"], each["EventDestination"]["SnsDestination"]
        pairs |= {(one, topic) for one in named(mails) for topic in named(destination)}
    for function, allowed in statements.items():
        for statement in allowed:
            if "sqs:SendMessage" in statement["Action"]:
                pairs |= {(function, queue) for queue in named(statement["Resource"]) if "DeadLetters" not in queue}
            if "ses:SendEmail" in statement["Action"]:
                pairs.add((function, "MailConfiguration"))
    return pairs


def test_each_function_is_drawn_by_its_name(template: dict[str, Any], functions: set[str]) -> None:
    boxes = [box for box in PICTURE.iter(f"{SVG}g") if box.get("class") == "function"]
    shown = {box.attrib["id"]: "".join(box.itertext()) for box in boxes}
    folders = {name: template["Resources"][name]["Properties"]["CodeUri"] for name in functions}
    assert shown == {name: folder.rpartition("/")[2] for name, folder in folders.items()}


def test_each_arrow_is_in_the_template_and_the_other_way_round(
    of_type: OfType, statements: Statements, functions: set[str]
) -> None:
    has = asked(of_type, functions) | started(of_type, functions) | handed_on(of_type, statements)
    assert drawn("arrow") - {("people", "Distribution")} == has


def test_a_line_leads_to_the_table_from_each_function_that_may_ask_it(statements: Statements) -> None:
    may = {
        function
        for function, allowed in statements.items()
        if any({"dynamodb:GetItem", "dynamodb:Query"} & set(statement["Action"]) for statement in allowed)
    }
    assert drawn("line") == {(function, "LendingTable") for function in may}


def test_everything_an_arrow_begins_or_ends_at_is_drawn() -> None:
    shown = {each.attrib["id"] for each in PICTURE.iter(f"{SVG}g") if each.get("id")}
    ends = {each for pair in drawn("arrow") | drawn("line") for each in pair}
    assert ends - {"people"} == shown
