"""From the SAM template to plain CloudFormation that a local AWS can carry out.

The template stays the one that is deployed to AWS; all that is different locally is said here, and why.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from cfnlint.template import Template as LintedTemplate
from samtranslator.translator.transform import transform
from samtranslator.yaml_helper import yaml_parse

from infra.local.server import LOOPBACK, REGION

Template = dict[str, Any]

SAM = "AWS::Serverless-2016-10-31"
LOOPS = "AWS::LanguageExtensions"
API = "LendingApi"
ANY_METHOD = "x-amazon-apigateway-any-method"
DEFAULT_ROUTE = "$default"


def load_template(path: Path) -> Template:
    """Parse a template with CloudFormation's own tags, its loops carried out.

    Raises:
        ValueError: a loop is not one.
    """
    written = yaml_parse(path.read_text("utf-8")) | {"Transform": LOOPS}
    unrolled = LintedTemplate(str(path), written, [REGION])
    for fault in unrolled.transform():
        raise ValueError(fault.message)
    parsed: Template = unrolled.template | {"Transform": SAM}
    return parsed


def code_folders(template: Template) -> dict[str, str]:
    """Each function's and layer's folder, relative to the template, by logical id."""
    properties = {name: resource.get("Properties", {}) for name, resource in template["Resources"].items()}
    return {
        name: values.get("CodeUri") or values["ContentUri"]
        for name, values in properties.items()
        if "CodeUri" in values or "ContentUri" in values
    }


def expand(template: Template, code: dict[str, str], release: str) -> Template:
    """Carry out SAM's transformation.

    Args:
        code: for each function and layer the `s3://` address of its package.
        release: the parameter `Release`; SAM makes the names of versions of it.
    """
    for name, address in code.items():
        properties = template["Resources"][name]["Properties"]
        properties["CodeUri" if "CodeUri" in properties else "ContentUri"] = address
    os.environ.setdefault("AWS_DEFAULT_REGION", REGION)  # SAM asks boto3 for the partition.
    expanded: Template = transform(template, {"Release": release}, _NoManagedPolicies())
    return expanded


def fit_to_loopback(template: Template, port: int) -> Template:
    """Fit an expanded template to a local AWS that listens on `port`."""
    resources = template["Resources"]
    resources.update(_routes(resources[API]))
    _dial_loopback(resources["Distribution"], port)
    _leave_out_failover(resources["Distribution"])
    _admit_plain_http(resources)
    _send_mail_from_anything(resources)
    _send_batches(resources)
    _leave_out_calculating_alarms(resources)
    # The local SES signs nothing, so it has no records to be published.
    del template["Outputs"]["MailDkimRecords"]
    return template


class _NoManagedPolicies:
    """SAM asks for AWS's list of managed policies only to look up names; the template gives none."""

    def load(self) -> dict[str, str]:
        return {}


def _routes(api: Template) -> dict[str, Template]:
    """The API's OpenAPI body as resources of their own: MiniStack makes no routes of a body."""
    body = api["Properties"].pop("Body")
    api["Properties"] |= {"Name": body["info"]["title"], "ProtocolType": "HTTP"}
    resources = {f"{API}{name}": _authorizer(name, scheme) for name, scheme in _schemes(body).items()}
    for number, (key, operation) in enumerate(_operations(body)):
        integration = f"{API}Integration{number}"
        resources[integration] = _integration(operation["x-amazon-apigateway-integration"])
        resources[f"{API}Route{number}"] = _route(key, integration, operation)
    return resources


def _schemes(body: Template) -> dict[str, Template]:
    schemes: dict[str, Template] = body["components"]["securitySchemes"]
    return schemes


def _operations(body: Template) -> Iterator[tuple[str, Template]]:
    """Each operation by the key of its route."""
    for path, operations in body["paths"].items():
        for method, operation in operations.items():
            verb = "ANY" if method == ANY_METHOD else method.upper()
            yield path if path == DEFAULT_ROUTE else f"{verb} {path}", operation


