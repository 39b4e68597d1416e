"""The page on which the supervisor, and nobody else, learns who reported."""

import pytest

from tests.web.conftest import SERVED, Site
from workflows import models

WHO = "石举报人甲 13812345678"
PAGE = f"/cases/{SERVED}/seals"


@pytest.fixture
def sealed(busy_site: Site) -> Site:
    with busy_site.house.transaction() as tx:
        tx.insert(
            models.sealed,
            {
                "case_id": SERVED,
                "name": "challenger_contact",
                "value": WHO,
                "sealed_at": tx.now,
            },
        )
    return busy_site


def test_the_page_tells_that_something_is_sealed_and_not_what(sealed: Site) -> None:
    shown = sealed.client("sun").get(PAGE)
    assert shown.status_code == 200
    assert "质疑人的联系方式" in shown.text
    assert WHO not in shown.text


@pytest.mark.parametrize("login", ["wang", "zhao", "li", "zhou", "wei"])
def test_nobody_else_sees_the_page_or_opens_a_seal(sealed: Site, login: str) -> None:
    client = sealed.client(login)
    assert client.get(PAGE).status_code in {403, 404}
    asked = client.post(f"{PAGE}/1", data={"reason": "想知道"})
    assert asked.status_code in {403, 404}
    assert WHO not in asked.text
    assert "seals" not in client.get(f"/cases/{SERVED}").text


def test_opening_asks_a_reason_shows_once_and_is_told_ever_after(sealed: Site) -> None:
    client = sealed.client("sun")
    refused = client.post(f"{PAGE}/1", data={"reason": " "})
    assert refused.status_code == 422
    assert WHO not in refused.text
    opened = client.post(f"{PAGE}/1", data={"reason": "转交答复函"})
    assert opened.status_code == 200
    assert WHO in opened.text
    assert "no-store" in opened.headers["Cache-Control"]
    later = client.get(PAGE).text
    assert WHO not in later
    assert "转交答复函" in later
    history = client.get(f"/cases/{SERVED}/history").text
    assert "拆封密封信息" in history
    assert WHO not in history


def test_a_seal_of_another_case_is_not_opened(sealed: Site) -> None:
    asked = sealed.client("sun").post("/cases/2/seals/1", data={"reason": "转交答复函"})
    assert asked.status_code == 404
    assert WHO not in asked.text
