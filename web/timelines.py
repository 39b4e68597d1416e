"""Where days stand on a line: terms of years drawn as bars, by numbers alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from workflows.queries.subjects import Term

LENGTH = 1000
"""Of the line, in units of its drawing."""

SHORTEST = 4
"""No term is drawn shorter, so that each is seen."""


@dataclass(frozen=True)
class Bar:
    """A term as drawn: from `x` on, `width` long."""

    term: Term
    x: float
    width: float


@dataclass(frozen=True)
class Line:
    """Whole years from the first term's to the last one's; `years`: (year, x); `today`: x."""

    bars: tuple[Bar, ...]
    years: tuple[tuple[int, float], ...]
    today: float


def draw(terms: Sequence[Term], today: date) -> Line | None:
    """The terms on one line with today; None where there are none."""
    if not terms:
        return None
    first = date(min(today, *(one.starts_on for one in terms)).year, 1, 1)
    last = date(max(today, *(one.ends_on for one in terms)).year + 1, 1, 1)
    whole = (last - first).days

    def at(day: date) -> float:
        return round(LENGTH * (day - first).days / whole, 1)

    return Line(
        bars=tuple(
            Bar(one, at(one.starts_on), max(SHORTEST, at(one.ends_on) - at(one.starts_on)))
            for one in terms
        ),
        years=tuple((year, at(date(year, 1, 1))) for year in range(first.year, last.year)),
        today=at(today),
    )
