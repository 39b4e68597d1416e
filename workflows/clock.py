"""The office clock. Law counts days at +08:00; the machine may stand anywhere."""

from datetime import datetime, timedelta, timezone
from pathlib import Path
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

    def travel(self, at: datetime) -> None:
        """Make it `at` now."""
        self.at = at.astimezone(OFFICE)


class DemonstrationClock:
    """The machine's clock plus the seconds that a file holds: `tick --at` lets months pass."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def now(self) -> datetime:
        return datetime.now(OFFICE) + timedelta(seconds=float(self.file.read_text()))

    def travel(self, at: datetime) -> None:
        """Make it `at` now, for every process that reads the file."""
        ahead = (at - datetime.now(OFFICE)).total_seconds()
        self.file.write_text(str(ahead))
