"""Waiting for a condition, never for a time."""

import threading
from collections.abc import Callable
from time import monotonic

_never = threading.Event()


def until(condition: Callable[[], object], seconds: float, what: str = "") -> None:
    """Come back as soon as it holds; fail when it does not within `seconds`.

    What takes long to find out is asked less often, so that asking slows nobody down.
    """
    end = monotonic() + seconds
    asked = monotonic()
    while not condition():
        now = monotonic()
        assert now < end, what or "waited in vain"
        _never.wait(max(0.005, 4 * (now - asked)))
        asked = monotonic()
