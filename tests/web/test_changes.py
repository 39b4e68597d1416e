"""登记变动: a caseworker tells what became of a subject, and the registry knows it."""

from typing import Any

import pytest

from tests.web.conftest import Site
from workflows import models
from workflows.store import Row

PAGE = "/subjects/1/changes"
TOLD = {"changed_on": "2026-03-01", "basis": "登记机关通知", "_action": "submit"}


def first(site: Site, table: Any) -> Row:
    with site.house.reading() as tx:
        return tx.one(table.select().where(table.c.id == 1))


def test_a_status_that_is_told_is_in_the_registry(site: Site) -> None:
    wang = site.client("wang")
    assert "登记变动" in wang.get(PAGE).text
    answer = wang.post(PAGE, data={**TOLD, "kind": "主体状态", "status": "注销"})
    assert answer.status_code == 302
    assert first(site, models.subjects)["status"] == "注销"
    assert "转告" in wang.get("/subjects/1").text


def test_a_document_that_was_annulled_is_chosen_from_those_of_the_subject(site: Site) -> None:
    wang = site.client("wang")
    assert "殷市监罚〔2025〕88号" in wang.get(PAGE).text
    answer = wang.post(PAGE, data={**TOLD, "kind": "文书撤销", "record": "1"})
    assert answer.status_code == 302
    assert first(site, models.records)["status"] == "withdrawn"


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"changed_on": "2026-03-03"}, "不能晚于今天"),
        ({"status": "存续"}, "已经如此记载"),
        ({"status": "飞升"}, "变动后的状态"),
        ({"basis": ""}, "依据文书"),
        ({"kind": "文书撤销", "record": "404"}, "被撤销的文书"),
    ],
)
def test_what_cannot_be_taken_is_told_beside_the_field_and_nothing_typed_is_lost(
    site: Site, wrong: dict[str, str], says: str
) -> None:
    said = {**TOLD, "kind": "主体状态", "status": "注销", **wrong}
    answer = site.client("wang").post(PAGE, data=said)
    assert answer.status_code == 422
    assert says in answer.text
    assert wrong.get("basis", "登记机关通知") in answer.text
    assert first(site, models.subjects)["status"] == "存续"


def test_whoever_takes_no_data_in_may_not_tell_of_changes(site: Site) -> None:
    assert site.client("zhao").get(PAGE).status_code == 403
    assert site.client("zhao").post(PAGE, data=TOLD).status_code == 403
