"""An engine that is stopped through no fault of the expression is replaced, and asked again."""

import os

import py_mini_racer
import pytest

from workflows import errors
from workflows.engine import feel


class Tired:
    """An engine that has to stop whatever it is asked."""

    def eval(self, script: str, timeout_sec: float | None = None) -> str:
        raise py_mini_racer.JSOOMException

    def close(self) -> None:
        """It holds nothing."""


def tire() -> None:
    feel.evaluate("1 + 1", {}, {})
    door = feel._doors[os.getpid()]  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
    door.engine = Tired()  # pyright: ignore[reportAttributeAccessIssue]


def test_garbage_of_other_expressions_is_not_held_against_this_one() -> None:
    tire()
    assert feel.evaluate("1 + 1", {}, {}) == 2


def test_what_stops_a_fresh_engine_too_is_too_costly(monkeypatch: pytest.MonkeyPatch) -> None:
    tire()
    monkeypatch.setattr(feel, "_open_engine", Tired)
    with pytest.raises(errors.ExpressionTooCostly):
        feel.evaluate("1 + 1", {}, {})
