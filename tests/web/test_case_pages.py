"""案件: its sides, what may be registered, the refusal of a hasty decision, stored bytes."""

import hashlib
from datetime import timedelta

import pytest

from tests.web.conftest import AT, OPENING, SERVED, Site
from workflows import cases, models, queries, store

SECTIONS = (
    "",
    "/diagram",
    "/work",
    "/documents",
    "/limits",
    "/objections",
    "/services",
    "/history",
)


def test_every_side_of_a_case_can_be_seen(busy_site: Site) -> None:
    for section in SECTIONS:
        reply = busy_site.client("wang").get(f"/cases/1{section}")
        assert reply.status_code == 200, section
        assert "殷都甲商贸有限公司" in reply.text


def test_the_conditions_of_a_listing_are_told_with_their_articles(busy_site: Site) -> None:
    checks = {
        one.id: one
        for one in queries.case_page(busy_site.house, busy_site.actor("wang"), SERVED).checks
    }
    assert checks["INV-01a"].met
    assert not all(one.met for one in checks.values())
    assert all(one.article for one in checks.values())
    page = busy_site.client("wang").get("/cases/1").text
    for one in checks.values():
        assert one.name in page


def test_a_hasty_decision_is_refused_with_the_article(busy_site: Site) -> None:
    client, url = busy_site.client("zhao"), "/cases/1/attempt"
    assert "作出列入决定" in client.get("/cases/1").text
    reply = client.post(url, data={"element": "decide"})
    assert reply.status_code == 409
    assert "不得作出列入决定" in reply.text
    assert "依据：" in reply.text
    with busy_site.house.reading() as tx:
        assert tx.one(models.cases.select())["status"] == "open"


def test_a_decision_that_is_due_leads_to_its_task(site: Site) -> None:
    case_id = site.open()
    task_id = site.task_id(case_id, "draft_case")
    reply = site.client("wang").post(f"/cases/{case_id}/attempt", data={"element": "draft_case"})
    assert reply.location == f"/tasks/{task_id}"


def test_an_objection_is_registered_and_shown(site: Site) -> None:
    case_id = site.noticed()
    client, url = site.client("wang"), f"/cases/{case_id}/messages/objection_received"
    refused = client.post(url, data={"by": "甄实", "_action": "submit"})
    assert refused.status_code == 422
    assert 'value="甄实"' in refused.text
    data = {
        "received_at": "2026-03-02T08:59",
        "channel": "当面递交",
        "by": "甄实",
        "points[0].no": "1",
        "points[0].text": "产品已经召回。",
        "_action": "submit",
    }
    reply = client.post(url, data=data, follow_redirects=True)
    assert "已登记" in reply.text
    shown = client.get(f"/cases/{case_id}/objections").text
    assert "产品已经召回。" in shown


def test_a_message_nobody_knows_is_not_found(site: Site) -> None:
    case_id = site.open()
    assert site.client("wang").get(f"/cases/{case_id}/messages/nosuch").status_code == 404


def test_the_diagram_is_the_one_the_case_runs_on(busy_site: Site) -> None:
    client = busy_site.client("wang")
    page = queries.case_diagram(busy_site.house, busy_site.actor("wang"), SERVED)
    assert page.marks["draft_case"] == "done"
    assert {key for key, _name in page.processes} >= {"serious_listing", "prior_notice"}
    file = client.get("/cases/1/diagrams/prior_notice.bpmn")
    assert file.data.startswith(b"<?xml")
    assert client.get("/cases/1/diagrams/nosuch.bpmn").status_code == 404
    assert client.get("/cases/1/diagram?process=nosuch").status_code == 404


def test_a_document_is_served_as_it_was_issued(busy_site: Site) -> None:
    client = busy_site.client("wang")
    with busy_site.house.reading() as tx:
        row = tx.one(models.documents.select().order_by(models.documents.c.id))
    page = client.get(f"/documents/{row['id']}").text
    assert row["sha256"] in page
    assert row["number"] in page
    file = client.get(f"/documents/{row['id']}.pdf")
    assert hashlib.sha256(file.data).hexdigest() == row["sha256"]
    assert file.headers["Content-Disposition"].startswith("inline; filename*=UTF-8''")
    assert file.content_type == "application/pdf"
    saved = client.get(f"/documents/{row['id']}.pdf?download=1")
    assert saved.headers["Content-Disposition"].startswith("attachment")