def _authorizer(name: str, scheme: Template) -> Template:
    authorizer = scheme["x-amazon-apigateway-authorizer"]
    jwt = authorizer["jwtConfiguration"]
    return {
        "Type": "AWS::ApiGatewayV2::Authorizer",
        "Properties": {
            "ApiId": {"Ref": API},
            "Name": name,
            "AuthorizerType": "JWT",
            "IdentitySource": [authorizer["identitySource"]],
            "JwtConfiguration": {"Issuer": jwt["issuer"], "Audience": jwt["audience"]},
        },
    }


def _integration(integration: Template) -> Template:
    return {
        "Type": "AWS::ApiGatewayV2::Integration",
        "Properties": {
            "ApiId": {"Ref": API},
            "IntegrationType": "AWS_PROXY",
            "IntegrationUri": integration["uri"],
            "PayloadFormatVersion": integration["payloadFormatVersion"],
        },
    }


def _route(key: str, integration: str, operation: Template) -> Template:
    properties: Template = {
        "ApiId": {"Ref": API},
        "RouteKey": key,
        "Target": {"Fn::Join": ["/", ["integrations", {"Ref": integration}]]},
    }
    authorizer = next(iter(operation.get("security", [{"NONE": []}])[0]))
    if authorizer != "NONE":
        properties |= {"AuthorizationType": "JWT", "AuthorizerId": {"Ref": f"{API}{authorizer}"}}
    return {"Type": "AWS::ApiGatewayV2::Route", "Properties": properties}


def _dial_loopback(distribution: Template, port: int) -> None:
    """Point CloudFront's API origin at the local AWS: it does not dial amazonaws.com, and there is no TLS."""
    origins = distribution["Properties"]["DistributionConfig"]["Origins"]
    origin = next(origin for origin in origins if "CustomOriginConfig" in origin)
    origin["DomainName"] = LOOPBACK
    origin["OriginPath"] = {"Fn::Sub": f"/_aws/execute-api/${{{API}}}/$default"}
    origin["CustomOriginConfig"] = {"OriginProtocolPolicy": "http-only", "HTTPPort": port}


def _leave_out_failover(distribution: Template) -> None:
    """Leave out CloudFront's groups of origins, which are not carried out: the front asks the second one itself."""
    config = distribution["Properties"]["DistributionConfig"]
    (group,) = config.pop("OriginGroups")["Items"]
    config["DefaultCacheBehavior"]["TargetOriginId"] = group["Members"]["Items"][0]["OriginId"]


def _admit_plain_http(resources: dict[str, Template]) -> None:
    """Leave out the statements that demand TLS: they are obeyed, and a loopback address has none."""
    for name, policy in list(_of_type(resources, "AWS::S3::BucketPolicy")):
        document = policy["Properties"]["PolicyDocument"]
        document["Statement"] = [each for each in document["Statement"] if each["Sid"] != "TlsOnly"]
        if not document["Statement"]:
            del resources[name]


def _send_mail_from_anything(resources: dict[str, Template]) -> None:
    """Let whoever may send mail do so as anybody: the local SES asks for the right on `*`, whatever the sender."""
    for statement in _statements_of_roles(resources):
        if statement["Action"] == "ses:SendEmail":
            statement["Resource"] = "*"


def _send_batches(resources: dict[str, Template]) -> None:
    """Let whoever may send to a queue send batches: on AWS that is the same right, the local IAM knows two."""
    for statement in _statements_of_roles(resources):
        actions = statement["Action"] if isinstance(statement["Action"], list) else [statement["Action"]]
        if "sqs:SendMessage" in actions:
            statement["Action"] = [*actions, "sqs:SendMessageBatch"]


def _leave_out_calculating_alarms(resources: dict[str, Template]) -> None:
    """Leave out the alarms that calculate with numbers: the local CloudWatch refuses them, and none rings here."""
    for name, alarm in list(_of_type(resources, "AWS::CloudWatch::Alarm")):
        if "Metrics" in alarm["Properties"]:
            del resources[name]


def _statements_of_roles(resources: dict[str, Template]) -> Iterator[Template]:
    for _, role in _of_type(resources, "AWS::IAM::Role"):
        for policy in role["Properties"].get("Policies", []):
            yield from policy["PolicyDocument"]["Statement"]


def _of_type(resources: dict[str, Template], kind: str) -> Iterator[tuple[str, Template]]:
    return ((name, resource) for name, resource in resources.items() if resource["Type"] == kind)
