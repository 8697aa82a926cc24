"""Deploy the template to the local AWS: package, translate, create, upload the pages."""

import json
from pathlib import Path
from typing import Any

import boto3
from botocore.exceptions import WaiterError

from infra.local.package import function_package, layer_package
from infra.local.pages import page_config, upload_pages
from infra.local.server import REGION
from infra.local.translate import Template, code_folders, expand, fit_to_loopback, load_template

STACK = "lending"
ARTEFACTS = "lending-artefacts"


def deploy(endpoint: str, port: int, site_port: int, root: Path, parameters: dict[str, str]) -> dict[str, str]:
    """Deploy the tree at `root` to the local AWS at `endpoint`; the stack's outputs, with addresses that answer here.

    `parameters` override those a local stack is deployed with. Raises RuntimeError, with the resource that failed, when
    the stack does not come up.
    """
    session = boto3.Session("test", "test", region_name=REGION)
    s3 = session.client("s3", endpoint_url=endpoint)
    s3.create_bucket(Bucket=ARTEFACTS, CreateBucketConfiguration={"LocationConstraint": REGION})
    template = load_template(root / "infra" / "template.yaml")
    code = _upload_code(s3, template, root / "infra")
    plain = fit_to_loopback(expand(template, code), port)
    s3.put_object(Bucket=ARTEFACTS, Key="template.json", Body=json.dumps(plain).encode())
    site_url = f"http://localhost:{site_port}"
    local = {"TimeTravel": "true", "StaffPool": "shared", "SiteUrl": site_url, "ExtraSources": endpoint}
    outputs = _create(session.client("cloudformation", endpoint_url=endpoint), endpoint, local | parameters)
    outputs["ApiUrl"] = f"{endpoint}/_aws/execute-api/{_api_id(outputs['ApiUrl'])}/$default/api"
    upload_pages(s3, outputs["SiteBucket"], root / "web", page_config(outputs, REGION, endpoint))
    return outputs


def _upload_code(s3: Any, template: Template, base: Path) -> dict[str, str]:
    addresses = {}
    for name, folder in code_folders(template).items():
        pack = layer_package if name.endswith("Layer") else function_package
        s3.put_object(Bucket=ARTEFACTS, Key=f"{name}.zip", Body=pack((base / folder).resolve()))
        addresses[name] = f"s3://{ARTEFACTS}/{name}.zip"
    return addresses


def _create(cloudformation: Any, endpoint: str, parameters: dict[str, str]) -> dict[str, str]:
    cloudformation.create_stack(
        StackName=STACK,
        TemplateURL=f"{endpoint}/{ARTEFACTS}/template.json",
        Parameters=[{"ParameterKey": name, "ParameterValue": value} for name, value in parameters.items()],
        Capabilities=["CAPABILITY_IAM"],
    )
    try:
        cloudformation.get_waiter("stack_create_complete").wait(
            StackName=STACK, WaiterConfig={"Delay": 1, "MaxAttempts": 120}
        )
    except WaiterError as error:
        raise RuntimeError(f"The stack was not created: {_first_failure(cloudformation)}") from error
    stack = cloudformation.describe_stacks(StackName=STACK)["Stacks"][0]
    return {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]}


def _first_failure(cloudformation: Any) -> str:
    events = cloudformation.describe_stack_events(StackName=STACK)["StackEvents"]
    failures = [event for event in events if event["ResourceStatus"].endswith("FAILED")]
    return ": ".join(failures[-1][key] for key in ("LogicalResourceId", "ResourceStatusReason")) if failures else "?"


def _api_id(api_url: str) -> str:
    return api_url.removeprefix("https://").partition(".")[0]
