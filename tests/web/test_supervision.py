"""督导: what is late, for whom it shows, and giving a task to somebody else."""

from datetime import datetime, timedelta

import pytest

from tests.web.conftest import AT, Site
from workflows import cases, errors, models, store, workdays
from workflows.queries import supervision, workload

DAY = timedelta(days=1)


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=workdays.OFFICE)


def fall_due(site: Site, task_id: int, due_at: datetime) -> None:
    """The task and its limit end then."""
    t, d = models.tasks, models.deadlines
    with site.house.transaction() as tx:
        token = tx.one(t.select().where(t.c.id == task_id))["token"]
        tx.run(t.update().where(t.c.id == task_id).values(due_at=due_at))
        tx.run(d.update().where(d.c.token == token).values(due_at=due_at))


def open_tasks(site: Site, *due: datetime) -> list[int]:
    found: list[int] = []
    for number, due_at in enumerate(due):
        found.append(site.task_id(site.open(f"case {number}"), "draft_case"))
        fall_due(site, found[-1], due_at)
    return found


def ids(found: supervision.Watch) -> list[int]:
    return [row.id for row in found.rows]


def department(site: Site) -> int:
    return site.actor("wang").department_id or 0


def test_late_comes_first_and_each_filter_shows_its_own(site: Site) -> None:
    calm, late, soon = open_tasks(site, AT + 20 * DAY, AT - DAY, AT + DAY)
    sun = site.actor("sun")
    assert ids(supervision.watch(site.house, sun, due_filter="pressing")) == [late, soon]
    assert ids(supervision.watch(site.house, sun, due_filter="late")) == [late]
    assert ids(supervision.watch(site.house, sun, due_filter="soon")) == [soon]
    found = supervision.watch(site.house, sun, due_filter="all")
    assert ids(found) == [late, soon, calm]
    assert found.tiles == supervision.Tiles(open=3, late=1, soon=1, unclaimed=3)


@pytest.mark.parametrize(
    ("due_at", "soon"),
    [
        ("2026-03-02T09:00:01", True),
        ("2026-03-05T00:00", True),  # the last day is Wednesday: two workdays after Monday
        ("2026-03-05T00:01", False),
        ("2026-03-06T00:00", False),
        ("2026-03-02T09:00", False),  # over: late, not soon
    ],
)
def test_soon_means_at_most_two_workdays_left(site: Site, due_at: str, soon: bool) -> None:
    (task_id,) = open_tasks(site, instant(due_at))
    found = supervision.watch(site.house, site.actor("sun"), due_filter="soon")
    assert ids(found) == [task_id] * soon
    assert found.tiles.late == (due_at == "2026-03-02T09:00")


def test_a_weekend_is_passed_over(site: Site) -> None:
    store.travel(site.house, instant("2026-03-05T09:00"))
    (task_id,) = open_tasks(site, instant("2026-03-10T00:00"))  # Thursday: Friday and Monday left
    assert ids(supervision.watch(site.house, site.actor("sun"), due_filter="soon")) == [task_id]


def test_whose_tasks_they_are_is_counted_by_person_and_by_procedure(site: Site) -> None:
    first, second, _third = open_tasks(site, AT - DAY, AT + DAY, AT + 20 * DAY)
    for login, task_id in (("wang", first), ("wang", second)):
        cases.claim_task(site.house, site.actor(login), task_id)
    found = workload.workload(site.house, site.actor("sun"))
    assert [(one.key, one.name, one.open, one.late, one.soon) for one in found.people] == [
        ("wang", "王承办", 2, 1, 1),
        (supervision.NOBODY, "", 1, 0, 0),
    ]
    assert [(one.key, one.open, one.late) for one in found.procedures] == [
        ("serious_listing", 3, 1)
    ]
    assert [(one.open, one.late) for one in found.departments] == [(3, 1)]
    one = supervision.watch(site.house, site.actor("sun"), person="wang", due_filter="all")
    assert ids(one) == [first, second]
    assert (one.tiles.open, one.tiles.unclaimed) == (3, 1)
    assert [choice.key for choice in one.people] == ["wang"]
    nobody = supervision.watch(
        site.house, site.actor("sun"), person=supervision.NOBODY, due_filter="all"
    )
    assert len(nobody.rows) == 1


