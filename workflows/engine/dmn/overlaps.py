"""Rules as sets of inputs: which of them overlap, and what none of them covers.

Each column's values are cut into pieces at every value its cells name: the points themselves and
the gaps between them. A cell is then a set of pieces, kept as the bits of an integer.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from workflows.engine import feel

NULL = 1
"""The piece that is the null value: the lowest bit of every mask."""

MOST_STEPS = 20_000
"""Steps after which the search for a gap gives up."""


@dataclass(frozen=True)
class Column:
    """One input and the cells of its column."""

    name: str
    points: tuple[Any, ...]
    """The values its cells name: sorted if `ordered`."""
    ordered: bool
    domain: int
    """The pieces that may occur: null and the allowed values."""
    masks: tuple[int | None, ...]
    """A rule's cell each, None where it is not decidable."""

    def describe(self, piece: int) -> str:
        """The piece of this number in words."""
        if piece == 0:
            return f"{self.name} 为空"
        if not self.ordered:
            known = piece <= len(self.points)
            return (
                f"{self.name} = {_said(self.points[piece - 1])}" if known else f"其他 {self.name}"
            )
        at, is_gap = divmod(piece - 1, 2)
        if is_gap:
            return f"{self.name} = {_said(self.points[at])}"
        low = [f"{_said(self.points[at - 1])} < "] if at else []
        high = [f" < {_said(self.points[at])}"] if at < len(self.points) else []
        return "".join([*low, self.name, *high])


def _said(value: Any) -> str:
    if isinstance(value, bool):
        return "真" if value else "假"
    return f"“{value}”" if isinstance(value, str) else str(value)


@dataclass(frozen=True)
class _Cut:
    """How a column's values are cut into pieces."""

    keys: list[tuple[str, Any]]
    ordered: bool
    pieces: int

    def at(self, value: Any) -> int:
        """The piece of a point."""
        if value is None:
            return NULL
        at = self.keys.index(_key(value))
        return 1 << (2 * at + 2 if self.ordered else at + 1)

    def between(self, test: feel.Shape) -> int:
        """The pieces of an interval."""
        first, last = 1, self.pieces - 1
        if "from" in test:
            first = 2 * self.keys.index(_key(test["from"])) + (2 if test["fromIn"] else 3)
        if "to" in test:
            last = 2 * self.keys.index(_key(test["to"])) + (2 if test["toIn"] else 1)
        return sum(1 << piece for piece in range(first, last + 1))

    def mask(self, shape: feel.Shape | None) -> int | None:
        """The pieces of a cell, None where it is not decidable."""
        if shape is None:
            return None
        intervals = [test for test in shape["tests"] if "at" not in test]
        if intervals and not self.ordered:
            return None
        mask = 0
        for test in shape["tests"]:
            mask |= self.at(test["at"]) if "at" in test else self.between(test)
        if shape["not"]:
            mask ^= 2**self.pieces - 1
            # Null is neither within an interval nor without.
            mask &= ~NULL if intervals else mask
        return mask


def column(name: str, type_ref: str, shapes: Sequence[feel.Shape | None]) -> Column:
    """A column of cells as feel.shapes gives them, its allowed values last."""
    used = {
        _key(test[end]): test[end]
        for shape in shapes
        for test in (shape["tests"] if shape else ())
        for end in ("at", "from", "to")
        if test.get(end) is not None
    }
    if type_ref == "boolean":
        used |= {_key(value): value for value in (True, False)}
    numbers = bool(used) and all(kind == "float" for kind, _ in used)
    ordered = type_ref in {"number", "date"} or numbers
    points = tuple(sorted(used.values())) if ordered else tuple(used.values())
    pieces = 2 * len(points) + 2 if ordered else len(points) + 1 + (type_ref != "boolean")
    cut = _Cut([_key(point) for point in points], ordered, pieces)
    *masks, allowed = (cut.mask(shape) for shape in shapes)
    domain = 2**pieces - 1 if allowed is None else allowed | NULL
    return Column(name, points, ordered, domain, tuple(masks))


def _key(value: Any) -> tuple[str, Any]:
    """1, 1.0 and True are equal to Python, not to FEEL."""
    kind = type(value).__name__
    return "float" if kind == "int" else kind, value


def find_overlaps(columns: Sequence[Column], rules: int) -> Iterator[tuple[int, int, str]]:
    """Pairs of rules that both hit, with an example; undecidable pairs show when they run."""
    for one, other in combinations(range(rules), 2):
        common: list[int] = []
        for col in columns:
            masks = col.masks[one], col.masks[other]
            if masks[0] is None or masks[1] is None:
                break
            both = masks[0] & masks[1] & col.domain
            if not both:
                break
            common.append(both)
        else:
            yield one, other, _example(columns, common)


def _example(columns: Sequence[Column], masks: Sequence[int]) -> str:
    parts: list[str] = []
    for col, mask in zip(columns, masks, strict=True):
        piece = (mask & ~NULL or mask).bit_length() - 1
        if mask != col.domain:
            parts.append(col.describe(piece))
    return "、".join(parts) or "任何输入"


def find_gap(columns: Sequence[Column], rules: int) -> str | None:
    """Inputs, none of them null, that no rule covers; None if there are none or too many to try.

    A cell that is not decidable is taken to cover its whole column.
    """
    covered: set[tuple[int, tuple[int, ...]]] = set()
    steps = 0

    def search(depth: int, active: tuple[int, ...]) -> list[str] | None:
        nonlocal steps
        steps += 1
        if not active:
            return []
        if depth == len(columns) or (depth, active) in covered or steps > MOST_STEPS:
            return None
        col = columns[depth]
        for piece in range(1, col.domain.bit_length()):
            if not col.domain >> piece & 1:
                continue
            left = tuple(rule for rule in active if _covers(col.masks[rule], piece))
            found = search(depth + 1, left)
            if found is not None:
                narrow = len(left) < len(active)
                return [col.describe(piece), *found] if narrow else found
        covered.add((depth, active))
        return None

    found = search(0, tuple(range(rules)))
    if found is None or steps > MOST_STEPS:
        return None
    return "、".join(found) or "任何输入"


def _covers(mask: int | None, piece: int) -> bool:
    return mask is None or bool(mask >> piece & 1)
