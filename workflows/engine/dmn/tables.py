"""A decision as data."""

from dataclasses import dataclass

SINGLE = frozenset({"UNIQUE", "FIRST", "ANY", "PRIORITY"})
"""Hit policies that give one row; the others give a list, or the number that sums it up."""

POLICIES = SINGLE | {"COLLECT", "RULE ORDER", "OUTPUT ORDER"}
AGGREGATIONS = frozenset({"SUM", "MIN", "MAX", "COUNT"})


@dataclass(frozen=True)
class Input:
    """A column to compare with."""

    id: str
    name: str
    expression: str
    type_ref: str
    """A type of facts, see feel.TYPES."""
    allowed: str | None = None
    """Unary tests the value must pass."""


@dataclass(frozen=True)
class Output:
    """A column to answer with."""

    id: str
    name: str
    type_ref: str
    allowed: str | None = None
    """Unary tests the value must pass; in the order of their priority."""
    default: str | None = None
    """What it is when no rule hits."""


@dataclass(frozen=True)
class Rule:
    """A row."""

    id: str
    tests: tuple[str, ...]
    """One cell for each input, '-' for any value."""
    results: tuple[str, ...]
    """One expression for each output."""
    annotation: str = ""


@dataclass(frozen=True)
class Decision:
    """A decision table; a literal expression is a table of one rule without inputs."""

    key: str
    name: str
    variable: str
    """Under which decisions that require this one see its result."""
    inputs: tuple[Input, ...]
    outputs: tuple[Output, ...]
    rules: tuple[Rule, ...]
    hit_policy: str = "UNIQUE"
    aggregation: str | None = None
    requires: tuple["Decision", ...] = ()
    facts: frozenset[str] = frozenset()
    """The names of the facts that decide it, those of the decisions it requires included."""

    def facts_needed(self) -> set[str]:
        """The names of the facts that decide it, those of the decisions it requires included."""
        return set(self.facts)

    @property
    def type_ref(self) -> str:
        """The type of its result, as decisions that require it see it."""
        if self.aggregation:
            return "number"
        if self.hit_policy not in SINGLE:
            return "list"
        return self.outputs[0].type_ref if len(self.outputs) == 1 else "context"
