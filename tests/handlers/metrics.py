"""What functions have counted, as CloudWatch reads it from the lines of their log."""

import json


def counts_in(log: str) -> dict[str, list[float]]:
    """All values of each metric, by its name."""
    counts: dict[str, list[float]] = {}
    for line in map(json.loads, (line for line in log.splitlines() if '"_aws"' in line)):
        for directive in line["_aws"]["CloudWatchMetrics"]:
            for metric in directive["Metrics"]:
                counts.setdefault(metric["Name"], []).extend(line[metric["Name"]])
    return counts
