"""Walking a long list: every row once, forwards and back, while the list changes under the walk."""

import random
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from tests.queries import rows
from workflows import models, queries, store
from workflows.queries import paging, seeing, subjects, supervision, tasklist
from workflows.queries.paging import Turn

MANY = 3000
Ask = Callable[..., Any]


def walk(ask: Ask, meanwhile: Callable[[int], None] = lambda _page: None) -> list[int]:
    """Ids of all pages from the first to the last."""
    seen: list[int] = []
    after, number = "", 0
    while True:
        page = ask(after=after)
        seen += [row.id for row in page.rows]
        after, number = page.more, number + 1
        if not after:
            return seen
        meanwhile(number)


def walk_back(ask: Ask, last: Any) -> list[int]:
    """Ids of all pages from the last one to the first, in the order of the list."""
    seen = [row.id for row in last.rows]
    page = last
    while page.back:
        page = ask(before=page.back)
        seen = [row.id for row in page.rows] + seen
    return seen


def last_page(ask: Ask) -> Any:
    page = ask()
    while page.more:
        page = ask(after=page.more)
    return page


def in_order(house: store.Store, ids: list[int]) -> list[int]:
    t = models.tasks.c
    with house.reading() as tx:
        due = {row["id"]: row["due_at"] for row in tx.all(sa.select(t.id, t.due_at))}
    far = house.now + timedelta(days=10_000)
    return sorted(ids, key=lambda one: (due[one] or far, one))


def test_a_walk_shows_each_of_many_tasks_once_and_counts_stop(house: store.Store) -> None:
    wang = rows.actor(house, "wang")
    (case_id,) = rows.add_cases(house, [wang.department_id])
    ids = rows.add_tasks(house, case_id, rows.days(house, MANY), wang)

    def ask(**turn: str) -> queries.Worklist:
        return queries.worklist(house, wang, box="group", **turn)

    assert walk(ask) == in_order(house, ids)
    assert walk_back(ask, last_page(ask)) == in_order(house, ids)
    first = ask()
    assert (first.group, first.mine) == (paging.CAP + 1, 0)
    assert first.back == ""


def test_a_walk_misses_and_repeats_nothing_while_tasks_come_and_go(house: store.Store) -> None:
    wang = rows.actor(house, "wang")
    (case_id,) = rows.add_cases(house, [wang.department_id])
    ids = rows.add_tasks(house, case_id, rows.days(house, 400), wang)
    chance = random.Random(7)  # noqa: S311
    gone: set[int] = set()
    t = models.tasks

    def meanwhile(page: int) -> None:
        rows.add_tasks(house, case_id, rows.days(house, 5), wang)
        done = chance.sample(ids, 8)
        gone.update(done)
        with house.transaction() as tx:
            tx.run(t.update().where(t.c.id.in_(done)).values(status="done"))

    seen = walk(lambda **turn: queries.worklist(house, wang, box="group", **turn), meanwhile)
    assert len(seen) == len(set(seen))
    assert set(ids) - gone <= set(seen)
    assert [one for one in seen if one in ids] == in_order(house, [x for x in seen if x in ids])


def test_the_row_that_is_the_cursor_may_be_gone(house: store.Store) -> None:
    wang = rows.actor(house, "wang")
    (case_id,) = rows.add_cases(house, [wang.department_id])
    ids = in_order(house, rows.add_tasks(house, case_id, rows.days(house, 80), wang))
    page = queries.worklist(house, wang, box="group")
    t = models.tasks
    with house.transaction() as tx:
        tx.run(t.update().where(t.c.id == ids[24]).values(status="done"))
    second = queries.worklist(house, wang, box="group", after=page.more)
    assert [row.id for row in second.rows] == ids[25:50]
    again = queries.worklist(house, wang, box="group", before=second.back)
    assert [row.id for row in again.rows] == [*ids[:24], ids[25]]  # a whole page: the first
    assert again.back == ""


