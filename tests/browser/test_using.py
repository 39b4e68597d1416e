"""What people do: with the keyboard, with and without scripts."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Open
from tests.web.conftest import GROUNDS, NOTICE, Site
from workflows import models, people

pytestmark = pytest.mark.browser


def draft_of(site: Site, task_id: int) -> dict[str, object]:
    t = models.tasks
    with site.house.reading() as tx:
        return tx.one(t.select().where(t.c.id == task_id))["draft"] or {}


def test_signing_in_by_keyboard(site: Site, reader: Open) -> None:
    with site.house.transaction() as tx:
        home = tx.one(
            models.departments.select().where(models.departments.c.code == "yindu_market")
        )
        people.add_person(tx, "xu", "徐新人", "correct horse", [(home["id"], "caseworker")])
    page = reader(None).go("/tasks?box=group")
    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_text("跳到正文")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.type("xu")
    page.keyboard.press("Tab")
    page.keyboard.type("correct horse")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/tasks\\?box=group$"))
    page.locator("details.person summary").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="退出登录")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="退出登录")).to_be_hidden()


def test_a_draft_saves_itself_while_typing(site: Site, reader: Open) -> None:
    task_id = site.task_id(site.open(), "draft_case")
    page = reader("wang").go(f"/tasks/{task_id}")
    page.get_by_label("备注").fill("写到一半")
    expect(page.locator("#draft")).to_contain_text("已自动保存 09:00")
    assert draft_of(site, task_id)["remarks"] == "写到一半"
    page.reload()
    expect(page.get_by_label("备注")).to_have_value("写到一半")


def test_a_lost_session_is_told_and_the_text_stays(site: Site, reader: Open) -> None:
    task_id = site.task_id(site.open(), "draft_case")
    somebody = reader("wang")
    page = somebody.go(f"/tasks/{task_id}")
    with site.house.transaction() as tx:
        tx.run(models.sessions.update().values(ended_at=tx.now))
    page.get_by_label("备注").fill("不能丢")
    expect(page.locator("#draft")).to_contain_text("登录已经过期")
    expect(page.get_by_label("备注")).to_have_value("不能丢")


def test_a_field_appears_when_the_answer_asks_for_it(site: Site, reader: Open) -> None:
    case_id = site.open()
    site.tell(*NOTICE[:2])
    page = reader("zhao").go(f"/tasks/{site.task_id(case_id, 'approve_notice')}")
    reasons = page.locator("[data-field=return_reasons]")
    expect(reasons).to_be_hidden()
    page.locator("[name=approved][value=no]").check()
    expect(reasons).to_be_visible()
    page.locator("[name=approved][value=yes]").check()
    expect(reasons).to_be_hidden()


def test_rows_come_and_go_and_the_focus_follows(site: Site, reader: Open) -> None:
    page = reader("wang").go(f"/tasks/{site.task_id(site.open(), 'draft_case')}")
    page.locator("[name='grounds[0].text']").fill(str(GROUNDS[0]["text"]))
    page.locator("[data-field=grounds] > button").click()
    expect(page.locator("#f-grounds-1")).to_be_focused()
    expect(page.locator("[name='grounds[0].text']")).to_have_value(str(GROUNDS[0]["text"]))
    expect(page.locator("[name='grounds[1].no']")).to_have_value("2")
    page.locator("#w-f-grounds .row").nth(0).get_by_role("button").click()
    expect(page.locator("#w-f-grounds .row")).to_have_count(1)


def test_a_chosen_file_is_stored_at_once(site: Site, reader: Open, tmp_path: Path) -> None:
    proof = tmp_path / "现场照片.pdf"
    proof.write_bytes(b"%PDF-1.4 proof")
    page = reader("wang").go(f"/tasks/{site.task_id(site.open(), 'draft_case')}")
    page.get_by_label("备注").fill("已有照片")
    page.locator("#f-case_evidence").set_input_files(proof)
    expect(page.locator("#w-f-case_evidence .file-name")).to_have_text("现场照片.pdf")
    with site.house.reading() as tx:
        assert tx.one(models.attachments.select())["filename"] == "现场照片.pdf"
    page.locator("#w-f-case_evidence").get_by_role("button", name="移除").click()
    expect(page.locator("#w-f-case_evidence .file-name")).to_have_count(0)
    expect(page.get_by_label("备注")).to_have_value("已有照片")


@pytest.mark.parametrize("scripts", [True, False])
def test_a_refused_form_leads_to_its_faults(site: Site, reader: Open, *, scripts: bool) -> None:
    task_id = site.task_id(site.open(), "draft_case")
    page = reader("wang", scripts=scripts).go(f"/tasks/{task_id}")
    page.get_by_role("button", name="办结").click()
    expect(page).to_have_title(re.compile("^错误："))
    expect(page.locator("#error-summary")).to_be_focused()
    page.locator("#error-summary a").first.click()
    expect(page.locator("#f-grounds")).to_be_in_viewport()
    expect(page.locator("#f-measures-error")).to_contain_text("请选择")


def test_a_task_is_done_without_scripts(site: Site, reader: Open) -> None:
    task_id = site.task_id(site.open(), "draft_case")
    page = reader("wang", scripts=False).go(f"/tasks/{task_id}")
    page.locator("[name='grounds[0].text']").fill(str(GROUNDS[0]["text"]))
    page.locator("[data-field=grounds] > button").click()
    page.locator("[name='grounds[1].text']").fill(str(GROUNDS[1]["text"]))
    page.locator("[name=measures]").first.check()
    page.get_by_role("button", name="保存并更新表单").click()
    expect(page.locator("[name=measures]").first).to_be_checked()
    page.get_by_role("button", name="办结").click()
    expect(page.get_by_role("status")).to_contain_text("已办结")
    page.get_by_role("link", name="拟写事前告知书").click()
    expect(page.locator("[name='grounds[1].text']")).to_have_value(str(GROUNDS[1]["text"]))


def test_the_diagram_shows_where_the_case_stands(busy_reader: Open) -> None:
    page = busy_reader("wang").go("/cases/1/diagram")
    expect(page.locator("[data-element-id=draft_case].mark-done")).to_have_count(1)
    expect(page.locator("[data-element-id=window_ended].mark-active")).to_be_visible()
    expect(page.locator(".bjs-powered-by")).to_be_visible()
    page.locator("#process").select_option("prior_notice")
    page.wait_for_url("**process=prior_notice")
    expect(page.locator("[data-element-id=draft_notice].mark-done")).to_have_count(1)
    expect(page.get_by_role("row", name="拟写事前告知书")).to_contain_text("已经办过")


def test_a_hasty_decision_is_refused_where_it_was_asked_for(busy_reader: Open) -> None:
    page = busy_reader("zhao").go("/cases/1")
    page.get_by_role("button", name="作出列入决定").click()
    expect(page.get_by_role("alert")).to_contain_text("不得作出列入决定")
    expect(page.get_by_role("alert")).to_be_focused()


def test_a_due_date_opens_to_its_count_of_days(site: Site, reader: Open) -> None:
    site.open()
    page = reader("wang").go("/tasks?box=group")
    chip = page.locator("details.due").first
    expect(chip.locator(".days")).to_be_hidden()
    chip.locator("summary").focus()
    page.keyboard.press("Enter")
    expect(chip.locator(".days")).to_contain_text("周六休息")


def test_the_paper_is_shown_in_its_page(busy_reader: Open) -> None:
    somebody = busy_reader("wang")
    with somebody.page.expect_response("**/documents/1.pdf") as reply:
        somebody.go("/documents/1")
    assert reply.value.headers["content-type"] == "application/pdf"
    expect(somebody.page.locator("iframe")).to_be_visible()
    expect(somebody.page.get_by_role("button", name="打印")).to_be_visible()
