"""The main job in real Chromium: from the imported register to a printed 列入决定书."""

from datetime import datetime
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Open
from tests.web.conftest import Site
from workflows import intake, models, scheduler, settings, workdays

SUBJECT = "殷都丰兴化工有限公司"
RECORD = "殷市罚〔2026〕9号"  # decided on 2026-01-30


@pytest.fixture
def register(site: Site) -> Site:
    """The site with the sample batches imported."""
    samples = settings.ROOT / "workflows" / "samples"
    with (samples / "subjects.csv").open("rb") as stream:
        intake.import_subjects(site.house, site.actor("wu", "credit_center"), "s.csv", stream)
    with (samples / "penalties.csv").open("rb") as stream:
        intake.import_penalties(site.house, site.actor("wu", "credit_center"), "p.csv", stream)
    return site


def test_from_register_to_printed_decision(register: Site, reader: Open, tmp_path: Path) -> None:
    receipt = tmp_path / "送达回证.pdf"
    receipt.write_bytes(b"%PDF-1.4 signed")
    wang, zhao = reader("wang"), reader("zhao")

    page = wang.go("/subjects")
    page.get_by_role("searchbox").fill(SUBJECT)
    page.keyboard.press("Enter")
    page.get_by_role("link", name=SUBJECT).click()
    page.get_by_role("checkbox", name=RECORD).check()
    page.get_by_role("button", name="立案").click()
    page.get_by_label("拟列入的名单").select_option("market_regulation")
    page.locator("[name=harm_class][value=market_order]").check()
    page.get_by_label("案情摘要").fill("无照经营，屡罚不改。")
    page.get_by_role("button", name="立案").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(SUBJECT)
    case = page.url.removeprefix(wang.origin)

    take_up(wang.page, "拟写列入意见")
    wang.page.locator("[name='grounds[0].text']").fill("2026年1月无照经营，责令改正后逾期不改。")
    wang.page.locator("[name=measures][value=focus_supervision_market]").check()
    finish(wang.page)
    wang.go(case)
    take_up(wang.page, "拟写事前告知书")
    finish(wang.page)
    zhao.go(case)
    take_up(zhao.page, "审批事前告知书")
    zhao.page.locator("[name=approved][value=yes]").check()
    finish(zhao.page)
    scheduler.run_due(register.house)

    serve(wang.page, wang.go(case), receipt)
    scheduler.run_due(register.house)

    zhao.go(case).get_by_role("button", name="作出列入决定").click()
    expect(zhao.page.get_by_role("alert")).to_contain_text("期限尚未届满")
    expect(zhao.page.get_by_role("alert")).to_contain_text("国办发〔2020〕49号")

    scheduler.travel(register.house, datetime(2026, 3, 10, 9, tzinfo=workdays.OFFICE))
    with register.house.transaction() as tx:  # eight days on, everybody has signed in anew
        tx.run(models.sessions.update().values(created_at=tx.now, seen_at=tx.now))
    li = reader("li")
    li.go(case)
    take_up(li.page, "法制审核")
    li.page.locator("[name=legal_opinion][value=pass]").check()
    li.page.locator("[name=legal_reasons]").fill("事实清楚，程序合法。")
    finish(li.page)

    zhao.go(case)
    take_up(zhao.page, "作出决定")
    zhao.page.locator("[name=decision][value=list]").check()
    zhao.page.locator("[name=reasons]").fill("事实清楚、证据充分，当事人未提出异议。")
    zhao.page.locator("[name=decided_grounds]").first.check()
    zhao.page.locator("[name=decided_measures]").first.check()
    zhao.page.locator("[name=term_months]").fill("36")
    zhao.page.locator("[name=removal_conditions]").fill("履行处罚决定，消除不良影响。")
    zhao.page.locator("[name=removal_procedure]").fill("向本机关书面申请。")
    finish(zhao.page)
    scheduler.run_due(register.house)

    page = wang.go(case)
    with page.expect_response("**/documents/*.pdf") as reply:
        page.get_by_role("link", name="列入严重失信主体名单决定书").first.click()
    assert reply.value.headers["content-type"] == "application/pdf"
    expect(page.get_by_role("button", name="打印")).to_be_visible()
    with register.house.reading() as tx:
        listing = tx.one(models.listings.select())
        document = tx.one(
            models.documents.select().where(models.documents.c.kind == "listing_decision")
        )
    assert listing["status"] == "decided_listed"
    assert document["number"] == "殷市监列决〔2026〕1号"
    for one in (wang, zhao, li):
        assert [said for said in one.complaints if "422" not in said and "409" not in said] == []


def take_up(page: Page, name: str) -> None:
    """Follow the link of an open task."""
    page.get_by_role("link", name=name, exact=True).first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(name)


def finish(page: Page) -> None:
    """Complete the task that is on the page."""
    page.get_by_role("button", name="办结").click()
    expect(page.get_by_role("status")).to_contain_text("已办结")


def serve(page: Page, _case: Page, receipt: Path) -> None:
    """Serve the notice in person: choose the method, record the signature, add the receipt."""
    case = page.url
    take_up(page, "选择送达方式")
    page.locator("[name=method][value=direct]").check()
    finish(page)
    page.goto(case)
    take_up(page, "直接送达")
    page.locator("[name=result][value=signed]").check()
    page.locator("[name=at]").fill("2026-03-02T09:00")
    page.locator("[name=place]").fill("当事人住所")
    page.locator("[name=receiver]").fill("法定代表人")
    page.locator("[name=server_1]").fill("王承办")
    page.locator("[name=server_2]").fill("刘承办")
    page.locator("#f-evidence").set_input_files(receipt)
    expect(page.locator("#w-f-evidence .file-name")).to_have_text("送达回证.pdf")
    finish(page)
