"""What every page owes its readers: it fits, can be reached and read by all, and is quiet."""

from axe_playwright_python.sync_playwright import Axe

from tests.browser.conftest import Reader
from tests.browser.test_pages import small_targets


def check_page(somebody: Reader, width: int) -> None:
    """The page open before the reader, on a screen of that width."""
    page = somebody.page
    wide = page.evaluate("document.documentElement.scrollWidth")
    assert wide <= width, wide
    small = small_targets(page)
    assert not small, small
    assert not somebody.complaints, somebody.complaints
    if width > 320:
        found = Axe().run(page).response["violations"]
        serious = [
            (one["id"], one["help"], [node["html"][:200] for node in one["nodes"]])
            for one in found
            if one["impact"] in {"serious", "critical"}
        ]
        assert not serious, serious