def test_an_attachment_that_could_run_is_only_downloaded(site: Site) -> None:
    case_id = site.open()
    wang, client = site.actor("wang"), site.client("wang")
    kinds = {"a.pdf": b"%PDF-1.4", "b.txt": "<script>证据</script>".encode()}
    for name, content in kinds.items():
        digest = cases.add_attachment(site.house, wang, case_id, name, content)
        reply = client.get(f"/cases/{case_id}/attachments/{digest}")
        assert reply.data == content
        assert "script-src" not in reply.headers["Content-Security-Policy"]
        assert reply.headers["X-Content-Type-Options"] == "nosniff"
    assert reply.content_type == "text/plain; charset=utf-8"
    assert client.get(f"/cases/{case_id}/attachments/{'0' * 64}").status_code == 404


def test_a_changed_history_is_told_on_its_page(site: Site) -> None:
    case_id = site.open()
    client = site.client("wang")
    assert "历史核验通过" in client.get(f"/cases/{case_id}/history").text
    with site.house.transaction() as tx:
        e = models.events
        tx.run(e.update().where(e.c.case_id == case_id, e.c.seq == 1).values(actor="别人"))
    page = client.get(f"/cases/{case_id}/history").text
    assert "历史核验不通过" in page
    assert "第1条事件的内容被改动" in page


def test_cases_are_found_by_number_subject_and_status(site: Site) -> None:
    site.open()
    site.tell(
        {"open": "serious_listing", "as": "wang", "with": OPENING | {"list_code": "court"}},
        case="second",
    )
    wang = site.actor("wang")
    both = queries.list_cases(site.house, wang).rows
    assert [row.number for row in both] == ["2026-000002", "2026-000001"]
    for text, count in (("甲商贸", 2), ("2026-000001", 1), ("100%", 0)):
        assert len(queries.list_cases(site.house, wang, text=text).rows) == count
    known = queries.list_cases(site.house, wang, status="open").rows
    assert all(row.status == "open" for row in known)
    assert queries.list_cases(site.house, site.actor("zheng")).rows == ()
    assert len(queries.list_cases(site.house, site.actor("qian")).rows) == 2


def test_long_lists_of_cases_are_turned_over(site: Site) -> None:
    for number in range(27):
        site.open(f"case {number}")
    wang = site.actor("wang")
    first = queries.list_cases(site.house, wang)
    rest = queries.list_cases(site.house, wang, after=first.more)
    assert (len(first.rows), len(rest.rows), rest.more) == (25, 2, "")


def test_a_subject_shows_its_records_and_the_cases_one_may_see(site: Site) -> None:
    site.open()
    page = site.client("wang").get("/subjects/1").text
    assert "殷市监罚〔2025〕88号" in page
    assert "2026-000001" in page
    assert "2026-000001" not in site.client("zheng").get("/subjects/1").text
    assert site.client("wang").get("/subjects/99").status_code == 404
    assert "殷都甲" in site.client("wang").get("/subjects?q=殷都").text
    assert "没有找到" in site.client("wang").get("/subjects?q=%25").text


def test_a_limit_that_ended_is_measured_at_its_end(site: Site) -> None:
    site.open("waiting")
    case_id = site.noticed()
    store.travel(site.house, AT + timedelta(days=30))
    wang = site.actor("wang")
    ended = queries.case_page(site.house, wang, case_id).dues
    assert not any(due.overdue for due in ended if due.status != "running")
    assert queries.case_page(site.house, wang, site.stage.cases["waiting"]).dues[0].overdue


@pytest.mark.parametrize("path", ["/nosuch", "/cases/99999999999999999999", "/tasks/-1"])
def test_a_wrong_address_is_a_page_that_helps(site: Site, path: str) -> None:
    reply = site.client("wang").get(path)
    assert reply.status_code == 404
    assert "回到首页" in reply.text
