"""A head of department stops a clock in a real browser; a caseworker lets it go on."""

import re
from pathlib import Path

import pytest

from tests.browser.conftest import Open
from tests.browser.looking import check_page
from tests.web.conftest import SERVED

pytestmark = pytest.mark.browser

LIMITS = f"/cases/{SERVED}/limits"


@pytest.mark.parametrize("width", [1280, 390])
def test_a_clock_is_stopped_and_goes_on(busy_reader: Open, tmp_path: Path, width: int) -> None:
    proof = tmp_path / "flood.pdf"
    proof.write_bytes(b"%PDF-1.4 flood")
    zhao = busy_reader("zhao", width)
    page = zhao.go(LIMITS)
    check_page(zhao, width)
    page.get_by_role("link", name=re.compile("中止或者中断.*陈述申辩")).click()
    check_page(zhao, width)
    page.get_by_role("button", name="停止计算").click()
    page.wait_for_selector("#error-summary")
    assert page.locator("[aria-invalid]").count() >= 2
    zhao.complaints.clear()  # the browser notes that the form was refused
    page.get_by_label("事由").fill("当事人住所地发生洪水")
    page.get_by_label("法律依据").fill("民事诉讼法第八十六条")
    page.get_by_label("证据材料").set_input_files(proof)
    page.wait_for_selector("text=flood.pdf")
    check_page(zhao, width)
    page.get_by_role("button", name="停止计算").click()
    page.wait_for_url(f"**{LIMITS}")
    assert page.get_by_text("恢复后重新计算届满日").count() == 1
    check_page(zhao, width)
    wang = busy_reader("wang", width)
    page = wang.go(LIMITS)
    page.get_by_role("link", name=re.compile("恢复计算")).click()
    page.get_by_label("恢复的事由").fill("洪水退去，交通恢复")
    check_page(wang, width)
    page.get_by_role("button", name="恢复计算").click()
    page.wait_for_url(f"**{LIMITS}")
    assert page.get_by_text("恢复后重新计算届满日").count() == 0
    check_page(wang, width)
