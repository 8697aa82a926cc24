"""The table, the buckets, the queues, the mail: what keeps data, and what keeps it from getting lost or out."""

import json
from dataclasses import fields
from typing import Any

import pytest

from lending.domain.holds.hold import Queued
from tests.library import aomori
from tests.template.conftest import OfType, Resources

WORK_QUEUES = {
    "ImagesQueue": "ImagesFunction",
    "ExchangeQueue": "ExchangeFunction",
    "MailQueue": "MailFunction",
    "MailEventsQueue": "BouncesFunction",
}
DEAD_LETTERS = [
    "ImagesDeadLetters",
    "ExchangeDeadLetters",
    "ScheduleDeadLetters",
    "OutboxDeadLetters",
    "MailDeadLetters",
    "MailEventsDeadLetters",
]


def source_of(of_type: OfType, function: str) -> dict[str, Any]:
    """Where a function's work comes from first; the images function hears of applications beside its queue."""
    mapping, *_ = [
        each
        for name, each in of_type("AWS::Lambda::EventSourceMapping").items()
        if each["FunctionName"] == {"Ref": f"{function}Aliaslive"} and name != "ImagesFromStream"
    ]
    return mapping


# ---- the table


def test_the_table_can_be_restored_streams_and_forgets(of_type: OfType) -> None:
    (table,) = of_type("AWS::DynamoDB::Table").values()
    assert table["BillingMode"] == "PAY_PER_REQUEST"
    assert table["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}
    assert table["StreamSpecification"] == {"StreamViewType": "NEW_AND_OLD_IMAGES"}
    assert table["TimeToLiveSpecification"] == {"AttributeName": "expires_at", "Enabled": True}
    assert table["SSESpecification"] == {"SSEEnabled": True}


def test_the_tables_keys_are_those_of_the_data_model(of_type: OfType) -> None:
    (table,) = of_type("AWS::DynamoDB::Table").values()
    keys = {index["IndexName"]: index["KeySchema"] for index in table["GlobalSecondaryIndexes"]}
    names = {name: [key["AttributeName"] for key in schema] for name, schema in keys.items()}
    assert [key["AttributeName"] for key in table["KeySchema"]] == ["PK", "SK"]
    assert names == {"by_title": ["title_key", "title_order"], "work": ["work", "work_order"]}


def test_a_queue_is_shown_by_its_index(of_type: OfType) -> None:
    """What the index left out would read as if it were not there."""
    (table,) = of_type("AWS::DynamoDB::Table").values()
    (shown,) = [
        index["Projection"]["NonKeyAttributes"]
        for index in table["GlobalSecondaryIndexes"]
        if index["IndexName"] == "by_title"
    ]
    assert set(shown) == {field.name for field in fields(Queued)}


@pytest.mark.parametrize("logical", ["LendingTable", "UserPool", "StaffUserPool"])
def test_what_cannot_be_made_again_outlives_the_stack(resources: Resources, logical: str) -> None:
    assert resources[logical]["DeletionPolicy"] == "Retain"
    assert resources[logical]["UpdateReplacePolicy"] == "Retain"


@pytest.mark.parametrize("logical", ["UserPool", "StaffUserPool"])
def test_accounts_are_not_deleted_by_a_slip_of_the_hand(resources: Resources, logical: str) -> None:
    assert resources[logical]["Properties"]["DeletionProtection"] == "ACTIVE"


def test_table_and_indexes_can_be_made_ready_for_many_writes(template: dict[str, Any], of_type: OfType) -> None:
    # An index that is not ready holds the table up.
    (table,) = of_type("AWS::DynamoDB::Table").values()
    warm = {"Fn::If": ["IsWarm", {"WriteUnitsPerSecond": {"Ref": "WarmWritesPerSecond"}}, {"Ref": "AWS::NoValue"}]}
    assert [each["WarmThroughput"] for each in (table, *table["GlobalSecondaryIndexes"])] == [warm] * 3
    assert template["Parameters"]["WarmWritesPerSecond"]["Default"] == 0


# ---- the buckets


@pytest.mark.parametrize("bucket", ["SiteBucket", "ImagesBucket", "CatalogueBucket", "ExchangeBucket"])
def test_a_bucket_is_private_and_encrypted(of_type: OfType, bucket: str) -> None:
    properties = of_type("AWS::S3::Bucket")[bucket]
    block = properties["PublicAccessBlockConfiguration"]
    assert block == dict.fromkeys(
        ["BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets"], True
    )
    (rule,) = properties["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    # A presigned upload is signed in a way that a bucket with a KMS key refuses.
    assert rule["ServerSideEncryptionByDefault"] == {"SSEAlgorithm": "AES256"}


@pytest.mark.parametrize("bucket", ["SiteBucket", "ImagesBucket", "CatalogueBucket", "ExchangeBucket"])
def test_a_bucket_speaks_tls_only(of_type: OfType, bucket: str) -> None:
    (policy,) = [each for each in of_type("AWS::S3::BucketPolicy").values() if each["Bucket"] == {"Ref": bucket}]
    (rule,) = [each for each in policy["PolicyDocument"]["Statement"] if each["Effect"] == "Deny"]
    assert rule["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    assert (rule["Principal"], rule["Action"]) == ("*", "s3:*")
    assert rule["Resource"] == [{"Fn::GetAtt": [bucket, "Arn"]}, {"Fn::Sub": f"${{{bucket}.Arn}}/*"}]


def test_nobody_but_our_own_distribution_reads_the_site(of_type: OfType) -> None:
    (policy,) = [each for each in of_type("AWS::S3::BucketPolicy").values() if each["Bucket"] == {"Ref": "SiteBucket"}]
    (rule,) = [each for each in policy["PolicyDocument"]["Statement"] if each["Effect"] == "Allow"]
    assert rule["Principal"] == {"Service": "cloudfront.amazonaws.com"}
    assert rule["Action"] == "s3:GetObject"
    assert rule["Condition"]["StringEquals"]["AWS:SourceArn"]["Fn::Sub"].endswith(":distribution/${Distribution}")


@pytest.mark.parametrize(("prefix", "days"), [("intake/", 1), ("clean/", 365)])
def test_an_image_vanishes_even_if_nobody_decides(of_type: OfType, prefix: str, days: int) -> None:
    # RULES 3, 41
    rules = of_type("AWS::S3::Bucket")["ImagesBucket"]["LifecycleConfiguration"]["Rules"]
    (rule,) = [each for each in rules if each["Prefix"] == prefix]
    assert rule["Status"] == "Enabled"
    assert rule["ExpirationInDays"] == days
    assert rule["AbortIncompleteMultipartUpload"] == {"DaysAfterInitiation": 1}


def test_no_lifecycle_rule_takes_a_picture_from_an_application_that_waits(of_type: OfType) -> None:
    # GIVEN an application that is asked for an image again and again, each time for the policy's days (RULES 3, 41)
    rules = of_type("AWS::S3::Bucket")["ImagesBucket"]["LifecycleConfiguration"]["Rules"]
    (clean,) = [each for each in rules if each["Prefix"] == "clean/"]
    # THEN its pictures are there: they go with it, as the stream tells, and the rule is for what all else has missed
    assert clean["ExpirationInDays"] >= 12 * aomori().application_days
    (told,) = of_type("AWS::Lambda::EventSourceMapping")["ImagesFromStream"]["FilterCriteria"]["Filters"]
    assert json.loads(told["Pattern"]) == {
        "eventName": ["MODIFY", "REMOVE"],
        "dynamodb": {"Keys": {"SK": {"S": ["APPLICATION"]}}},
    }


def test_images_leave_no_earlier_versions(of_type: OfType) -> None:
    assert "VersioningConfiguration" not in of_type("AWS::S3::Bucket")["ImagesBucket"]


def test_only_the_site_may_send_images_from_a_browser(of_type: OfType) -> None:
    (rule,) = of_type("AWS::S3::Bucket")["ImagesBucket"]["CorsConfiguration"]["CorsRules"]
    assert rule["AllowedMethods"] == ["POST"]
    assert rule["AllowedOrigins"] == [{"Fn::If": ["HasSiteUrl", {"Ref": "SiteUrl"}, "https://*.cloudfront.net"]}]


def test_only_what_is_taken_in_is_looked_at(of_type: OfType) -> None:
    """A notification for `clean/` would feed the function its own output for ever."""
    (rule,) = of_type("AWS::S3::Bucket")["ImagesBucket"]["NotificationConfiguration"]["QueueConfigurations"]
    assert rule["Filter"]["S3Key"]["Rules"] == [{"Name": "prefix", "Value": "intake/"}]
    assert rule["Queue"] == {"Fn::GetAtt": ["ImagesQueue", "Arn"]}


def test_a_file_of_copies_wakes_the_exchange_and_nothing_it_writes_does(of_type: OfType) -> None:
    bucket = of_type("AWS::S3::Bucket")["ExchangeBucket"]
    (rule,) = bucket["NotificationConfiguration"]["QueueConfigurations"]
    assert rule["Filter"]["S3Key"]["Rules"] == [{"Name": "prefix", "Value": "in/"}]
    assert rule["Queue"] == {"Fn::GetAtt": ["ExchangeQueue", "Arn"]}
    # and none is kept for ever
    (kept,) = bucket["LifecycleConfiguration"]["Rules"]
    assert (kept["Prefix"], kept["Status"], kept["ExpirationInDays"]) == ("", "Enabled", 35)


# ---- the queues


@pytest.mark.parametrize(("queue", "function"), WORK_QUEUES.items())
def test_a_queue_waits_long_enough_and_keeps_what_fails(of_type: OfType, queue: str, function: str) -> None:
    # GIVEN a queue and the function it feeds
    properties = of_type("AWS::SQS::Queue")[queue]
    timeout = of_type("AWS::Lambda::Function")[function]["Timeout"]
    # THEN a message shows again only after six times the function's time, and is put aside after five tries
    assert properties["VisibilityTimeout"] >= 6 * timeout
    assert properties["RedrivePolicy"]["maxReceiveCount"] == 5
    dead_letters = queue.removesuffix("Queue") + "DeadLetters"
    assert properties["RedrivePolicy"]["deadLetterTargetArn"] == {"Fn::GetAtt": [dead_letters, "Arn"]}


@pytest.mark.parametrize(("queue", "function"), WORK_QUEUES.items())
def test_one_bad_message_does_not_hold_up_its_batch(of_type: OfType, queue: str, function: str) -> None:
    mapping = source_of(of_type, function)
    assert mapping["EventSourceArn"] == {"Fn::GetAtt": [queue, "Arn"]}
    assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"]


def test_every_queue_is_either_worked_on_or_of_dead_letters(of_type: OfType) -> None:
    assert set(of_type("AWS::SQS::Queue")) == {*WORK_QUEUES, *DEAD_LETTERS}
    assert all(queue["SqsManagedSseEnabled"] for queue in of_type("AWS::SQS::Queue").values())


@pytest.mark.parametrize("queue", DEAD_LETTERS)
def test_dead_letters_keep_for_two_weeks_and_raise_an_alarm(of_type: OfType, queue: str) -> None:
    assert of_type("AWS::SQS::Queue")[queue]["MessageRetentionPeriod"] == 14 * 24 * 3600
    alarm = of_type("AWS::CloudWatch::Alarm")[f"{queue}Alarm"]
    counted, more = alarm["Metrics"]
    metric = counted["MetricStat"]["Metric"]
    assert metric["Dimensions"] == [{"Name": "QueueName", "Value": {"Fn::GetAtt": [queue, "QueueName"]}}]
    assert (metric["MetricName"], counted["MetricStat"]["Stat"]) == ("ApproximateNumberOfMessagesVisible", "Maximum")
    # each letter more is heard, not only the first: as a rise against before, within a range that has a before
    assert (more["Expression"], more["ReturnData"], counted["ReturnData"]) == ("DIFF(FILL(letters, 0))", True, False)
    assert (alarm["EvaluationPeriods"], alarm["DatapointsToAlarm"]) == (3, 1)
    assert (alarm["Threshold"], alarm["ComparisonOperator"]) == (0, "GreaterThanThreshold")
    assert alarm["AlarmActions"] == [{"Ref": "AlarmTopic"}]


@pytest.mark.parametrize(
    ("policy", "service", "key"),
    [
        ("ImagesQueuePolicy", "s3.amazonaws.com", "aws:SourceAccount"),
        ("ExchangeQueuePolicy", "s3.amazonaws.com", "aws:SourceAccount"),
        ("MailEventsQueuePolicy", "sns.amazonaws.com", "aws:SourceArn"),
        ("MailEventsTopicPolicy", "ses.amazonaws.com", "aws:SourceAccount"),
    ],
)
def test_only_our_own_services_put_something_in(resources: Resources, policy: str, service: str, key: str) -> None:
    """Without a condition any account's bucket, topic or mail could be the source."""
    (rule,) = resources[policy]["Properties"]["PolicyDocument"]["Statement"]
    assert rule["Principal"] == {"Service": service}
    assert [name.lower() for test in rule["Condition"].values() for name in test] == [key.lower()]


# ---- the mail


def test_the_stream_passes_new_mails_on_and_nothing_else(of_type: OfType) -> None:
    # GIVEN the way from the table to the outbox
    mapping = source_of(of_type, "OutboxFunction")
    # THEN only the insertion of a mail, or of a wish that may become one, wakes it
    (criterion,) = mapping["FilterCriteria"]["Filters"]
    assert json.loads(criterion["Pattern"]) == {
        "eventName": ["INSERT"],
        "dynamodb": {"Keys": {"SK": {"S": [{"prefix": "MAIL#"}, {"prefix": "WISH#"}]}}},
    }
    # and a record that cannot be passed on neither blocks the rest for ever nor is lost
    assert mapping["BisectBatchOnFunctionError"] is True
    assert mapping["MaximumRetryAttempts"] > 0
    assert mapping["DestinationConfig"]["OnFailure"]["Destination"] == {"Fn::GetAtt": ["OutboxDeadLetters", "Arn"]}


def test_mails_are_sent_at_a_pace(of_type: OfType) -> None:
    assert source_of(of_type, "MailFunction")["ScalingConfig"] == {"MaximumConcurrency": 2}


def test_what_strangers_send_leaves_the_account_functions_for_others(of_type: OfType) -> None:
    # A new account may run ten at once.
    most = [source_of(of_type, name)["ScalingConfig"]["MaximumConcurrency"] for name in WORK_QUEUES.values()]
    assert sum(most) < 10


def test_ses_tells_what_became_of_a_mail(of_type: OfType) -> None:
    (events,) = of_type("AWS::SES::ConfigurationSetEventDestination").values()
    destination = events["EventDestination"]
    assert destination["Enabled"] is True
    assert set(destination["MatchingEventTypes"]) == {"bounce", "complaint", "delivery", "deliveryDelay", "reject"}
    assert destination["SnsDestination"] == {"TopicARN": {"Ref": "MailEventsTopic"}}
