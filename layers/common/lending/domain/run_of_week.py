"""One of the runs of a week, as a library sets its days (RULES "The week", 57)."""

from datetime import time

from pydantic import BaseModel, ConfigDict, Field


class RunOfWeek(BaseModel):
    """A run and what follows from it. Days are counted from the day of the run, times are Asia/Tokyo."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    weekday: int = Field(ge=0, le=6, description="Monday = 0 (the week)")
    cut_off: time = Field(description="holds placed up to and including it are considered (18)")
    cut_off_days_before: int = Field(0, ge=0, le=6, description="before the run; 0 on its day (18)")
    mail_days_after: int = Field(ge=0, description="the lending mail (36)")
    pickup_days_after: int = Field(ge=1, description="the first pickup day S (29)")
    pickup_days: int = Field(ge=1, description="the first and the last one counted (29)")
    checked_in_days_after_pickup: int = Field(ge=0, description="after the last pickup day (27, 30, 35)")
    place_change_days_before: int = Field(ge=0, le=7, description="until when a change of the pickup place counts (14)")
    place_change_until: time = Field(description="the counter's closing time (14)")

    @property
    def last_pickup_days_after(self) -> int:
        """The last pickup day (29)."""
        return self.pickup_days_after + self.pickup_days - 1
