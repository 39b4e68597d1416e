"""A supervisor at work: late tasks found, chosen, looked at, given to somebody else."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from tests.browser import looking
from tests.browser.conftest import Open
from tests.web.conftest import AT, FRESH, SERVED, Site
from workflows import cases, models

pytestmark = pytest.mark.browser


@pytest.fixture
def late_site(busy_site: Site) -> Site:
    """Both open tasks are late; one of them is claimed."""
    t, d = models.tasks, models.deadlines
    with busy_site.house.transaction() as tx:
        past = AT - timedelta(days=3)
        tx.run(t.update().where(t.c.status == "open").values(due_at=past))
        tx.run(d.update().where(d.c.status == "running").values(due_at=past, escalations=3))
    task_id = busy_site.task_id(FRESH, "draft_case")
    cases.claim_task(busy_site.house, busy_site.actor("wang"), task_id)
    return busy_site


@pytest.mark.parametrize("page", ["/supervision?due=all", "/supervision/workload", "reassign"])
@pytest.mark.parametrize("width", [1280, 390, 320])
def test_every_page_of_a_supervisor_is_accessible(
    late_site: Site, busy_reader: Open, page: str, width: int
) -> None:
    if page == "reassign":
        task_id = late_site.task_id(FRESH, "draft_case")
        group = f"{late_site.actor('wang').department_id}-caseworker"
        page = f"/supervision/reassign?task={task_id}&to:{group}=chen"
    somebody = busy_reader("sun", width)
    somebody.go(page)
    looking.check_page(somebody, width)


def test_tasks_are_chosen_looked_at_and_moved(late_site: Site, busy_reader: Open) -> None:
    page = busy_reader("sun").go("/supervision")
    page.get_by_label("选中本页全部任务").check()
    expect(page.get_by_role("button", name="改派所选任务 (2)")).to_be_visible()
    page.get_by_label("选中本页全部任务").uncheck()
    page.get_by_label("选中 拟写列入意见").check()
    page.get_by_role("button", name="改派所选任务 (1)").click()
    page.get_by_label("改由谁办理").select_option("chen")
    expect(page.locator(".verdict-yes")).to_be_visible()
    page.get_by_label("改派理由").fill("王承办休假三周。")
    page.get_by_role("button", name="确认改派1项任务").click()
    expect(page.get_by_role("status")).to_contain_text("1项任务全部改派")
    with late_site.house.reading() as tx:
        wanted = models.tasks.select().where(
            models.tasks.c.id == late_site.task_id(FRESH, "draft_case")
        )
        assert tx.one(wanted)["assignee_id"] == late_site.actor("chen").person_id


def test_it_works_without_scripts(late_site: Site, busy_reader: Open) -> None:
    page = busy_reader("sun", scripts=False).go("/supervision")
    page.get_by_label("选中 拟写列入意见").check()
    page.get_by_role("button", name="改派所选任务").click()
    page.get_by_label("改由谁办理").select_option("liu")
    page.get_by_role("button", name="看看能否改派").click()
    page.get_by_role("button", name="确认改派1项任务").click()
    expect(page.get_by_role("alert")).to_contain_text("请填写改派理由")
    page.get_by_label("改派理由").fill("休假")
    page.get_by_role("button", name="确认改派1项任务").click()
    expect(page.get_by_role("status")).to_contain_text("1项任务全部改派")


def test_the_longest_bar_is_whose_tasks_are_most(late_site: Site, busy_reader: Open) -> None:
    assert late_site.task_id(SERVED, "assign_verifier")
    page = busy_reader("sun").go("/supervision/workload")
    late = page.locator("section[aria-labelledby=procedures] .bar-late").first
    assert late.bounding_box()["width"] == pytest.approx(  # pyright: ignore[reportOptionalSubscript]
        page.locator("section[aria-labelledby=procedures] svg.bar").first.bounding_box()["width"],  # pyright: ignore[reportOptionalSubscript]
        abs=2,
    )
