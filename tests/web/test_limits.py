"""The limits of a case as a page: what stopped them, and stopping them by a form."""

import io
import re
from datetime import timedelta
from typing import Any

import pytest

from tests.web.conftest import AT, SERVED, Site
from workflows import models, store

FLOOD = {
    "limits": "objection_window_market",
    "kind": "suspension",
    "starts_at": "",
    "ground": "当事人住所地发生洪水",
    "article": "民事诉讼法第八十六条",
    "document_no": "殷市监中〔2026〕1号",
    "_action": "submit",
}
PAUSE = f"/cases/{SERVED}/limits/pause"
EXTEND = f"/cases/{SERVED}/limits/extend"
LIMITS = f"/cases/{SERVED}/limits"


def proof() -> dict[str, Any]:
    return {"evidence!file": (io.BytesIO(b"%PDF-1.4 flood"), "flood.pdf")}


def pause(site: Site, **changes: str) -> Any:
    return site.client("zhao").post(PAUSE, data={**FLOOD, **changes, **proof()})


def window(site: Site) -> str:
    """The id of the window's limit."""
    found = re.search(r"limits/pause\?limit=(objection_window\w*)", page(site, "zhao"))
    assert found
    return found[1]


def page(site: Site, login: str) -> str:
    return site.client(login).get(LIMITS).text


def test_a_limit_is_stopped_shown_and_let_go_on(busy_site: Site) -> None:
    reply = pause(busy_site, limits=window(busy_site))
    assert (reply.status_code, reply.location) == (302, LIMITS)
    shown = page(busy_site, "wang")
    assert "当事人住所地发生洪水" in shown
    assert "殷市监中〔2026〕1号" in shown
    assert "flood.pdf" in shown
    assert "恢复后重新计算届满日" in shown
    assert "中止" in busy_site.client("wang").get(f"/cases/{SERVED}").text
    assert "停止计算期限" in busy_site.client("wang").get(f"/cases/{SERVED}/history").text
    found = re.search(rf"{LIMITS}/pauses/\d+/resume", shown)
    assert found
    store.travel(busy_site.house, AT + timedelta(days=3))
    with busy_site.house.transaction() as tx:  # signed in again
        tx.run(models.sessions.update().values(created_at=tx.now, seen_at=tx.now))
    wang, goes_on = busy_site.client("wang"), {"ground": "洪水退去", "_action": "submit"}
    reply = wang.post(found[0], data=goes_on)
    assert reply.status_code == 302
    shown = page(busy_site, "wang")
    assert "恢复后重新计算届满日" not in shown
    assert "洪水退去" in shown
    assert "期间中止" in shown
    again = wang.post(found[0], data=goes_on)
    assert again.status_code == 409
    assert "已经恢复" in again.text


def test_a_limit_is_extended(busy_site: Site) -> None:
    form = {**FLOOD, "limit": window(busy_site), "length": "3", "unit": "workdays"}
    reply = busy_site.client("zhao").post(EXTEND, data={**form, **proof()})
    assert reply.status_code == 302, reply.text
    shown = page(busy_site, "wang")
    assert "3个工作日" in shown
    assert "延长，工作日" in shown


@pytest.mark.parametrize(
    ("changes", "field", "said"),
    [
        ({"ground": ""}, "f-ground", "事由"),
        ({"article": ""}, "f-article", "法律依据"),
        ({"kind": ""}, "f-kind", "中止还是中断"),
        ({"limits": "no_such_limit"}, "f-limits", ""),
        ({"starts_at": "2026-03-02T23:00"}, "f-starts_at", "不能晚于现在"),
        ({"starts_at": "2026-03-01T09:00"}, "f-starts_at", "早于"),
        ({"starts_at": "yesterday"}, "f-starts_at", ""),
    ],
)
def test_what_is_wrong_stands_beside_its_field_and_what_was_typed_is_kept(
    busy_site: Site, changes: dict[str, str], field: str, said: str
) -> None:
    reply = pause(busy_site, **changes)
    assert reply.status_code == 422
    assert f'href="#{field}"' in reply.text
    assert f'id="{field}-error"' in reply.text
    assert said in reply.text
    kept = [one for name, one in FLOOD.items() if name in {"ground", "document_no"} - set(changes)]
    assert all(one in reply.text for one in kept)
    assert "flood.pdf" in reply.text
    assert "尚未恢复" not in page(busy_site, "wang")


def test_without_evidence_it_is_refused_and_a_second_time_too(busy_site: Site) -> None:
    reply = busy_site.client("zhao").post(PAUSE, data=FLOOD | {"limits": "all"})
    assert reply.status_code == 422
    assert 'id="f-evidence-error"' in reply.text
    assert pause(busy_site, limits="all").status_code == 302
    reply = pause(busy_site, limits="all")
    assert reply.status_code in {409, 422}
    assert "当事人住所地发生洪水" in reply.text


def test_only_those_who_may_are_offered_it(busy_site: Site) -> None:
    for login in ("wang", "li", "sun", "qian"):
        shown = page(busy_site, login)
        assert "limits/pause" not in shown
        assert "limits/extend" not in shown
        client = busy_site.client(login)
        assert client.get(PAUSE).status_code == (302 if login == "wang" else 403)
        assert client.post(PAUSE, data={**FLOOD, **proof()}).status_code == 403
    assert pause(busy_site, limits="all").status_code == 302
    assert "/resume" in page(busy_site, "wang")
    assert "/resume" not in page(busy_site, "sun")


def test_lists_show_that_a_clock_stands_still_and_count_nothing_as_late(busy_site: Site) -> None:
    task = busy_site.task_id(SERVED, "assign_verifier")
    assert pause(busy_site, limits="all").status_code == 302
    with busy_site.house.transaction() as tx:  # the old end is long past
        d = models.deadlines
        tx.run(d.update().where(d.c.case_id == SERVED).values(due_at=AT - timedelta(days=9)))
    for login, path in (
        ("zhao", "/tasks?box=group"),
        ("zhao", f"/tasks/{task}"),
        ("zhao", f"/cases/{SERVED}"),
        ("sun", "/supervision"),
        ("sun", "/supervision/workload"),
    ):
        shown = busy_site.client(login).get(path)
        assert shown.status_code == 200, path
        assert "due-late" not in shown.text, path
    for path in ("/tasks?box=group", f"/tasks/{task}", f"/cases/{SERVED}"):
        assert "恢复后重新计算届满日" in busy_site.client("zhao").get(path).text, path


def test_the_forms_open_with_the_limit_that_was_chosen(busy_site: Site) -> None:
    chosen = window(busy_site)
    client = busy_site.client("zhao")
    assert f'<option value="{chosen}" selected' in client.get(f"{PAUSE}?limit={chosen}").text
    assert f'<option value="{chosen}" selected' in client.get(f"{EXTEND}?limit={chosen}").text
    assert client.get(f"{PAUSE}?limit=<script>").status_code == 200
    assert client.get(f"{LIMITS}/pauses/999/resume").status_code == 404


def test_the_page_is_read_in_english(busy_site: Site) -> None:
    client = busy_site.client("zhao")
    client.post("/language", data={"language": "en", "next": LIMITS})
    assert "Suspend or interrupt" in client.get(LIMITS).text
    assert "Suspension: afterwards" in client.get(PAUSE).text
