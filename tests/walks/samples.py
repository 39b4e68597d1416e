"""What the stories say in each form: sensible answers, their instants counted from the story's now.

A procedure that somebody adds brings its stories along, and so the walks know how its forms are
filled in.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from workflows import procedures, stories, workdays
from workflows.stories import stage

SCENARIOS = Path(__file__).parents[1] / "scenarios"

Said = Mapping[str, Any]


@dataclass(frozen=True)
class Later:
    """An instant (or a day) so long after the story's now; negative before it."""

    by: timedelta
    whole_day: bool

    def seen_from(self, now: datetime) -> str:
        """As a form takes it, the same distance from another now."""
        at = now + self.by
        return at.date().isoformat() if self.whole_day else at.isoformat()


NEVER_APPROVED = frozenset({"banks_are_not_compelled"})
"""Stories of answers that no office may accept: nobody sensible repeats them."""


def of(element: str, keys: Sequence[str]) -> list[Said]:
    """What stories say in a form with these fields: `element` is a task, message or procedure."""
    wanted = set(keys)
    return [said for said in _all().get(element, ()) if said and set(said) <= wanted]


@cache
def _all() -> dict[str, list[Said]]:
    found: dict[str, list[Said]] = defaultdict(list)
    for file in sorted(SCENARIOS.glob("*/*.yaml")):
        if file.stem in NEVER_APPROVED:
            continue
        for element, said in _told(stories.read(file)):
            if said not in found[element]:
                found[element].append(said)
    return found


def _told(story: Said) -> Iterator[tuple[str, Said]]:
    now = stage.instant(story.get("at", "2026-03-02T09:00"))
    for step in story.get("steps") or []:
        if "wait" in step:
            now = _after(now, str(step["wait"]))
        if "at" in step:
            now = stage.instant(step["at"])
        word = next((one for one in ("complete", "message", "open") if one in step), None)
        if word:
            yield step[word], _relative(step.get("with") or {}, now)


def _after(now: datetime, said: str) -> datetime:
    number, _, unit = said.partition(" ")
    if unit.startswith("workday"):
        for _ in range(int(number)):
            day = workdays.next_workday(now.date(), procedures.calendar())
            now = datetime.combine(day, now.timetz())
        return now
    days = said.removeprefix("P").partition("D")[0]
    return now + timedelta(days=int(days) if days.isdecimal() else 0)


def _relative(value: Any, now: datetime) -> Any:
    match value:
        case Mapping():
            return {str(key): _relative(one, now) for key, one in value.items()}
        case list():
            return [_relative(one, now) for one in value]
        case datetime():
            return Later(stage.instant(value) - now, whole_day=False)
        case date():
            return Later(timedelta(days=(value - now.date()).days), whole_day=True)
        case str():
            return _relative_text(value, now)
        case _:
            return value


def _relative_text(text: str, now: datetime) -> Any:
    """Stories write days and instants bare or in quotes, or `now`."""
    if text == "now":
        return Later(timedelta(0), whole_day=False)
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return text
    return _relative(at.date() if len(text) == len("2026-03-02") else at, now)
