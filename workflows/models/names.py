"""Names of subjects as they are searched: by the pairs of characters that stand side by side.

Two characters are the shortest name and the shortest word a person looks for; word boundaries are
not written. SQLite keeps the pairs in a full-text table beside `subjects`, PostgreSQL in an index.
"""

import unicodedata
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.dialects import postgresql


def plain(name: str) -> str:
    """A name without what people write one way or another: width, case, brackets, spaces."""
    text = unicodedata.normalize("NFKC", name).casefold()
    return "".join(letter for letter in text if letter.isalnum())


def pairs(name: str) -> list[str]:
    """Each pair of neighbours in a name once, sorted; none of a single character."""
    text = plain(name)
    return sorted({text[place : place + 2] for place in range(len(text) - 1)})


class Pairs(sa.types.TypeDecorator[Sequence[str]]):
    """Pairs as an array, or separated by spaces on SQLite."""

    impl = sa.Text
    cache_ok = True

    def load_dialect_impl(self, dialect: sa.Dialect) -> Any:
        if dialect.name == "postgresql":
            return dialect.type_descriptor(postgresql.ARRAY(sa.Text))
        return dialect.type_descriptor(sa.Text())

    def process_bind_param(self, value: Sequence[str] | None, dialect: sa.Dialect) -> Any:
        if value is None or dialect.name == "postgresql":
            return value
        return " ".join(value)

    def process_result_value(self, value: Any, dialect: sa.Dialect) -> Any:
        del dialect
        return value.split() if isinstance(value, str) else value


def of_this_row(context: Any) -> list[str]:
    """The pairs of the name that a row is inserted with."""
    return pairs(context.get_current_parameters().get("name") or "")


FULL_TEXT = (
    """CREATE VIRTUAL TABLE subject_names USING fts5(
        pairs, content='subjects', content_rowid='id', tokenize='ascii', detail='none')""",
    """CREATE TRIGGER subject_names_insert AFTER INSERT ON subjects BEGIN
        INSERT INTO subject_names (rowid, pairs) VALUES (new.id, new.pairs);
    END""",
    """CREATE TRIGGER subject_names_delete AFTER DELETE ON subjects BEGIN
        INSERT INTO subject_names (subject_names, rowid, pairs)
        VALUES ('delete', old.id, old.pairs);
    END""",
    """CREATE TRIGGER subject_names_update AFTER UPDATE OF pairs ON subjects BEGIN
        INSERT INTO subject_names (subject_names, rowid, pairs)
        VALUES ('delete', old.id, old.pairs);
        INSERT INTO subject_names (rowid, pairs) VALUES (new.id, new.pairs);
    END""",
)
"""SQLite only. A migration that copies `subjects` must make the triggers anew."""


def search_in(subjects: sa.Table) -> None:
    """Have the full-text table made together with the table on SQLite."""
    for statement in FULL_TEXT:
        made = sa.DDL(statement).execute_if(dialect="sqlite")
        event.listen(subjects, "after_create", made)
