"""Every page in a real browser: seen by all, on every screen, with nothing loose in the console."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.browser.conftest import Open
from tests.web.conftest import FRESH, Site

pytestmark = pytest.mark.browser

PAGES = {
    "worklist": ("wang", "/tasks?box=group"),
    "task with rows and choices": ("wang", "/tasks/{task}"),
    "task not one's own": ("zhao", "/tasks/{task}"),
    "cases": ("wang", "/cases"),
    "overview": ("zhao", "/cases/1"),
    "diagram": ("wang", "/cases/1/diagram"),
    "called diagram": ("wang", "/cases/1/diagram?process=prior_notice"),
    "work": ("wang", "/cases/1/work"),
    "documents": ("wang", "/cases/1/documents"),
    "limits": ("wang", "/cases/1/limits"),
    "objections": ("wang", "/cases/1/objections"),
    "services": ("wang", "/cases/1/services"),
    "history": ("wang", "/cases/1/history"),
    "objection form": ("wang", "/cases/1/messages/objection_received"),
    "document": ("wang", "/documents/1"),
    "subjects": ("wang", "/subjects"),
    "subject": ("wang", "/subjects/1"),
    "opening": ("wang", "/subjects/1/open/serious_listing?record=1"),
    "operating": ("wei", "/operating"),
    "procedures that run": ("wei", "/operating?show=procedures"),
    "case of an operator": ("wei", "/operating/case?number=2026-000001"),
    "suspending": ("wei", "/operating/hold?act=suspend&procedure=serious_listing"),
    "moving a due date": ("sun", "/due?task={task}"),
    "sign-in": (None, "/sign-in"),
}


def small_targets(page: Page) -> list[str]:
    """Controls less than 44 px high; links within text are exempt."""
    return page.evaluate(
        """() => [...document.querySelectorAll(
             'button, summary, select, .button, .tabs a, .menu a, label.choice:not(.bare), '
             + 'input:not([type=hidden], [type=checkbox], [type=radio])')]
           .filter(one => one.checkVisibility() && !one.closest('.bjs-container'))
           .map(one => [one.getBoundingClientRect().height, one.outerHTML.slice(0, 120)])
           .filter(([height]) => height > 0 && height < 43.5).map(String)"""
    )


@pytest.mark.parametrize("name", sorted(PAGES))
def test_a_page_is_accessible_and_fits_every_screen(
    busy_site: Site, busy_reader: Open, name: str
) -> None:
    login, path = PAGES[name]
    path = path.format(task=busy_site.task_id(FRESH, "draft_case"))
    for width in (1280, 390, 320):
        somebody = busy_reader(login, width)
        page = somebody.go(path)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, width
        assert small_targets(page) == []
        assert somebody.complaints == []
        if width == 320:
            continue
        found = Axe().run(page).response["violations"]
        serious = [
            (one["id"], one["help"], [node["html"][:200] for node in one["nodes"]])
            for one in found
            if one["impact"] in {"serious", "critical"}
        ]
        assert serious == []


def test_a_page_that_is_not_there_is_accessible_too(reader: Open) -> None:
    page = reader("wang").go("/cases/999")
    assert page.title().startswith("错误：")
    assert Axe().run(page).response["violations"] == []


def test_paper_carries_the_content_alone(busy_reader: Open) -> None:
    page = busy_reader("wang").go("/cases/1")
    page.emulate_media(media="print")
    assert not page.locator(".banner").is_visible()
    assert not page.locator(".tabs").is_visible()
    assert page.locator(".checks").is_visible()
