"""Numbers for CloudWatch, as lines of the log in its embedded metric format."""

from aws_lambda_powertools.metrics import EphemeralMetrics, MetricUnit

from lending.aws.settings import settings

NAMESPACE = "Lending"


def emit_counts(**counts: int) -> None:
    """Write some counts to the log at once, by the name of the metric.

    The table's name is their only dimension: two stacks of one account must not wake each other's alarms, and an alarm
    hears whichever function counts.
    """
    metrics = EphemeralMetrics(namespace=NAMESPACE, service="")
    metrics.add_dimension("Table", settings().table_name)
    for name, count in counts.items():
        metrics.add_metric(name, MetricUnit.Count, count)
    metrics.flush_metrics()
