"""Importing and screening before a screen: a batch comes in while one looks on."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser import looking
from tests.browser.conftest import Open
from tests.web import test_imports
from tests.web.conftest import Site
from workflows import intake, scheduler

pytestmark = pytest.mark.browser


@pytest.fixture
def batch(tmp_path: Path) -> Path:
    """Eleven good rows and one without its number."""
    file = tmp_path / "处罚.csv"
    rows = [test_imports.BAD, *test_imports.ROWS[1:]]
    file.write_bytes(test_imports.file_of(rows).getvalue())
    return file


def leave(site: Site, rows: list[dict[str, str]]) -> None:
    file = test_imports.file_of(rows)
    intake.queue_import(site.house, site.actor("wang"), "penalties", "处罚.csv", file)


@pytest.mark.parametrize("width", [1280, 390, 320])
@pytest.mark.parametrize("path", ["/imports", "/imports/1", "/imports/2", "/screening"])
def test_every_page_is_accessible(site: Site, reader: Open, path: str, width: int) -> None:
    leave(site, [test_imports.BAD, *test_imports.ROWS[1:]])
    intake.run_queued(site.house)
    leave(site, test_imports.ROWS)
    test_imports.frequent(site, 9)
    test_imports.screened(site)
    somebody = reader("qian", width)
    somebody.go(path) if path != "/imports/2" else somebody.page.goto(somebody.origin + path)
    looking.check_page(somebody, width)


def test_a_batch_comes_in_while_one_looks_on(site: Site, reader: Open, batch: Path) -> None:
    page = reader("wang").go("/imports")
    page.get_by_label("文件", exact=True).set_input_files(batch)
    page.get_by_role("button", name="上传并导入").click()
    expect(page.get_by_role("heading", name="正在排队")).to_be_visible()
    intake.run_queued(site.house)
    expect(page.get_by_role("heading", name="需要看的行")).to_be_visible()
    expect(page.locator("tbody")).to_contain_text("未填写")
    with page.expect_download() as waiting:
        page.get_by_role("link", name="下载拒收的行").click()
    assert waiting.value.suggested_filename == "处罚-拒收.csv"


def test_it_works_without_scripts(site: Site, reader: Open, batch: Path) -> None:
    page = reader("wang", scripts=False).go("/imports")
    page.get_by_label("文件", exact=True).set_input_files(batch)
    page.get_by_role("button", name="上传并导入").click()
    expect(page.get_by_role("heading", name="正在排队")).to_be_visible()
    intake.run_queued(site.house)
    expect(page.get_by_role("heading", name="需要看的行")).to_be_visible()  # the page reads itself


def test_a_refused_file_takes_the_reader_to_why(reader: Open, tmp_path: Path) -> None:
    file = tmp_path / "信.csv"
    file.write_text("亲爱的同事：", "utf-8")
    page = reader("wang").go("/imports")
    page.get_by_label("文件", exact=True).set_input_files(file)
    page.get_by_role("button", name="上传并导入").click()
    expect(page.get_by_role("alert")).to_be_focused()
    expect(page.get_by_role("alert")).to_contain_text("缺少必需的列")


def test_a_screening_is_run_and_explained(site: Site, reader: Open) -> None:
    test_imports.frequent(site, 9)
    page = reader("sun").go("/screening")
    page.get_by_role("button", name="现在筛查").click()
    expect(page.get_by_role("heading", name="正在筛查")).to_be_visible()
    scheduler.run_office(site.house)
    expect(page.get_by_text("筛查1个主体")).to_be_visible()
    page.get_by_text("依据和计入的11条记录").click()
    expect(page.get_by_text("虚罚〔2025〕8号")).to_be_visible()
