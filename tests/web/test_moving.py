"""转版 as pages: judged first, with counts and reasons; then moved, batch by batch."""

import re

import pytest

from tests.web.conftest import Site
from tests.web.test_designing import BPMN, diagram
from web.routes import moving
from workflows import designing, models, procedures

MOVE = "/procedures/serious_listing/move"
RENAMED = diagram('name="拟写列入意见"', 'name="起草列入意见"')
LAPSING = diagram(
    '<bpmn:endEvent id="listed"',
    '<bpmn:boundaryEvent id="lapsed" attachedToRef="draft_case"><bpmn:timerEventDefinition>'
    "<bpmn:timeDuration>P90D</bpmn:timeDuration></bpmn:timerEventDefinition></bpmn:boundaryEvent>"
    '<bpmn:endEvent id="closed_lapsed" /><bpmn:sequenceFlow id="lapsed_to_closed" '
    'sourceRef="lapsed" targetRef="closed_lapsed" /><bpmn:endEvent id="listed"',
)


def deploy(site: Site, data: bytes) -> None:
    bundle = {**procedures.load("serious_listing"), f"serious_listing/{BPMN}": data}
    designing.deploy_bundle(site.house, bundle, "serious_listing", note="试")


def versions(site: Site) -> list[int]:
    c = models.cases
    with site.house.reading() as tx:
        return [row["procedure_id"] for row in tx.all(c.select().order_by(c.c.id))]


def test_the_page_shows_case_by_case_who_can_move_and_why_not(busy_site: Site) -> None:
    deploy(busy_site, LAPSING)
    page = busy_site.client("zhou").get(MOVE).text
    assert "预审全部2件" in page
    rows = re.findall(r"<tr>.*?</tr>", page, re.DOTALL)
    assert sum("不转" in row and "附着的事件变了" in row for row in rows) == 1
    assert sum("verdict-yes" in row for row in rows) == 1
    assert "殷都甲商贸" not in page
    assert "在办案件转版" in busy_site.client("zhou").get("/procedures/serious_listing").text


def test_without_scripts_a_button_goes_on_from_batch_to_batch(
    busy_site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(moving, "BATCH", 1)
    deploy(busy_site, LAPSING)
    client = busy_site.client("zhou")
    run = client.post(MOVE, data={"to": "2", "_action": "trial"}).location
    assert "共2件，已看0件" in client.get(run).text
    pages = [client.post(run, follow_redirects=True).text for _ in range(3)]
    assert "共2件，已看1件" in pages[0]
    assert "不能转的原因" in pages[2]
    assert "转1件案件" in pages[2]
    assert versions(busy_site) == [1, 1]

    refused = client.post(MOVE, data={"to": "2", "_action": "move", "trial": "1", "reason": " "})
    assert refused.status_code == 422
    assert "请填写转版理由" in refused.text
    run = client.post(MOVE, data={"to": "2", "_action": "move", "reason": "修法"}).location
    for _ in range(3):
        page = client.post(run, follow_redirects=True).text
    assert "修法" in page
    assert versions(busy_site) == [2, 1]
    assert "由第1版转到第2版，修法" in busy_site.client("wang").get("/cases/1/history").text


def test_with_scripts_the_page_is_asked_for_again_until_it_is_over(busy_site: Site) -> None:
    deploy(busy_site, RENAMED)
    client = busy_site.client("zhou")
    run = client.post(MOVE, data={"_action": "move", "reason": "改名"}).location
    reply = client.post(run, headers={"HX-Request": "true"})
    assert reply.headers["HX-Refresh"] == "true"
    assert versions(busy_site) == [2, 2]
    assert "在办案件都已经是第2版" in client.get(MOVE).text
    assert "起草列入意见" in busy_site.client("wang").get("/cases/2").text


def test_a_move_belongs_to_its_procedure_and_to_designers(busy_site: Site) -> None:
    client = busy_site.client("zhou")
    run = client.post(MOVE, data={"_action": "trial"}).location
    assert client.get(run.replace("serious_listing", "other")).status_code == 404
    assert client.get(f"{MOVE}?to=9").status_code == 404
    for login in ("wang", "sun", "zhao"):
        assert busy_site.client(login).get(MOVE).status_code in (403, 404)
        assert busy_site.client(login).post(run).status_code in (403, 404)