def test_a_supervisor_sees_the_department_and_those_below_only(site: Site) -> None:
    open_tasks(site, AT - DAY)
    for login, seen in (("sun", 1), ("qian", 1), ("wu", 1), ("he", 0), ("zheng", 0)):
        found = supervision.watch(site.house, site.actor(login), due_filter="all")
        assert (len(found.rows), found.tiles.open) == (seen, seen), login
        load = workload.workload(site.house, site.actor(login))
        assert (load.tiles.open, len(load.people)) == (seen, seen), login


def test_every_task_is_shown_once_however_long_the_list(site: Site) -> None:
    open_tasks(site, *[AT - DAY] * 27)
    sun = site.actor("sun")
    first = supervision.watch(site.house, sun)
    rest = supervision.watch(site.house, sun, after=first.more)
    assert (len(first.rows), len(rest.rows), rest.more) == (25, 2, "")
    assert sorted({*ids(first), *ids(rest)}) == sorted([*ids(first), *ids(rest)])


def test_the_ladder_tells_how_far_a_task_has_been_escalated(site: Site) -> None:
    (task_id,) = open_tasks(site, AT - DAY)
    d = models.deadlines
    with site.house.transaction() as tx:
        at = AT + 2 * DAY
        tx.run(d.update().where(d.c.status == "running").values(escalations=3, escalate_at=at))
    (row,) = supervision.watch(site.house, site.actor("sun")).rows
    assert (row.id, row.ladder.taken, row.ladder.following) == (task_id, "督办提醒", "督办函")
    page = site.client("sun").get("/supervision").text
    assert "督办提醒" in page
    assert "2026-03-04 09:00" in page


def test_successors_are_those_in_the_role_with_the_least_first(site: Site) -> None:
    (task_id,) = open_tasks(site, AT + DAY)
    cases.claim_task(site.house, site.actor("chen"), task_id)
    found = workload.successors(site.house, site.actor("sun"), department(site), "caseworker")
    assert [(one.key, one.open) for one in found] == [("liu", 0), ("wang", 0), ("chen", 1)]
    assert workload.successors(site.house, site.actor("he"), department(site), "caseworker") == ()


def test_the_page_offers_late_tasks_and_their_filters(site: Site) -> None:
    late, _calm = open_tasks(site, AT - 3 * DAY, AT + 20 * DAY)
    page = site.client("sun").get("/supervision").text
    assert f'name="task" value="{late}"' in page
    assert page.count('name="task"') == 1
    assert "无人签收" in page
    everything = site.client("sun").get("/supervision?due=all&procedure=serious_listing").text
    assert everything.count('name="task"') == 2
    assert site.client("sun").get("/supervision?department=999").text.count('name="task"') == 0


def test_the_workload_is_a_picture_and_a_table(site: Site) -> None:
    open_tasks(site, AT - 3 * DAY, AT + 20 * DAY)
    page = site.client("qian").get("/supervision/workload").text
    assert "<svg" in page
    assert 'class="bar-late"' in page
    assert "按办理人" in page
    assert "按程序" in page


def reassigning(site: Site, *task_ids: int) -> str:
    return "/supervision/reassign?" + "&".join(f"task={one}" for one in task_ids)


def test_what_would_happen_is_shown_before_it_happens(site: Site) -> None:
    first, second = open_tasks(site, AT - DAY, AT - DAY)
    cases.claim_task(site.house, site.actor("chen"), second)
    group = f"{department(site)}-caseworker"
    page = site.client("sun").get(reassigning(site, first, second)).text
    assert f'name="to:{group}"' in page
    assert "确认改派" not in page
    page = site.client("sun").get(f"{reassigning(site, first, second)}&to:{group}=chen").text
    assert "该任务已由此人办理" in page
    assert "确认改派1项任务" in page


