"""The template as CloudFormation gets it, for what cannot read SAM's: `python -m infra.expanded`."""

import json
from pathlib import Path

from infra.local.translate import code_folders, expand, load_template


def main() -> None:
    """Print the template, its loops and SAM's transformation carried out."""
    template = load_template(Path(__file__).with_name("template.yaml"))
    packages = dict.fromkeys(code_folders(template), "s3://packages/code")
    print(json.dumps(expand(template, packages, "release"), indent=1))


if __name__ == "__main__":
    main()
