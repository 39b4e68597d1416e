"""Waiting for a condition, never for a time."""

import threading
from collections.abc import Callable
from time import monotonic

_never = threading.Event()


def until(condition: Callable[[], object], seconds: float, what: str = "") -> None:
    """Come back as soon as it holds; fail when it does not within `seconds`."""
    end = monotonic() + seconds
    while not condition():
        assert monotonic() < end, what or "waited in vain"
        _never.wait(0.005)
