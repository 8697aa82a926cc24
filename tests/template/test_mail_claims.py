"""What sending each mail once rests on (RULES 38)."""

from lending.domain.mail.mail import CLAIM_LASTS
from tests.template.conftest import OfType


def test_a_claim_outlives_its_sender_and_lapses_before_the_queue_brings_the_mail_again(of_type: OfType) -> None:
    sender = of_type("AWS::Lambda::Function")["MailFunction"]["Timeout"]
    queue = of_type("AWS::SQS::Queue")["MailQueue"]["VisibilityTimeout"]
    assert sender < CLAIM_LASTS.total_seconds() < queue
