"""Every number and name the library may decide otherwise, with its default and its rule (RULES.md)."""

from collections.abc import Iterator
from datetime import time
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from lending.domain.run_of_week import RunOfWeek
from lending.domain.week_faults import faults_of_week


class Policy(BaseModel):
    """What a library sets for itself. Days are calendar days unless a name says open days; times are Asia/Tokyo.

    Its names and its week have no default: each library has its own (RULES 57).
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    # The week
    runs: tuple[RunOfWeek, ...] = Field(min_length=1, description="one or more a week (the week)")
    run_at: time = Field(time(8, 31), description="the job of a run starts, on its day (18)")
    mail_at: time = Field(time(9, 0), description="the job of the lending mail starts (36)")
    partner_loan_days: int = Field(14, ge=1, description="due date counted from S (25)")

    # Holds
    hold_limit: int = Field(20, ge=1, description="waiting, secured and ready ones (10)")

    kept_aside_runs: int = Field(0, ge=0, description="runs for which a passed-over patron's book stays kept (21)")

    still_wanted_months: int = Field(0, ge=0, description="after so many a waiting hold is asked about; 0: none (37)")

    # The reader's own order and pace
    pause: bool = Field(False, description="patrons may have their holds rest until a day (46)")
    pause_notice_days: int = Field(3, ge=0, description="a mail before a pause ends (46)")
    reading_order: bool = Field(False, description="a hold may come after another of one's own (47)")
    any_of: bool = Field(False, description="of a group of holds one may answer all (48)")
    own_order: bool = Field(False, description="patrons say which of their holds come first (49)")
    books_a_run: bool = Field(False, description="patrons may ask for fewer books a run (49)")

    # Loans
    loan_cap: int = Field(10, ge=1, description="books on loan per patron (19)")
    loan_caps: tuple[int, ...] = Field((5, 10), description="what a patron may ask for (19)")
    counter_loan_days: int = Field(14, ge=1, description="from the day after (17)")
    renewal_opens_days: int = Field(3, ge=0, description="before the due date (31)")
    renewal_days: int = Field(7, ge=1, description="from the old due date (31)")
    renewal_limit: int = Field(2, ge=0, description="(31)")
    release_at: time = Field(time(22, 0), description="end of a last pickup day, as scheduled (16, 30)")
    overdue_repeat_days: int = Field(7, ge=1, description="between overdue mails (35)")
    hand_over_undo_minutes: int = Field(10, ge=0, description="in which a facility takes a hand-over back (30)")

    # Promises
    returned_days_late: tuple[tuple[int, int], ...] = Field(
        ((-11, 8), (-4, 27), (3, 45), (10, 12), (17, 5), (24, 3)),
        min_length=1,
        description="of a hundred books, how many are checked in so many days after they are due, until counted (50)",
    )
    returns_weeks: int = Field(26, ge=1, le=53, description="of which returns are counted for what is expected (50)")

    # Closures
    facility_closures: int = Field(50, ge=1, description="entries of one facility that are not over (40)")
    announced_weeks: int = Field(8, ge=0, description="a run or pickup window that falls away is told of (22, 40)")

    # Pickup at the prefectural library
    pull_times: tuple[time, ...] = Field((time(9, 0), time(14, 0)), min_length=1, description="as scheduled (15)")
    ready_open_days: int = Field(10, ge=1, description="open days after the day of the mail (16)")

    # Registration
    card_years: int = Field(3, ge=1, description="a new card's life, unless staff say otherwise (8)")
    expiry_notice_days: int = Field(30, ge=0, description="renewal of the card coming due (37)")
    application_days: int = Field(30, ge=1, description="a refused or abandoned application is erased (41)")
    decision_days: int = Field(3, ge=1, description="within which staff decide (4)")
    guardian_below: int = Field(15, ge=0, description="years of age; whoever is younger applies with a guardian (1)")
    image_limit: int = Field(4, ge=1, description="(2)")
    image_bytes: int = Field(10 * 1024 * 1024, ge=1, description="a phone photo (2)")
    upload_ticket_seconds: int = Field(3600, ge=60, description="life of an upload ticket")
    image_link_seconds: int = Field(60, ge=1, description="life of a staff image link")
    password_again_minutes: int = Field(15, ge=1, description="between temporary passwords a person asks for anew (6)")
    password_wishes_a_day: int = Field(5, ge=1, description="of such wishes for one card number (6)")

    # Mail
    address_link_hours: int = Field(24, ge=1, description="life of the link that proves a mail address (7)")
    receipt_mails_a_day: int = Field(5, ge=1, description="such mails that applications can cause to one address (4)")
    address_links_a_day: int = Field(5, ge=1, description="such mails a patron can cause on one day")
    test_mail_minutes: int = Field(5, ge=1, description="between two test mails")
    mail_domain: str = Field(description="(37)")
    mail_sender: str = Field("オンライン貸出サービス担当", description="(37)")
    mail_reply_to: str = Field("", description="who reads answers; empty, the mails say that nobody does (37)")
    library_name: str
    service_name: str = Field("オンライン貸出サービス")
    counter_name: str
    counter_phone: str
    counter_hours: str

    # Words
    owner_word: str = Field("県立図書館", description="the library that owns the books")
    owner_short: str = Field("県立", description="the same where there is little room")
    partner_word: str = Field("協力館", description="where patrons receive and return books (29)")
    region_word: str = Field("県", description="what the partner facilities lie in")
    card_word: str = Field("利用者カード", description="a patron's card (8)")
    kit_word: str = Field("オンライン利用者登録セット", description="a blank card in an envelope (5)")
    kit_short: str = Field("登録セット", description="the same, in short")
    registration_name: str = Field("オンライン利用者登録サービス", description="the service of applications (1)")
    lending_word: str = Field("オンライン貸出", description="what the service does (18)")
    return_word: str = Field("オンライン返却", description="written on a bag that is given back (33)")
    example_name: str = Field("見本 太郎", description="in the hint of a form")
    example_kana: str = Field("ミホン タロウ", description="in the hint of a form")
    example_postal_code: str = Field("100-0001", description="in the hint of a form")

    # Beside the library's own system
    taken_away_percent: float = Field(2, ge=0, le=100, description="of the copies one nightly file may take away (43)")
    candidates: bool = Field(False, description="before a run it is asked what of its candidates is away (43)")
    candidates_at: time = Field(time(7, 30), description="on the day of the run (43)")
    candidates_away_percent: float = Field(20, ge=0, le=100, description="of these one answer may take away (43)")

    # Numbers
    smallest_count_shown: int = Field(5, ge=1, description="smaller counts are shown to the desk alone (56)")
    statistics_weeks: int = Field(53, ge=1, le=106, description="shown unless others are asked for (56)")
    weeks_waited: tuple[int, ...] = Field((1, 2, 4, 8), description="from which on a hold's wait is counted apart (56)")

    # Privacy
    facility_link_days: int = Field(35, ge=7, description="a facility's link opens its page for its batches (53)")
    history_days: int = Field(35, ge=0, description="after check-in, cancellation, expiry; mails with titles (41)")
    erasure_years: int = Field(3, ge=1, description="after the card's last day, with nothing open (41)")
    mark_days: int = Field(30, ge=1, description="an unreachable address that is nobody's is forgotten (41)")
    trail_days: int = Field(365, ge=1, description="for which it can be seen what staff did (41)")

    @model_validator(mode="after")
    def _goes_together(self) -> Self:
        faults = [*faults_of_week(self.runs, self.run_at, self.mail_at), *self._faults_of_times()]
        if faults:
            raise PydanticCustomError("week", "{faults}", {"faults": "; ".join(faults)})
        return self

    def _faults_of_times(self) -> Iterator[str]:
        """What of the times of jobs no schedule can say, and loans that end too early."""
        for at in (self.run_at, self.mail_at, self.release_at, *self.pull_times):
            if at.second or at.microsecond:
                yield f"{at} is not a whole minute, as the time of a job has to be"
        if len({at.minute for at in self.pull_times}) > 1:
            yield "pull_times are not at the same minute of their hours"
        if self.partner_loan_days < max(run.pickup_days for run in self.runs) - 1:
            yield "partner_loan_days end before the last pickup day"

    @property
    def offers(self) -> list[str]:
        """What patrons may decide about order and pace of their holds (46-49)."""
        names = ("pause", "reading_order", "any_of", "own_order", "books_a_run")
        return [name for name in names if getattr(self, name)]
