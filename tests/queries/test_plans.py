"""What a list costs: how many statements it reads, each of them by an index."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import event

from tests.queries import rows
from workflows import access, queries, store
from workflows.queries import screened, seeing, workload

Ask = Callable[[store.Store, access.Actor], Any]


@pytest.fixture
def said(house: store.Store) -> Iterator[list[tuple[str, Any]]]:
    """Every statement that is run, with its values."""
    heard: list[tuple[str, Any]] = []

    def hear(
        _connection: Any, _cursor: Any, statement: str, values: Any, _context: Any, _many: bool
    ) -> None:
        if not statement.startswith("EXPLAIN"):
            heard.append((statement, values))

    event.listen(house.engine, "before_cursor_execute", hear)
    yield heard
    event.remove(house.engine, "before_cursor_execute", hear)


LATER = "2026-03-05T00:00:00+08:00~7"
PAGES: dict[str, tuple[str, int, Ask]] = {
    "mine": ("wang", 3, queries.worklist),
    "group": ("wang", 4, lambda h, a: queries.worklist(h, a, box="group")),
    "group, turned": ("wang", 4, lambda h, a: queries.worklist(h, a, box="group", after=LATER)),
    "group, back": ("wang", 5, lambda h, a: queries.worklist(h, a, box="group", before=LATER)),
    "overdue": (
        "wang", 4, lambda h, a: queries.worklist(h, a, box="group", due_filter="overdue"),
    ),
    "of a procedure": (
        "wang", 4, lambda h, a: queries.worklist(h, a, box="group", procedure="some_procedure"),
    ),
    "mine of a procedure": (
        "wang", 3, lambda h, a: queries.worklist(h, a, procedure="some_procedure"),
    ),
    "named": ("wang", 7, lambda h, a: queries.worklist(h, a, box="group", text="甲商贸")),
    "numbered": ("wang", 6, lambda h, a: queries.worklist(h, a, text="2026-000001")),
    "cases": ("wang", 3, queries.list_cases),
    "open cases": ("wang", 3, lambda h, a: queries.list_cases(h, a, status="open", after="9")),
    "cases of a procedure": (
        "wang", 3, lambda h, a: queries.list_cases(h, a, procedure="some_procedure"),
    ),
    "named cases": ("wang", 6, lambda h, a: queries.list_cases(h, a, text="甲商贸")),
    "cases of a lead office": ("qian", 4, lambda h, a: queries.list_cases(h, a, status="ended")),
    "subjects": ("wang", 3, lambda h, a: queries.find_subjects(h, a, after="3")),
    "named subjects": ("wang", 5, lambda h, a: queries.find_subjects(h, a, "甲商贸")),
    "screened": ("wang", 5, screened.screened),
    "screened, one class": ("wang", 5, lambda h, a: screened.screened(h, a, "watch", after="7")),
    "successors": (
        "sun", 1, lambda h, a: workload.successors(h, a, a.department_id or 0, "caseworker"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("few", [seeing.FEW, 0])
def test_no_list_reads_a_whole_table(
    house: store.Store,
    said: list[tuple[str, Any]],
    monkeypatch: pytest.MonkeyPatch,
    few: int,
) -> None:
    monkeypatch.setattr(seeing, "FEW", few)
    wang = rows.actor(house, "wang")
    (case_id,) = rows.add_cases(house, [wang.department_id])
    rows.add_tasks(house, case_id, rows.days(house, 40), wang)
    for name, (login, most, ask) in PAGES.items():
        who = rows.actor(house, login)
        said.clear()
        ask(house, who)
        asked = list(said)
        assert len(asked) <= most, (name, [statement for statement, _ in asked])
        for statement, values in asked:
            scanned = _scanned(house, statement, values)
            assert not scanned, (name, statement, scanned)


LONG = ("tasks", "cases", "subjects", "records", "flags", "deadlines", "jobs")
IN_ORDER = re.compile(r"SCAN tasks USING (COVERING )?INDEX ix_tasks_open\b")
"""For those who see nearly all: the list is walked in its order until the page is full."""
NEWEST = "ORDER BY flags.id DESC"
"""The end of a table, of which one row is read."""


def _scanned(house: store.Store, statement: str, values: Any) -> list[str]:
    """Where a plan reads a whole long table."""
    with house.engine.connect() as connection:
        if house.engine.dialect.name == "sqlite":
            plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values).all()
            lines = [str(row[-1]) for row in plan]
            whole = [line for line in lines if re.match(rf"SCAN ({'|'.join(LONG)})(_\d+)?\b", line)]
            return [line for line in whole if not IN_ORDER.match(line) and NEWEST not in statement]
        connection.exec_driver_sql("SET enable_seqscan = off")
        plan = connection.exec_driver_sql(f"EXPLAIN {statement}", values).all()
        connection.exec_driver_sql("RESET enable_seqscan")
    lines = [str(row[0]).strip() for row in plan]
    return [line for line in lines if re.search(rf"Seq Scan on ({'|'.join(LONG)})\b", line)]
