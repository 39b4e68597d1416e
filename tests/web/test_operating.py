"""运行: an operator retries, suspends and resumes; a supervisor moves a due date."""

from datetime import timedelta
from pathlib import Path

import pytest

import web
from tests.web.conftest import AT, FRESH, OBJECTION, SERVED, Site
from workflows import cases, models, scheduler, settings
from workflows.queries import operating

WHY = "系统升级"
NUMBER = f"2026-{SERVED:06d}"


def failed(site: Site, error: str = "打印机没有纸") -> int:
    """The job that waits in the served case has failed; returns its id."""
    j = models.jobs
    with site.house.transaction() as tx:
        job = tx.one(j.select().where(j.c.case_id == SERVED, j.c.status == "due"))
        tx.run(
            j.update()
            .where(j.c.id == job["id"])
            .values(status="failed", attempts=5, error=error, ended_at=tx.now)
        )
    return job["id"]


def status(site: Site, case_id: int) -> str:
    with site.house.reading() as tx:
        return tx.one(models.cases.select().where(models.cases.c.id == case_id))["status"]


def job_status(site: Site, job_id: int) -> str:
    with site.house.reading() as tx:
        return tx.one(models.jobs.select().where(models.jobs.c.id == job_id))["status"]


def test_the_menu_of_an_operator_leads_to_the_running_of_the_machine(busy_site: Site) -> None:
    reply = busy_site.client("wei").get("/", follow_redirects=True)
    assert reply.request.path == "/operating"
    assert "没有故障" in reply.text
    assert "/operating" not in busy_site.client("wang").get("/tasks").text


def test_an_incident_is_shown_with_its_error_and_retried(busy_site: Site) -> None:
    job_id = failed(busy_site)
    wei = busy_site.client("wei")
    page = wei.get("/operating").text
    assert "打印机没有纸" in page
    assert NUMBER in page
    reply = wei.post("/operating/retry", data={"job": str(job_id)}, follow_redirects=True)
    assert "已安排重试1项作业" in reply.text
    assert job_status(busy_site, job_id) == "due"
    history = busy_site.client("wang").get(f"/cases/{SERVED}/history").text
    assert "重试系统作业" in history


def test_all_incidents_of_a_procedure_are_retried_at_once(busy_site: Site) -> None:
    job_id = failed(busy_site)
    wei = busy_site.client("wei")
    wei.post("/operating/retry", data={"all": "1", "procedure": "another"})
    assert job_status(busy_site, job_id) == "failed"
    wei.post("/operating/retry", data={"all": "1", "procedure": "serious_listing"})
    assert job_status(busy_site, job_id) == "due"


def test_nothing_is_retried_where_nothing_is_ticked(busy_site: Site) -> None:
    job_id = failed(busy_site)
    reply = busy_site.client("wei").post("/operating/retry", follow_redirects=True)
    assert "没有选中需要重试的作业" in reply.text
    assert job_status(busy_site, job_id) == "failed"


@pytest.mark.parametrize("where", ["/operating", f"/operating/case?number={NUMBER}"])
def test_an_operator_reads_nothing_about_the_subject(busy_site: Site, where: str) -> None:
    failed(busy_site)
    cases.suspend_case(busy_site.house, busy_site.actor("wei"), SERVED, WHY)
    wei = busy_site.client("wei")
    for page in (where, "/operating?show=cases", "/operating?show=procedures"):
        text = wei.get(page).text
        assert "殷都甲" not in text
        assert "91410505MA44AA018A" not in text
    assert wei.get(f"/cases/{SERVED}").status_code == 403


def test_a_case_is_found_by_its_number_suspended_with_a_reason_and_resumed(
    busy_site: Site,
) -> None:
    wei = busy_site.client("wei")
    assert NUMBER in wei.get("/operating/case", query_string={"number": f" {NUMBER} "}).text
    form = {"act": "suspend", "case": NUMBER, "reason": ""}
    assert "法定期限不因此中止" in wei.get("/operating/hold", query_string=form).text
    refused = wei.post("/operating/hold", data=form)
    assert (refused.status_code, "请填写理由" in refused.text) == (422, True)
    assert status(busy_site, SERVED) == "open"
    done = wei.post("/operating/hold", data=form | {"reason": WHY}, follow_redirects=True)
    assert WHY in done.text
    assert status(busy_site, SERVED) == "suspended"
    assert WHY in wei.get("/operating?show=cases").text
    wei.post("/operating/hold", data={"act": "resume", "case": NUMBER, "reason": "升级完成"})
    assert status(busy_site, SERVED) == "open"


