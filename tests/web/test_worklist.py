"""工作台: whose tasks, in which order, and how a long list is turned over."""

from datetime import timedelta

from tests.web.conftest import AT, Site
from workflows import cases, models, queries, store


def fill(site: Site, count: int) -> None:
    for number in range(count):
        site.open(f"case {number}")


def test_the_group_sees_unclaimed_tasks_of_its_lane_only(site: Site) -> None:
    case_id = site.noticed()
    site.open("other")
    wang, zhao, zheng = (site.actor(one) for one in ("wang", "zhao", "zheng"))
    group = queries.worklist(site.house, wang, box="group")
    assert [row.element for row in group.rows] == ["draft_case"]
    assert all(row.case_id != case_id for row in group.rows)
    assert queries.worklist(site.house, zhao, box="group").rows == ()
    assert queries.worklist(site.house, zheng, box="group").rows == ()


def test_a_claimed_task_moves_to_its_person(site: Site) -> None:
    task_id = site.task_id(site.open(), "draft_case")
    wang, chen = site.actor("wang"), site.actor("chen")
    cases.claim_task(site.house, wang, task_id)
    mine = queries.worklist(site.house, wang)
    assert ([row.id for row in mine.rows], mine.mine, mine.group) == ([task_id], 1, 0)
    assert queries.worklist(site.house, chen).rows == ()
    assert queries.worklist(site.house, chen, box="group").rows == ()


def test_a_task_kept_for_others_is_not_offered(site: Site) -> None:
    task_id = site.task_id(site.open(), "draft_case")
    with site.house.transaction() as tx:
        t = models.tasks
        named = {"users": ["chen"], "groups": [], "four_eyes": []}
        tx.run(t.update().where(t.c.id == task_id).values(candidates=named))
    for login, seen in (("chen", 1), ("wang", 0)):
        found = queries.worklist(site.house, site.actor(login), box="group")
        assert len(found.rows) == seen


def test_pages_hold_every_task_once_in_order_of_their_limits(site: Site) -> None:
    fill(site, 30)
    with site.house.transaction() as tx:
        t = models.tasks
        ids = [row["id"] for row in tx.all(t.select().order_by(t.c.id))]
        for number, task_id in enumerate(ids):
            due_at = None if number % 5 == 0 else AT + timedelta(days=number % 7)
            tx.run(t.update().where(t.c.id == task_id).values(due_at=due_at))
    seen, after = [], ""
    while True:
        page = queries.worklist(site.house, site.actor("wang"), box="group", after=after)
        seen += page.rows
        after = page.more
        if not after:
            break
    assert sorted(row.id for row in seen) == ids
    with site.house.reading() as tx:
        due = {row["id"]: row["due_at"] for row in tx.all(t.select())}
    order = [(due[row.id] is None, due[row.id], row.id) for row in seen]
    assert order == sorted(order, key=lambda one: (one[0], one[1] or AT, one[2]))


def test_a_cursor_that_cannot_be_read_is_the_first_page(site: Site) -> None:
    fill(site, 2)
    for after in ("x", "~", "2026~1", "yesterday~1", "2026-03-02T09:00~1", "~x"):
        page = queries.worklist(site.house, site.actor("wang"), box="group", after=after)
        assert len(page.rows) == 2, after


def test_what_is_late_comes_first_and_can_be_asked_for_alone(site: Site) -> None:
    site.open("late")
    store.travel(site.house, AT + timedelta(days=14))
    site.open("fresh")
    wang = site.actor("wang")
    found = queries.worklist(site.house, wang, box="group")
    assert found.overdue == 1
    assert [row.due.overdue for row in found.rows if row.due] == [True, False]
    late = queries.worklist(site.house, wang, box="group", due_filter="overdue")
    assert len(late.rows) == 1
    assert late.rows[0].due is not None
    assert late.rows[0].due.workdays == -5


def test_text_is_looked_for_literally(site: Site) -> None:
    fill(site, 2)
    wang = site.actor("wang")
    for text, count in (
        ("殷都", 2),
        ("甲商", 2),
        ("甲", 2),
        ("2026-000001", 1),
        ("%", 0),
        ("_", 0),
        ("' OR 1=1", 0),
    ):
        assert len(queries.worklist(site.house, wang, box="group", text=text).rows) == count, text


def test_a_due_date_explains_every_day(site: Site) -> None:
    site.open()
    row = queries.worklist(site.house, site.actor("wang"), box="group").rows[0]
    assert row.due is not None
    counted = [day for day in row.due.days if day.ordinal]
    assert [day.ordinal for day in counted] == list(range(1, len(counted) + 1))
    assert counted[-1].day == row.due.last_day
    page = site.client("wang").get("/tasks?box=group").text
    assert "周六休息" in page
    assert row.due.basis in page


def test_claiming_and_giving_back_from_the_list(site: Site) -> None:
    task_id = site.task_id(site.open(), "draft_case")
    client = site.client("wang")
    reply = client.post(f"/tasks/{task_id}/claim", follow_redirects=True)
    assert "已签收" in reply.text
    reply = client.post(f"/tasks/{task_id}/release", follow_redirects=True)
    assert "已退回本组" in reply.text
