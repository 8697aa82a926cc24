"""Deploy the template to the local AWS: package, translate, create or change the stack, upload the pages."""

import hashlib
import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import boto3
from botocore.exceptions import WaiterError

from infra.library import Library, as_parameter
from infra.local.package import function_package, layer_package
from infra.local.pages import page_config, upload_pages
from infra.local.server import REGION
from infra.local.translate import Template, code_folders, expand, fit_to_loopback, load_template
from infra.schedules import schedules_for
from lending.domain.policy import Policy

ARTEFACTS = "lending-artefacts"


@dataclass(frozen=True)
class Deployment:
    """The tree at `root` as a stack of the local AWS at `endpoint`; two of them may stand beside each other.

    `travels` gives its pages the bar that travels in time; `parameters` are those it was deployed with last, beside
    those that every local stack has.
    """

    endpoint: str
    port: int
    site_port: int
    root: Path
    library: Library
    name: str = "lending"
    travels: bool = False
    parameters: dict[str, str] = field(default_factory=dict)

    def create(self) -> dict[str, str]:
        """Make the stack; its outputs, with addresses that answer here.

        Raises:
            RuntimeError: it does not come up; the first resource that failed.
        """
        return self._deploy("create")

    def change(self, **parameters: str) -> dict[str, str]:
        """Deploy the tree anew, with these parameters changed and the others as they were; the outputs.

        Raises:
            RuntimeError: the change fails; the first resource that failed.
        """
        self.parameters.update(parameters)
        return self._deploy("update")

    def _deploy(self, how: str) -> dict[str, str]:
        s3 = self._client("s3")
        with suppress(s3.exceptions.BucketAlreadyOwnedByYou):
            s3.create_bucket(Bucket=ARTEFACTS, CreateBucketConfiguration={"LocationConstraint": REGION})
        template = load_template(self.root / "infra" / "template.yaml")
        code = _upload_code(s3, template, self.root / "infra")
        site_url = f"http://localhost:{self.site_port}"
        local = {
            "TimeTravel": "true",
            "StaffPool": "shared",
            "OnlyBySite": "false",
            "SiteUrl": site_url,
            "ExtraSources": self.endpoint,
            "Policy": as_parameter(self.library.policy),
            "MailDomain": self.library.policy.mail_domain,
        }
        values = local | self.parameters
        values |= schedules_for(Policy.model_validate_json(values["Policy"]))
        release = hashlib.sha256(json.dumps([template, code, values]).encode()).hexdigest()
        plain = fit_to_loopback(expand(template, code, release), self.port)
        s3.put_object(Bucket=ARTEFACTS, Key=f"{self.name}.json", Body=json.dumps(plain).encode())
        outputs = self._carry_out(how, values | {"Release": release})
        outputs["ApiUrl"] = f"{self.endpoint}/_aws/execute-api/{_api_id(outputs['ApiUrl'])}/$default/api"
        config = page_config(outputs, REGION, self.endpoint)
        upload_pages(s3, outputs["SiteBucket"], self.root / "web", config, self.library, self.travels)
        return outputs

    def _carry_out(self, how: str, values: dict[str, str]) -> dict[str, str]:
        cloudformation = self._client("cloudformation")
        act: Callable[..., Any] = getattr(cloudformation, f"{how}_stack")
        act(
            StackName=self.name,
            TemplateURL=f"{self.endpoint}/{ARTEFACTS}/{self.name}.json",
            Parameters=[{"ParameterKey": name, "ParameterValue": value} for name, value in values.items()],
            Capabilities=["CAPABILITY_IAM"],
        )
        try:
            waiter = cloudformation.get_waiter(f"stack_{how}_complete")
            waiter.wait(StackName=self.name, WaiterConfig={"Delay": 1, "MaxAttempts": 600})
        except WaiterError as error:
            raise RuntimeError(f"{self.name}: {how} failed: {_first_failure(cloudformation, self.name)}") from error
        stack = cloudformation.describe_stacks(StackName=self.name)["Stacks"][0]
        return {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]}

    def _client(self, service: str) -> Any:
        session: Any = boto3.Session("test", "test", region_name=REGION)
        return session.client(service, endpoint_url=self.endpoint)


def _upload_code(s3: Any, template: Template, base: Path) -> dict[str, str]:
    """Each package under a name of its content, so that a stack that is changed sees which are others."""
    addresses = {}
    for name, folder in code_folders(template).items():
        pack = layer_package if name.endswith("Layer") else function_package
        body = pack((base / folder).resolve())
        key = f"{name}-{hashlib.sha256(body).hexdigest()[:16]}.zip"
        s3.put_object(Bucket=ARTEFACTS, Key=key, Body=body)
        addresses[name] = f"s3://{ARTEFACTS}/{key}"
    return addresses


def _first_failure(cloudformation: Any, stack: str) -> str:
    events = cloudformation.describe_stack_events(StackName=stack)["StackEvents"]
    failures = [event for event in events if event["ResourceStatus"].endswith("FAILED")]
    return ": ".join(failures[-1][key] for key in ("LogicalResourceId", "ResourceStatusReason")) if failures else "?"


def _api_id(api_url: str) -> str:
    return api_url.removeprefix("https://").partition(".")[0]