def test_an_unknown_case_or_act_is_told_and_nothing_happens(busy_site: Site) -> None:
    wei = busy_site.client("wei")
    reply = wei.get("/operating/case?number=2031-000001", follow_redirects=True)
    assert "没有案号为“2031-000001”的案件" in reply.text
    for form in ({"act": "delete", "case": NUMBER}, {"act": "suspend", "procedure": "x"}):
        assert wei.post("/operating/hold", data=form | {"reason": WHY}).status_code == 404


def test_a_procedure_is_suspended_with_all_its_cases_and_resumed(busy_site: Site) -> None:
    wei = busy_site.client("wei")
    form = {"procedure": "serious_listing", "reason": WHY}
    asked = wei.get("/operating/hold", query_string=form | {"act": "suspend"}).text
    assert "2件在办案件" in asked
    done = wei.post("/operating/hold", data=form | {"act": "suspend"}, follow_redirects=True)
    assert "2件在办案件随之暂停" in done.text
    assert [status(busy_site, one) for one in (SERVED, FRESH)] == ["suspended"] * 2
    wei.post("/operating/hold", data=form | {"act": "resume"})
    assert [status(busy_site, one) for one in (SERVED, FRESH)] == ["open"] * 2


def test_those_who_work_on_a_suspended_case_are_told(busy_site: Site) -> None:
    task = busy_site.task_id(FRESH, "draft_case")
    cases.suspend_case(busy_site.house, busy_site.actor("wei"), FRESH, WHY)
    wang = busy_site.client("wang")
    assert "已由运维人员暂停办理" in wang.get(f"/cases/{FRESH}").text
    assert WHY in wang.get(f"/cases/{FRESH}/history").text
    page = wang.get(f"/tasks/{task}").text
    assert "已由运维人员暂停办理" in page
    assert 'name="_action"' not in page
    assert "已暂停" in wang.get("/cases?status=suspended").text
    assert "已暂停" in wang.get("/tasks?box=group").text


def test_what_was_typed_into_a_case_just_suspended_comes_back(busy_site: Site) -> None:
    task = busy_site.task_id(FRESH, "draft_case")
    cases.suspend_case(busy_site.house, busy_site.actor("wei"), FRESH, WHY)
    form = {"_action": "submit", "grounds[0].text": "销售不合格电线一批"}
    reply = busy_site.client("wang").post(f"/tasks/{task}", data=form)
    assert reply.status_code == 409
    assert "销售不合格电线一批" in reply.text


