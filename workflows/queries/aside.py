"""A column kept aside from the choice of an index, on SQLite.

SQLite goes by how many columns of an index are asked for, not by how many rows that leaves; where
we know better, its own sign for it, a plus before the column, says so. PostgreSQL counts by itself.
"""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext import compiler
from sqlalchemy.sql import functions


class Aside(functions.FunctionElement[Any]):
    """The column, in a condition that an index of other columns is to answer."""

    inherit_cache = True

    def __init__(self, column: sa.Column[Any]) -> None:
        super().__init__(column)
        self.type = column.type


@compiler.compiles(Aside)
def _as_it_is(element: Aside, compiling: Any, **how: Any) -> str:  # pyright: ignore[reportUnusedFunction]
    return compiling.process(element.clauses, **how)


@compiler.compiles(Aside, "sqlite")
def _hidden(element: Aside, compiling: Any, **how: Any) -> str:  # pyright: ignore[reportUnusedFunction]
    return f"+{compiling.process(element.clauses, **how)}"
