"""Numbers for CloudWatch, as lines of the log in its embedded metric format: no request, no right, no package."""

import json
import os
import sys
import time

from lending.aws.settings import settings


def measured(**values: int) -> None:
    """Tell some counts, by the name of the metric.

    The table's name is their dimension: two stacks of one account must not wake each other's alarms.
    """
    directive = {
        "Namespace": os.environ.get("POWERTOOLS_METRICS_NAMESPACE", "Lending"),
        "Dimensions": [["Table"]],
        "Metrics": [{"Name": name, "Unit": "Count"} for name in values],
    }
    told = {"_aws": {"Timestamp": int(time.time() * 1000), "CloudWatchMetrics": [directive]}}
    sys.stdout.write(json.dumps(told | {"Table": settings().table_name} | values) + "\n")
