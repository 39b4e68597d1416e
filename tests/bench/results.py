"""What a measure found, and how it is shown."""

import math
import statistics
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any


@dataclass(frozen=True)
class Row:
    """One line of the table; `passed` is None where the issue sets no mark."""

    measure: str
    ours: str
    against: str
    ratio: float | None
    mark: str
    passed: bool | None
    details: dict[str, Any] = field(default_factory=dict[str, Any])


HEADINGS = ("measure", "ours", "against", "ratio", "must reach", "")


def p50(samples: Sequence[float]) -> float:
    """The median."""
    return statistics.median(samples)


def p95(samples: Sequence[float]) -> float:
    """The smallest sample that 95 % do not exceed."""
    return sorted(samples)[max(0, math.ceil(len(samples) * 0.95) - 1)]


def table(rows: Sequence[Row]) -> Iterator[str]:
    """The lines of the table."""
    cells = [HEADINGS, *(_cells(row) for row in rows)]
    widths = [max(len(line[column]) for line in cells) for column in range(len(HEADINGS))]
    for number, line in enumerate(cells):
        yield "  ".join(
            cell.ljust(width) for cell, width in zip(line, widths, strict=True)
        ).rstrip()
        if not number:
            yield "  ".join("-" * width for width in widths)


@contextmanager
def stage(words: str) -> Iterator[None]:
    """Tell on standard error what is under way and how long it took."""
    begun = perf_counter()
    sys.stderr.write(f"· {words} …\n")
    yield
    sys.stderr.write(f"  {perf_counter() - begun:.0f} s\n")


def _cells(row: Row) -> tuple[str, ...]:
    said = {True: "pass", False: "FAIL", None: ""}[row.passed]
    ratio = "" if row.ratio is None else f"{row.ratio:.2f}"
    return (row.measure, row.ours, row.against, ratio, row.mark, said)
