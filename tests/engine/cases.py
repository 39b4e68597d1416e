"""Plays a diagram in tests: one Case is a run with its procedure, limits and clock."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from types import SimpleNamespace
from typing import Any

from tests.engine.diagrams import Drawing
from workflows import engine

OFFICE = timezone(timedelta(hours=8))
NOW = datetime(2026, 3, 2, 9, tzinfo=OFFICE)


def five_days(limit_id: str, start: datetime) -> Any:
    """A stand-in for deadlines: every limit is five days."""
    return SimpleNamespace(limit_id=limit_id, due_at=start + timedelta(days=5))


@dataclass(frozen=True)
class Topic:
    """A topic that a test offers."""

    inputs: Mapping[str, str] = field(default_factory=dict)
    outputs: Mapping[str, str] = field(default_factory=dict)


@dataclass
class Case:
    """A case under test. With `saving`, it is saved and restored before every step."""

    bundle: dict[str, bytes]
    types: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    facts: dict[str, Any] = field(default_factory=dict)
    saving: bool = True
    key: str = "p"
    trail: list[tuple[str, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.procedure = engine.parse(self.bundle, self.key, self.types)
        self.run = engine.begin(self.procedure, self.facts, NOW, five_days)
        self.settle()

    def settle(self) -> None:
        self.run.settle()
        self.trail += [(one.kind, one.element.id) for one in self.run.trail]
        self.run.trail.clear()

    def again(self, now: datetime | None = None) -> "Case":
        """Save and restore, perhaps later."""
        now = now or self.run.now
        if self.saving:
            stored, facts = self.run.snapshot(), self.run.facts
            self.run = engine.resume(self.procedure, stored, facts, now, five_days)
        else:
            self.run.now = now
        return self

    def at(self, **later: float) -> "Case":
        """Travel: days=, hours=; then settle."""
        self.again(self.run.now + timedelta(**later))
        self.settle()
        return self

    def do(self, element: str, **answers: Any) -> "Case":
        """Complete the oldest open task or service of that element, and settle."""
        self.again()
        open_ = [*self.run.tasks(), *self.run.services()]
        self.run.complete(next(one.id for one in open_ if one.element.id == element), answers)
        self.settle()
        return self

    def tell(self, message: str, catch: str | None = None, **values: Any) -> "Case":
        """Send a message, and settle."""
        self.again()
        chosen = next((one.id for one in self.run.catches() if one.element.id == catch), None)
        self.run.send(message, values, chosen)
        self.settle()
        return self

    @property
    def waits(self) -> list[str]:
        """The elements that wait for somebody, sorted."""
        run = self.run
        several = [*run.tasks(), *run.services(), *run.timers(), *run.catches()]
        return sorted(one.element.id for one in several)

    @property
    def top(self) -> dict[str, Any]:
        """The facts of the top process."""
        return self.run.facts[""]


def play(*drawings: Drawing, types: Any = None, saving: bool = True, **facts: Any) -> Case:
    """Begin the first drawing; the others are called by it. Untyped facts are 'any'."""
    bundle = {f"{one.key}/{one.key}.bpmn": one.xml() for one in drawings}
    known = {one.key: dict.fromkeys(facts, "any") | (types or {}) for one in drawings}
    return Case(bundle, known, dict(facts), saving, drawings[0].key)
