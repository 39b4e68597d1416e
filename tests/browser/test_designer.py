"""A designer at work: the diagram, its steps, a change with faults, a change that is deployed."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser import looking
from tests.browser.conftest import Open
from tests.web import test_designing, test_moving
from tests.web.conftest import Site
from web.routes import moving
from workflows.queries import designing

pytestmark = pytest.mark.browser

CHANGE = "/procedures/serious_listing/change"
VERSION = "/procedures/serious_listing/versions/1"


def written(folder: Path, data: bytes) -> Path:
    file = folder / test_designing.BPMN
    file.write_bytes(data)
    return file


@pytest.mark.parametrize("path", ["/procedures", "/procedures/serious_listing", VERSION, CHANGE])
@pytest.mark.parametrize("width", [1280, 390, 320])
def test_every_page_of_a_designer_is_accessible(reader: Open, path: str, width: int) -> None:
    somebody = reader("zhou", width)
    somebody.go(path)
    looking.check_page(somebody, width)


def test_a_step_of_the_table_is_found_on_the_diagram(reader: Open) -> None:
    page = reader("zhou").go(VERSION)
    expect(page.locator("#diagram[data-ready]")).to_be_visible()
    page.locator("[data-element=decide]").click()
    found = page.locator(".djs-element.mark-found[data-element-id=decide]")
    expect(found).to_be_in_viewport()


def test_a_called_diagram_can_be_looked_at(reader: Open) -> None:
    page = reader("zhou").go(VERSION)
    page.get_by_label("流程", exact=True).select_option("service_of_process")
    page.wait_for_url("**process=service_of_process")
    expect(page.locator("[data-element-id=choose_method]").first).to_be_visible()


@pytest.mark.parametrize("width", [1280, 390])
def test_faults_are_marked_on_the_diagram_and_a_mended_file_is_deployed(
    site: Site, reader: Open, tmp_path: Path, width: int
) -> None:
    somebody = reader("zhou", width)
    page = somebody.go(CHANGE)
    page.get_by_label("选择文件").set_input_files(written(tmp_path, test_designing.FAULTY))
    page.get_by_role("button", name="检查").click()
    expect(page.get_by_role("alert")).to_be_focused()
    expect(page.locator(".djs-element.mark-fault[data-element-id=draft_case]")).to_be_visible()
    somebody.complaints.clear()  # the browser notes the answer 422
    looking.check_page(somebody, width)
    page.get_by_label("再加文件").set_input_files(written(tmp_path, test_designing.RENAMED))
    page.get_by_role("button", name="检查").click()
    expect(page.locator("ins", has_text="合法性审核")).to_be_visible()
    looking.check_page(somebody, width)
    page.get_by_label("修改说明").fill("按新条例改称")
    page.get_by_role("button", name="部署", exact=True).click()
    expect(page.get_by_role("status").first).to_contain_text("已部署第2版")
    assert len(designing.versions(site.house, site.actor("zhou"), "serious_listing")) == 2


def test_a_file_that_is_no_diagram_is_told_in_words(reader: Open, tmp_path: Path) -> None:
    page = reader("zhou").go(CHANGE)
    page.get_by_label("选择文件").set_input_files(written(tmp_path, b"a letter"))
    page.get_by_role("button", name="检查").click()
    expect(page.get_by_text("这个文件画不出流程图").first).to_be_visible()


def test_it_works_without_scripts(site: Site, reader: Open, tmp_path: Path) -> None:
    page = reader("zhou", scripts=False).go(CHANGE)
    page.get_by_label("选择文件").set_input_files(written(tmp_path, test_designing.RENAMED))
    page.get_by_role("button", name="检查").click()
    page.get_by_label("修改说明").fill("按新条例改称")
    page.get_by_role("button", name="部署", exact=True).click()
    expect(page.get_by_role("status").first).to_contain_text("已部署第2版")
    assert len(designing.versions(site.house, site.actor("zhou"), "serious_listing")) == 2


@pytest.mark.parametrize("width", [1280, 390, 320])
def test_pages_of_a_move_are_accessible(busy_site: Site, busy_reader: Open, width: int) -> None:
    test_moving.deploy(busy_site, test_moving.LAPSING)
    somebody = busy_reader("zhou", width)
    page = somebody.go(test_moving.MOVE)
    looking.check_page(somebody, width)
    page.get_by_role("button", name="预审全部2件").click()
    expect(page.get_by_role("heading", name="不能转的原因")).to_be_visible()
    looking.check_page(somebody, width)


@pytest.mark.parametrize("scripts", [True, False])
def test_cases_are_moved_to_the_end_with_scripts_by_themselves(
    busy_site: Site, busy_reader: Open, monkeypatch: pytest.MonkeyPatch, scripts: bool
) -> None:
    monkeypatch.setattr(moving, "BATCH", 1)
    test_moving.deploy(busy_site, test_moving.LAPSING)
    page = busy_reader("zhou", scripts=scripts).go(test_moving.MOVE)
    page.get_by_role("button", name="预审全部2件").click()
    for _ in () if scripts else range(3):
        page.get_by_role("button", name="继续").click()
    page.get_by_label("转版理由").fill("修法")
    page.get_by_role("button", name="转1件案件").click()
    for _ in () if scripts else range(3):
        page.get_by_role("button", name="继续").click()
    expect(page.get_by_text("已转", exact=True)).to_be_visible()
    assert test_moving.versions(busy_site) == [2, 1]
