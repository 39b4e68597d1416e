"""The page of a subject: what happened, what lasts, what can be done now; for whom."""

import re

from sqlalchemy import event

from tests.web.conftest import OBJECTION, Site
from workflows import models, queries
from workflows.queries import subjects

ALL_AT_MOST = 24
"""Statements that the page asks, procedures once read."""


def page(site: Site, login: str = "wang", **turn: str) -> subjects.SubjectPage:
    return queries.subject_page(site.house, site.actor(login), 1, **turn)


def test_the_page_tells_what_happened_the_newest_first(site: Site) -> None:
    case_id = site.noticed()
    site.tell(OBJECTION)
    rows = page(site).history.rows
    kinds = [one.kind for one in rows]
    assert set(kinds) == {"record", "case_opened", "served", "objection"}
    assert [one.at for one in rows] == sorted((one.at for one in rows), reverse=True)
    assert {one.case_id for one in rows if one.kind == "served"} == {case_id}
    html = site.client("wang").get("/subjects/1").text
    for said in ("文书送达", "提出异议", "列入严重失信主体名单事前告知书", "异议"):
        assert said in html


def test_another_department_sees_the_records_and_not_the_case(site: Site) -> None:
    site.noticed()
    found = page(site, "zheng")
    assert {one.kind for one in found.history.rows} == {"record"}
    assert found.rights[0].kind == "dispute"
    assert not found.limits


def test_an_open_window_is_told_with_its_end_and_leads_to_the_form(site: Site) -> None:
    case_id = site.noticed()
    rights = {one.kind: one for one in page(site).rights}
    assert rights["object"].due is not None
    assert rights["object"].due.last_day.isoformat() == "2026-03-09"
    assert rights["object"].due.days
    html = site.client("wang").get("/subjects/1").text
    assert f"/cases/{case_id}/messages/objection_received" in html
    assert "messages/objection_received" not in site.client("sun").get("/subjects/1").text


def test_the_history_turns_without_repeating_or_leaving_out(site: Site) -> None:
    with site.house.transaction() as tx:
        for number in range(60):
            record = {"doc_no": f"殷市监罚〔2024〕{number}号", "subject_id": 1}
            decided = {"decided_on": tx.now.date(), "created_at": tx.now, "kind": "penalty"}
            tx.insert(models.records, {**record, **decided})
    seen: list[int] = []
    turn: dict[str, str] = {}
    while True:
        found = page(site, **turn).history
        seen += [one.row_id for one in found.rows]
        if not found.more:
            break
        turn = {"after": found.more}
    assert len(seen) == len(set(seen)) == 62
    assert page(site, before=found.back).history.rows
    assert page(site, after="nonsense~x~1").history.rows == page(site).history.rows


def test_the_page_asks_few_questions_however_much_there_is(site: Site) -> None:
    site.noticed()
    site.tell(OBJECTION)
    client, statements = site.client("wang"), []
    client.get("/subjects/1")

    def listen(_conn: object, _cursor: object, statement: str, *_rest: object) -> None:
        statements.append(statement.split(maxsplit=1)[0])

    event.listen(site.house.engine, "before_cursor_execute", listen)
    assert client.get("/subjects/1").status_code == 200
    event.remove(site.house.engine, "before_cursor_execute", listen)
    assert len(statements) <= ALL_AT_MOST, statements


def test_every_kind_and_outcome_has_its_word(site: Site) -> None:
    site.noticed()
    html = site.client("wang").get("/subjects/1").text
    assert not re.findall(r'class="happening">[a-z_]+<', html)
