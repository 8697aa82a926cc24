"""One line a day for whoever hears the alarms: that it was looked, and what was found."""

from collections.abc import Mapping
from datetime import date

from lending.aws.clients import client
from lending.aws.settings import settings


def send_daily_line(day: date, found: Mapping[str, int]) -> None:
    """Tell the topic of the alarms, if the stack is to, what the morning's look has found.

    Args:
        found: what should be 0, by the names of the numbers that the alarms hear.
    """
    topic = settings().daily_topic
    if not topic:
        return
    odd = [f"{name} {count}" for name, count in found.items() if count]
    line = f"{day}: " + (", ".join(odd) if odd else "all is as it should be")
    client("sns").publish(TopicArn=topic, Subject=f"Lending, {day}", Message=line)
