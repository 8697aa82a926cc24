"""The site's pages: what is uploaded to the site bucket, and the config.json they start from."""

import argparse
import json
import mimetypes
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

WEB = Path(__file__).resolve().parents[2] / "web"

# Content types do not depend on the tables of the machine that deploys.
CONTENT_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".ico": "image/x-icon",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json; charset=utf-8",
    ".mjs": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".webmanifest": "application/manifest+json",
    ".woff2": "font/woff2",
}


def page_config(outputs: dict[str, str], region: str, cognito_endpoint: str) -> dict[str, str]:
    """What the pages need to know of the stack they belong to. None of it is secret."""
    return {
        "apiBase": "/api",
        "region": region,
        "userPoolId": outputs["UserPoolId"],
        "userPoolClientId": outputs["UserPoolClientId"],
        "cognitoEndpoint": cognito_endpoint,
    }


def upload_pages(s3: "S3Client", bucket: str, folder: Path, config: dict[str, str]) -> int:
    """Upload the pages and their config.json; the number of objects written.

    Browsers ask again each time (`no-cache`), so that a page never meets the modules of another release.
    """
    objects = dict(_pages(folder)) | {"config.json": json.dumps(config).encode()}
    for key, body in objects.items():
        s3.put_object(Bucket=bucket, Key=key, Body=body, ContentType=content_type(key), CacheControl="no-cache")
    return len(objects)


def content_type(key: str) -> str:
    """The media type of a page, module, style or picture by its name."""
    return CONTENT_TYPES.get(Path(key).suffix) or mimetypes.guess_type(key)[0] or "application/octet-stream"


def _pages(folder: Path) -> Iterator[tuple[str, bytes]]:
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.name.startswith("."):
            yield path.relative_to(folder).as_posix(), path.read_bytes()


def main() -> None:
    """Publish the pages of a stack on AWS: `python -m infra.local.pages <stack> --region <region>`."""
    parser = argparse.ArgumentParser(description="Publish web/ to the site of a deployed stack.")
    parser.add_argument("stack")
    parser.add_argument("--region", required=True)
    options = parser.parse_args()
    session: Any = boto3.Session(region_name=options.region)
    stack = session.client("cloudformation").describe_stacks(StackName=options.stack)["Stacks"][0]
    outputs = {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]}
    config = page_config(outputs, options.region, f"https://cognito-idp.{options.region}.amazonaws.com")
    count = upload_pages(session.client("s3"), outputs["SiteBucket"], WEB, config)
    print(f"{count} objects, {outputs['SiteUrl']}")


if __name__ == "__main__":
    main()