@pytest.mark.parametrize("few", [seeing.FEW, 0])
def test_the_departments_of_a_lead_office_are_one_list(
    house: store.Store, monkeypatch: pytest.MonkeyPatch, few: int
) -> None:
    monkeypatch.setattr(seeing, "FEW", few)
    d = models.departments.c
    with house.reading() as tx:
        places = [row["id"] for row in tx.all(sa.select(d.id).order_by(d.id))]
    case_ids = rows.add_cases(house, [places[number % len(places)] for number in range(84)])
    wang, qian = rows.actor(house, "wang"), rows.actor(house, "qian")
    with house.reading() as tx:
        theirs = tx.all(sa.select(d.id).where(seeing.departments(qian)))
    below = {row["id"] for row in theirs}
    seen = [one for number, one in enumerate(case_ids) if places[number % len(places)] in below]

    def ask(**turn: str) -> queries.CaseList:
        return queries.list_cases(house, qian, **turn)

    assert 25 < len(seen) <= 84
    assert walk(ask) == seen[::-1]
    assert walk_back(ask, last_page(ask)) == seen[::-1]
    ids = [
        task_id
        for number, due_at in enumerate(rows.days(house, 84))
        for task_id in rows.add_tasks(
            house, case_ids[0], [due_at], wang, department_id=places[number % len(places)]
        )
        if places[number % len(places)] in below
    ]

    def found(turn: Turn) -> list[int]:
        with house.reading() as tx:
            arms = [
                [supervision.in_any(qian, [place])] for place in seeing.places(tx, qian) or []
            ] or [[supervision.in_any(qian, None)]]
            shown = sa.select(models.tasks.c.id, models.tasks.c.due_at)
            page = tasklist.page(tx, turn, shown, arms, dated=False)
        here = [row["id"] for row in page.rows]
        return here + (found(Turn(after=page.more)) if page.more else [])

    assert found(Turn()) == in_order(house, ids)


def test_cases_and_subjects_turn_back_to_where_one_was(house: store.Store) -> None:
    wang = rows.actor(house, "wang")
    ids = rows.add_cases(house, [wang.department_id] * 60)
    stamps = {"created_at": house.now, "updated_at": house.now}
    with house.transaction() as tx:
        made = [{"id_no": str(no), "name": f"某{no}", **stamps} for no in range(60)]
        tx.insert_many(models.subjects, made)
    for ask, order in (
        (lambda **turn: queries.list_cases(house, wang, **turn), ids[::-1]),
        (lambda **turn: subjects.find_subjects(house, wang, **turn), None),
    ):
        first = ask()
        second = ask(after=first.more)
        third = ask(after=second.more)
        assert [row.id for row in ask(before=third.back).rows] == [row.id for row in second.rows]
        assert [row.id for row in ask(before=second.back).rows] == [row.id for row in first.rows]
        assert order is None or walk(ask) == order
        for cursor in ("x", "-1", "0~", "9" * 30, "1 OR 1"):
            assert [row.id for row in ask(before=cursor).rows] == [row.id for row in first.rows]


def test_a_cursor_from_elsewhere_is_no_error(house: store.Store) -> None:
    wang = rows.actor(house, "wang")
    (case_id,) = rows.add_cases(house, [wang.department_id])
    rows.add_tasks(house, case_id, rows.days(house, 30), wang)
    for cursor in ("x", "~", "2026~1", "~x", f"{house.now.isoformat()}~{'9' * 20}"):
        for turn in ({"after": cursor}, {"before": cursor}):
            assert len(queries.worklist(house, wang, box="group", **turn).rows) == 25, turn
    assert queries.worklist(house, wang, box="group", after="~999999").rows == ()
    far = datetime(2099, 1, 1, tzinfo=house.now.tzinfo).isoformat()
    assert len(queries.worklist(house, wang, box="group", before=f"{far}~1").rows) == 25


def test_many_are_told_as_a_thousand_and_more() -> None:
    from web import words

    assert [words.counted(n) for n in (0, 1000, 1001)] == ["0", "1000", "1,000+"]