def test_tasks_move_with_the_reason_in_the_history(site: Site) -> None:
    first, second = open_tasks(site, AT - DAY, AT - DAY)
    cases.claim_task(site.house, site.actor("chen"), second)
    sent = {
        "task": [str(first), str(second)],
        f"to:{department(site)}-caseworker": "chen",
        "reason": "王承办休假。",
    }
    reply = site.client("sun").post("/supervision/reassign", data=sent)
    assert reply.status_code == 200
    assert "已改派1项，1项没有改派" in reply.text
    t, e = models.tasks, models.events
    with site.house.reading() as tx:
        assert tx.one(t.select().where(t.c.id == first))["assignee_id"] == (
            site.actor("chen").person_id
        )
        event = tx.one(e.select().where(e.c.kind == "task_reassigned"))
    assert event["after"]["reason"] == "王承办休假。"
    assert event["actor"] == "孙督导"


def test_nothing_moves_without_a_reason_and_nothing_typed_is_lost(site: Site) -> None:
    (task_id,) = open_tasks(site, AT - DAY)
    group = f"{department(site)}-caseworker"
    sent = {"task": str(task_id), f"to:{group}": "liu", "reason": " 。 "}
    reply = site.client("sun").post("/supervision/reassign", data=sent)
    assert reply.status_code == 422
    assert "请填写改派理由" in reply.text
    assert 'value="liu" selected' in reply.text
    reply = site.client("sun").post(
        "/supervision/reassign", data={"task": str(task_id), "reason": "休假三周"}
    )
    assert reply.status_code == 422
    assert "请选择接办人" in reply.text
    assert "休假三周</textarea>" in reply.text
    with site.house.reading() as tx:
        assert tx.one(models.tasks.select())["assignee_id"] is None


def test_four_eyes_survive_a_reassignment(busy_site: Site) -> None:
    site = busy_site
    site.stage.cases["served"] = 1
    site.tell(
        {"complete": "assign_verifier", "as": "zhao", "with": {"verifier": "chen"}}, case="served"
    )
    task_id = site.task_id(1, "verify_objection")
    group = f"{department(site)}-caseworker"
    page = site.client("sun").get(f"{reassigning(site, task_id)}&to:{group}=wang").text
    assert "同一人不得既承办又审核" in page
    assert "disabled" in page


def test_tasks_of_several_roles_go_to_several_people(busy_site: Site) -> None:
    site = busy_site
    first, second = site.task_id(1, "assign_verifier"), site.task_id(2, "draft_case")
    page = site.client("sun").get(reassigning(site, first, second)).text
    assert f'name="to:{department(site)}-dept_head"' in page
    assert f'name="to:{department(site)}-caseworker"' in page


def test_a_task_that_is_not_seen_cannot_be_named(site: Site) -> None:
    (task_id,) = open_tasks(site, AT - DAY)
    with site.house.transaction() as tx:
        d = models.departments.c
        other = tx.one(models.departments.select().where(d.code == "longan_emergency"))["id"]
        t = models.tasks
        tx.run(t.update().where(t.c.id == task_id).values(department_id=other))
    assert site.client("sun").get(reassigning(site, task_id)).status_code == 404
    assert site.client("sun").get(reassigning(site, 999)).status_code == 404
    sent = {"task": str(task_id), f"to:{other}-caseworker": "he", "reason": "试试"}
    assert site.client("sun").post("/supervision/reassign", data=sent).status_code == 404
    with pytest.raises(errors.NotFound):
        cases.preview_reassign(site.house, site.actor("sun"), [task_id], "he")


def test_whoever_chooses_nothing_is_told_to(site: Site) -> None:
    reply = site.client("sun").get("/supervision/reassign", follow_redirects=True)
    assert "请先勾选要改派的任务" in reply.text


def test_only_those_who_reassign_enter(site: Site) -> None:
    for path in ("/supervision", "/supervision/workload", "/supervision/reassign"):
        assert site.client("wang").get(path).status_code == 403
        assert site.client("zhou").get(path).status_code == 403
        assert site.client("qian").get(path).status_code in {200, 302}
