"""The office clock. Law counts days at +08:00; the machine may stand anywhere."""

from datetime import datetime, timedelta, timezone
from typing import Protocol

OFFICE = timezone(timedelta(hours=8))


class Clock(Protocol):
    """Tells the instant, aware, in office time."""

    def now(self) -> datetime: ...


class OfficeClock:
    """The machine's clock read in office time."""

    def now(self) -> datetime:
        return datetime.now(OFFICE)


class TravellingClock:
    """A clock that stands still until it is set; for stories, tests and `tick --at`."""

    def __init__(self, at: datetime) -> None:
        self.at = at.astimezone(OFFICE)

    def now(self) -> datetime:
        return self.at
