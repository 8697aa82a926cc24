"""What is wrong with what somebody has written, in words."""


class Faulty(Exception):
    """Something cannot be deployed; each fault in words."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults
