"""A form on its page: every button, with and without scripts; nothing typed is lost."""

import io
import json
from typing import Any

import pytest
from werkzeug.datastructures import MultiDict

from tests.web.conftest import GROUNDS, MEASURES, NOTICE, OPENING, Site
from web import answers
from workflows import cases, forms, models

FORM = forms.parse(
    json.dumps(
        {
            "type": "default",
            "components": [
                {"type": "textfield", "key": "name", "label": "名称"},
                {
                    "type": "checklist",
                    "key": "kinds",
                    "label": "类别",
                    "values": [{"value": "a", "label": "甲"}, {"value": "b", "label": "乙"}],
                },
                {
                    "type": "dynamiclist",
                    "path": "points",
                    "label": "意见",
                    "validate": {"required": True},
                    "components": [
                        {"type": "number", "key": "no", "label": "序号"},
                        {"type": "textfield", "key": "text", "label": "内容"},
                        {"type": "filepicker", "key": "proof", "label": "证据", "multiple": True},
                    ],
                },
                {
                    "type": "group",
                    "path": "who",
                    "label": "人",
                    "components": [{"type": "textfield", "key": "name", "label": "姓名"}],
                },
            ],
        }
    ).encode(),
    "p/t",
)


def typed(site: Site, task_id: int) -> dict[str, Any]:
    t = models.tasks
    with site.house.reading() as tx:
        return tx.one(t.select().where(t.c.id == task_id))["draft"]


@pytest.fixture
def task(site: Site) -> str:
    return f"/tasks/{site.task_id(site.open(), 'draft_case')}"


FILLED = {
    "grounds[0].no": "1",
    "grounds[0].text": GROUNDS[0]["text"],
    "grounds[0].evidence_ref": GROUNDS[0]["evidence_ref"],
    "measures": MEASURES,
    "gravity": "serious",
    "_action": "submit",
}


def test_names_of_fields_become_answers() -> None:
    posted: MultiDict[str, str] = MultiDict(
        [
            ("name", "殷都"),
            ("kinds", "a"),
            ("kinds", "b"),
            ("points[0].text", "一"),
            ("points[2].text", "三"),
            ("points[2].proof", "f" * 64),
            ("points[x].text", "?"),
            ("who.name", "王"),
            ("role", "operator"),
        ]
    )
    assert answers.read(FORM.fields, posted) == {
        "name": "殷都",
        "kinds": ["a", "b"],
        "points": [
            {"no": "", "text": "一", "proof": []},
            {"no": "", "text": "三", "proof": ["f" * 64]},
        ],
        "who": {"name": "王"},
    }


def test_rows_and_files_come_and_go_by_their_path() -> None:
    given: dict[str, Any] = {"points": [{"text": "一"}]}
    assert answers.add_row(given, "points") == "points[1]"
    answers.add_file(given, "points[1].proof", "a" * 64, multiple=True)
    answers.add_file(given, "points[1].proof", "b" * 64, multiple=True)
    answers.remove_file(given, "points[1].proof", "a" * 64)
    answers.remove_row(given, "points", 0)
    assert given == {"points": [{"proof": ["b" * 64]}]}


@pytest.mark.parametrize("path", ["", "name[0].x", "points[9].proof", "points.x", "..", "who[1]"])
def test_a_path_that_leads_nowhere_changes_nothing_and_breaks_nothing(path: str) -> None:
    given: dict[str, Any] = {"name": "甲", "points": [{"text": "一"}], "who": {}}
    answers.remove_row(given, path, 0)
    answers.remove_file(given, path, "a")
    answers.add_file(given, path, "a", multiple=True)
    assert given["points"] == [{"text": "一"}]


def test_a_required_list_shows_a_numbered_row() -> None:
    assert answers.lay_out(FORM.fields, {})["points"] == [{"no": 1}]
    laid = answers.lay_out(FORM.fields, {"points": [{"no": "3"}, {}]})
    assert [row["no"] for row in laid["points"]] == ["3", 4]


def test_a_filled_form_completes_the_task(site: Site, task: str) -> None:
    reply = site.client("wang").post(task, data=FILLED, follow_redirects=True)
    assert "已办结" in reply.text
    assert reply.request.path == "/cases/1"


def test_a_refused_form_shows_the_answers_again_with_what_to_mend(site: Site, task: str) -> None:
    wrong = FILLED | {"grounds[0].text": "", "remarks": "备注不能丢"}
    reply = site.client("wang").post(task, data=wrong)
    assert reply.status_code == 422
    assert "<title>错误：" in reply.text
    assert 'href="#f-grounds-0-text"' in reply.text
    assert 'id="f-grounds-0-text"' in reply.text
    assert 'aria-describedby="f-grounds-0-text-hint f-grounds-0-text-error"' in reply.text
    assert "备注不能丢" in reply.text
    assert GROUNDS[0]["evidence_ref"] in reply.text


def test_a_form_that_comes_after_another_hand_took_the_task_keeps_the_answers(
    site: Site, task: str
) -> None:
    cases.claim_task(site.house, site.actor("chen"), int(task.rsplit("/", 1)[1]))
    reply = site.client("wang").post(task, data=FILLED | {"remarks": "仍在这里"})
    assert reply.status_code == 403
    assert "已由他人签收" in reply.text
    assert "仍在这里" in reply.text


def test_a_draft_is_kept_and_says_when(site: Site, task: str) -> None:
    data = FILLED | {"_action": "draft", "remarks": "写到一半"}
    reply = site.client("wang").post(task, data=data, headers={"HX-Request": "true"})
    assert "已自动保存" in reply.text
    assert "09:00" in reply.text
    assert typed(site, int(task.rsplit("/", 1)[1]))["remarks"] == "写到一半"
    assert "写到一半" in site.client("wang").get(task).text


def test_a_draft_says_which_fields_its_answers_hide(site: Site) -> None:
    case_id = site.open()
    site.tell(*NOTICE[:2])
    task = f"/tasks/{site.task_id(case_id, 'approve_notice')}"
    hidden = []
    for approved in ("yes", "no"):
        data = {"approved": approved, "_action": "draft"}
        reply = site.client("zhao").post(task, data=data, headers={"HX-Request": "true"})
        hidden.append(json.loads(reply.headers["HX-Trigger"])["fields"]["hidden"])
    assert hidden == [["return_reasons"], ["opinion"]]


def test_rows_are_added_and_removed_without_scripts(site: Site, task: str) -> None:
    client = site.client("wang")
    page = client.post(task, data=FILLED | {"_action": "add:grounds"}).text
    assert 'name="grounds[1].text"' in page
    assert GROUNDS[0]["text"] in page
    page = client.post(task, data=FILLED | {"_action": "remove:grounds:0"}).text
    assert GROUNDS[0]["text"] not in page.split('class="submit-row"')[0]


def test_the_drafted_grounds_come_into_the_notice(site: Site) -> None:
    case_id = site.open()
    site.tell(NOTICE[0])
    page = site.client("wang").get(f"/tasks/{site.task_id(case_id, 'draft_notice')}").text
    form = page.split('id="fields"')[1]
    assert str(GROUNDS[1]["text"]) in form
    assert form.count(f'value="{MEASURES[0]}" checked') == 1


def test_a_chosen_file_is_stored_whichever_button_was_pressed(site: Site, task: str) -> None:
    for action in ("upload:case_evidence", "refresh", "add:grounds"):
        file = (io.BytesIO(b"%PDF-1.4 " + action.encode()), f"证据 {action[:6]}.pdf")
        data = FILLED | {"_action": action, "case_evidence!file": file}
        page = site.client("wang").post(task, data=data).text
        assert f"证据 {action[:6]}.pdf" in page
    with site.house.reading() as tx:
        assert len(tx.all(models.attachments.select())) == 3


def test_a_file_that_cannot_be_kept_is_refused_beside_its_field(site: Site, task: str) -> None:
    file = (io.BytesIO(b"MZ\x90\x00\x03"), "virus.exe")
    data = FILLED | {"case_evidence!file": file, "remarks": "仍在"}
    reply = site.client("wang").post(task, data=data)
    assert reply.status_code == 422
    assert 'href="#f-case_evidence"' in reply.text
    assert "仍在" in reply.text


def test_a_file_can_be_taken_out_again(site: Site, task: str) -> None:
    digest = "a" * 64
    data = FILLED | {"case_evidence": [digest], "_action": f"drop:case_evidence:{digest}"}
    page = site.client("wang").post(task, data=data).text
    assert f'name="case_evidence" value="{digest}"' not in page


def test_an_unknown_action_only_saves(site: Site, task: str) -> None:
    for action in ("explode", "remove:grounds:x", "add:nosuch", "drop:x:y", "upload:zzz", ":"):
        reply = site.client("wang").post(task, data=FILLED | {"_action": action})
        assert reply.status_code == 200, action
        assert str(GROUNDS[0]["text"]) in reply.text


def test_a_task_of_another_lane_is_shown_without_its_form(site: Site, task: str) -> None:
    page = site.client("zhao").get(task).text
    assert "须由承办人办理" in page
    assert 'id="fields"' not in page


def test_a_finished_task_cannot_be_filled_in_again(site: Site, task: str) -> None:
    client = site.client("wang")
    client.post(task, data=FILLED)
    assert client.post(task, data=FILLED).status_code == 409
    assert "已办结" in client.get(task).text


def test_opening_a_case_on_chosen_records(site: Site) -> None:
    client, url = site.client("wang"), "/subjects/1/open/serious_listing"
    page = client.get(f"{url}?record=1").text
    assert "殷市监罚〔2026〕1号" in page
    assert "殷市监罚〔2025〕88号" not in page
    refused = client.post(url, data={"record": "1", "_action": "submit"})
    assert refused.status_code == 422
    assert 'name="record" value="1"' in refused.text
    reply = client.post(url, data=OPENING | {"record": "1", "_action": "submit"})
    assert reply.location == "/cases/1"
    with site.house.reading() as tx:
        assert tx.one(models.cases.select())["facts"][""]["record_ids"] == [1]


def test_answers_are_shown_as_text_never_as_markup(site: Site, task: str) -> None:
    evil = '<script>alert(1)</script>"><img src=x onerror=alert(1)>'
    reply = site.client("wang").post(task, data=FILLED | {"remarks": evil, "_action": "refresh"})
    assert "<script>alert" not in reply.text
    assert "<img src=x" not in reply.text
