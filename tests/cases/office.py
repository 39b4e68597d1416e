"""A small procedure for tests of the commands: four tasks, a gateway, a message, a timer."""

import json
from collections.abc import Mapping
from typing import Any

from tests.engine import diagrams
from workflows import cases, designing, models, people, procedures
from workflows.access import Actor
from workflows.store import Row, Store

USCC = "91410505MA44AA018A"


def form(*fields: Mapping[str, Any]) -> bytes:
    """A form-js form of text fields; `fields` add to or change the schema of each."""
    return json.dumps(
        {
            "type": "default",
            "id": "form",
            "schemaVersion": 16,
            "components": [{"type": "textfield", "id": f"f_{one['key']}", **one} for one in fields],
        }
    ).encode()


def bundle() -> dict[str, bytes]:
    """apply → check (four eyes) → [agreed] confirm → file; a note may arrive; a timer closes."""
    d = diagrams.Drawing("permit")
    limit = {"camunda_dueDate": '${limit("make_decision")}'}
    four_eyes = diagrams.extension(
        '<camunda:properties><camunda:property name="four_eyes" value="apply"/>'
        '<camunda:property name="article" value="行政处罚法第五十八条"/></camunda:properties>'
    )
    d.start("begun", camunda_formKey="permit/begun")
    d.user("apply", name="申请", camunda_formKey="permit/apply", **limit)
    d.user("check", four_eyes, name="审查", camunda_formKey="permit/check", **limit)
    d.xor("result", default="result_to_apply")
    d.user("confirm", name="确认", camunda_formKey="permit/confirm", **limit)
    d.user("file", name="归档", camunda_formKey="permit/confirm", **limit)
    d.end("filed")
    d.flow("begun > apply > check > result")
    d.flow("result > confirm", "agreed")
    d.flow("result > apply")
    d.flow("confirm > file > filed")
    d.boundary("note_received", "confirm", d.message("note"), interrupting=False)
    d.end("noted")
    d.flow("note_received > noted")
    d.boundary("lapsed", "file", diagrams.timer('limit("make_decision")'))
    d.end("closed_lapsed")
    d.flow("lapsed > closed_lapsed")
    law = {
        path: data for path, data in procedures.load("serious_listing").items() if "law/" in path
    }
    needed = {"validate": {"required": True}}
    agreed = {"key": "agreed", "type": "checkbox", "label": "同意"}
    return {
        "permit/permit.bpmn": d.xml(),
        "forms/permit/begun.form": form({"key": "topic", "label": "事项", **needed}),
        "forms/permit/apply.form": form(
            {"key": "title", "label": "标题", **needed},
            {"key": "place", "label": "地点"},
            {"key": "reason", "label": "理由"},
        ),
        "forms/permit/check.form": form(agreed),
        "forms/permit/confirm.form": form({"key": "remark", "label": "备注"}),
        "forms/permit/note.form": form({"key": "text", "label": "内容", **needed}),
        **law,
    }


def deploy(house: Store) -> None:
    """Deploy the procedure and put one subject into the registry."""
    designing.deploy_bundle(house, bundle(), "permit")
    with house.transaction() as tx:
        tx.insert(
            models.subjects,
            {
                "id_scheme": "uscc",
                "id_no": USCC,
                "name": "殷都甲商贸有限公司",
                "kind": "企业",
                "track": "market",
                "created_at": tx.now,
                "updated_at": tx.now,
            },
        )


def actor(house: Store, login: str) -> Actor:
    """A person of the sample office at work."""
    with house.reading() as tx:
        return people.find_actor(tx, login)


def open_permit(house: Store, login: str = "wang") -> int:
    """Open a case on the one subject."""
    return cases.open_case(house, actor(house, login), "permit", {"topic": "测试"}, subject_id=1)


def task(house: Store, case_id: int, element: str) -> Row:
    """The newest open task of an element."""
    t = models.tasks
    with house.reading() as tx:
        return tx.one(
            t.select()
            .where(t.c.case_id == case_id, t.c.element == element, t.c.status == "open")
            .order_by(t.c.id.desc())
        )


def complete(house: Store, case_id: int, element: str, login: str, **answers: Any) -> None:
    """Complete the open task of an element."""
    cases.complete_task(house, actor(house, login), task(house, case_id, element)["id"], answers)


def elements(house: Store, case_id: int) -> list[str]:
    """Elements of the open tasks."""
    t = models.tasks
    with house.reading() as tx:
        rows = tx.all(t.select().where(t.c.case_id == case_id, t.c.status == "open"))
    return sorted(row["element"] for row in rows)