def test_jobs_are_listed_page_after_page(busy_site: Site) -> None:
    with busy_site.house.transaction() as tx:
        tx.insert_many(
            models.jobs,
            [
                {
                    "case_id": SERVED,
                    "kind": "timer",
                    "unique_key": f"x{number}",
                    "status": "failed",
                    "due_at": AT + timedelta(minutes=number // 2),
                    "ended_at": AT,
                }
                for number in range(60)
            ],
        )
    actor, seen = busy_site.actor("wei"), list[int]()
    after, pages = "", 0
    while True:
        found = operating.list_jobs(busy_site.house, actor, status="failed", after=after)
        seen += [one.id for one in found.rows]
        after, pages = found.more, pages + 1
        if not after:
            break
    assert (pages, len(seen), len(set(seen))) == (3, 60, 60)
    assert "下一页" in busy_site.client("wei").get("/operating").text


@pytest.mark.parametrize(
    "after", ["x", "2026-03-02~1", "~", "2026-03-02T09:00:00+08:00~" + "9" * 30]
)
def test_a_broken_cursor_is_the_first_page(busy_site: Site, after: str) -> None:
    failed(busy_site)
    page = busy_site.client("wei").get("/operating", query_string={"after": after})
    assert NUMBER in page.text


def test_counts_stop_where_they_would_cost_too_much(
    busy_site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    failed(busy_site)
    monkeypatch.setattr(operating, "MOST", 0)
    assert "0+" in busy_site.client("wei").get("/operating").text


def test_the_next_hours_are_drawn_and_told_in_numbers(busy_site: Site) -> None:
    actor = busy_site.actor("wei")
    with busy_site.house.transaction() as tx:
        for number, minutes in enumerate((5, 50, 70, -10, 60 * 24 + 1)):
            due_at = AT + timedelta(minutes=minutes)
            values = {"kind": "timer", "case_id": SERVED, "unique_key": f"y{number}"}
            tx.insert(models.jobs, values | {"due_at": due_at})
    now = operating.standing(busy_site.house, actor)
    assert [hour.jobs for hour in now.hours[:3]] == [2, 1, 0]
    assert len(now.hours) == 24
    assert (now.due, now.handed, now.oldest) == (1, 0, timedelta(minutes=10))
    page = busy_site.client("wei").get("/operating?show=due").text
    assert "<svg" in page
    assert "10分钟" in page


# 改期


def test_a_supervisor_moves_a_due_date_and_the_history_says_why(busy_site: Site) -> None:
    sun, task = busy_site.client("sun"), busy_site.task_id(FRESH, "draft_case")
    assert "变更期限" in sun.get(f"/due?task={task}").text
    form = {"task": task, "last_day": "2026-04-10", "reason": "案情复杂"}
    reply = sun.post("/due", data=form, follow_redirects=True)
    assert "2026年4月10日" in reply.text
    assert "案情复杂" in sun.get(f"/cases/{FRESH}/history").text
    with busy_site.house.reading() as tx:
        moved = tx.one(models.tasks.select().where(models.tasks.c.id == task))["due_at"]
    assert moved.isoformat() == "2026-04-11T00:00:00+08:00"


def test_the_window_of_the_subject_is_not_made_shorter(busy_site: Site) -> None:
    with busy_site.house.reading() as tx:
        j = models.jobs
        job = tx.one(j.select().where(j.c.case_id == SERVED, j.c.kind == "timer"))
    sun = busy_site.client("sun")
    form = {"job": job["id"], "last_day": "2026-03-05", "reason": "从速办理"}
    reply = sun.post("/due", data=form)
    assert (reply.status_code, "只能延长，不能缩短" in reply.text) == (409, True)
    assert "从速办理" in reply.text
    form["last_day"] = "2026-03-31"
    assert sun.post("/due", data=form).status_code == 302


def test_what_is_objected_in_the_time_added_is_in_time(busy_site: Site) -> None:
    j, n = models.jobs, models.notices
    with busy_site.house.reading() as tx:
        job = tx.one(j.select().where(j.c.case_id == SERVED, j.c.kind == "timer"))
    form = {"job": job["id"], "last_day": "2026-03-31", "reason": "邮路中断"}
    busy_site.client("sun").post("/due", data=form)
    with busy_site.house.reading() as tx:
        notice = tx.one(n.select().where(n.c.case_id == SERVED))
    assert notice["window_end"].isoformat() == "2026-04-01T00:00:00+08:00"
    scheduler.travel(busy_site.house, job["due_at"] + timedelta(days=3))
    objected = {"received_at": "2026-03-12T10:00"}
    said = OBJECTION | {"with": OBJECTION["with"] | objected}
    busy_site.stage.cases["served"] = SERVED
    busy_site.tell(said, case="served")
    with busy_site.house.reading() as tx:
        found = tx.all(models.objections.select().where(models.objections.c.case_id == SERVED))
    assert [one["late"] for one in found] == [False, False]


def test_tasks_of_a_suspended_case_are_not_reassigned_and_the_others_are(busy_site: Site) -> None:
    other = busy_site.open("other")
    ids = [busy_site.task_id(one, "draft_case") for one in (FRESH, other)]
    cases.suspend_case(busy_site.house, busy_site.actor("wei"), FRESH, WHY)
    sun = busy_site.actor("sun")
    refused = cases.reassign_tasks(busy_site.house, sun, ids, "liu", "休假")
    assert [one.task["id"] for one in refused] == ids[:1]
    assert "暂停" in refused[0].refusal


def test_a_cookie_of_one_web_machine_is_good_on_the_others(
    busy_site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "DATA", tmp_path / "another machine")
    other = web.create_app(busy_site.house)
    wang = busy_site.client("wang")
    here = wang.get("/tasks")
    cookie = wang.get_cookie("zhengcheng")
    assert (here.status_code, cookie is not None) == (200, True)
    client = other.test_client()
    client.set_cookie("zhengcheng", cookie.value if cookie else "")
    assert client.get("/tasks").status_code == 200
    assert not list(tmp_path.glob("another machine/*"))


@pytest.mark.parametrize(
    ("last_day", "reason", "said"),
    [
        ("2026-02-30", "案情复杂", "请填写日期"),
        ("2026-03-01", "案情复杂", "新的期限须晚于现在"),
        ("2026-04-10", " ", "请填写理由"),
    ],
)
def test_a_due_date_that_cannot_be_is_refused_beside_its_field(
    busy_site: Site, last_day: str, reason: str, said: str
) -> None:
    task = busy_site.task_id(FRESH, "draft_case")
    form = {"task": task, "last_day": last_day, "reason": reason}
    reply = busy_site.client("sun").post("/due", data=form)
    assert (reply.status_code, said in reply.text) == (422, True)


def test_supervisors_find_their_way_to_moving_a_due_date(busy_site: Site) -> None:
    task = busy_site.task_id(FRESH, "draft_case")
    assert f"/due?task={task}" in busy_site.client("sun").get(f"/cases/{FRESH}/limits").text
    assert f"/due?task={task}" in busy_site.client("sun").get("/supervision?due=all").text
    assert "/due?" not in busy_site.client("wang").get(f"/cases/{FRESH}/limits").text
    assert "/due?job=" in busy_site.client("sun").get(f"/cases/{SERVED}/limits").text
