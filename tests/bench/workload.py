"""The workload of every comparison: start → describe (3 fields) → check → gateway → confirm →
file → end; four tasks for people, each step saved. `open_house` gives an office that runs it.
"""

import threading
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import yaml

from tests.cases import office
from tests.engine import diagrams
from workflows import cases, designing, migrations, models, people, procedures
from workflows.access import Actor
from workflows.store import Row, Store, Transaction

KEY = "workload"
SUBJECT = 1
PASSWORD = "fictional-2026"
LOGINS = tuple(f"clerk{number}" for number in range(8))
"""People who may work on the same tasks, one for each client."""

STEPS: tuple[tuple[str, dict[str, str]], ...] = (
    ("describe", {"title": "门店招牌", "place": "殷都区钢城路9号", "reason": "换新"}),
    ("check", {"agreed": "on"}),
    ("confirm", {"remark": "属实"}),
    ("file", {"remark": "已归档"}),
)
"""The four tasks with what a browser would post for each."""

OPENING = {"topic": "设置招牌"}
POSTS = 1 + len(STEPS)
"""Opening and four completions make one instance."""

OPEN_TASK = (
    models.tasks.select()
    .with_only_columns(models.tasks.c.id, models.tasks.c.element)
    .where(models.tasks.c.case_id == models.given("of_case"), models.tasks.c.status == "open")
)

_deploying = threading.Lock()


def drawing(agreed: str = "agreed") -> diagrams.Drawing:
    """The diagram, the same for whoever reads BPMN; `agreed`: the condition in his language."""
    d = diagrams.Drawing(KEY)
    d.start("begun", camunda_formKey="workload/begun")
    for element, _answers in STEPS:
        d.user(element, name=element, camunda_formKey=f"workload/{element}")
    d.xor("result", default="result_to_describe")
    d.end("filed")
    d.flow("begun > describe > check > result")
    d.flow("result > confirm", agreed)
    d.flow("result > describe")
    return d.flow("confirm > file > filed")


def bundle(drawn: diagrams.Drawing | None = None) -> dict[str, bytes]:
    """The workload, or another drawing of the same tasks, as files to deploy."""
    needed = {"validate": {"required": True}}
    agreed = {"key": "agreed", "type": "checkbox", "label": "同意"}
    remark = office.form({"key": "remark", "label": "备注"})
    return {
        "workload/workload.bpmn": (drawn or drawing()).xml(),
        "forms/workload/begun.form": office.form({"key": "topic", "label": "事项", **needed}),
        "forms/workload/describe.form": office.form(
            {"key": "title", "label": "标题", **needed},
            {"key": "place", "label": "地点"},
            {"key": "reason", "label": "理由"},
        ),
        "forms/workload/check.form": office.form(agreed),
        "forms/workload/confirm.form": remark,
        "forms/workload/file.form": remark,
        **{
            path: data
            for path, data in procedures.load("serious_listing").items()
            if "law/" in path
        },
    }


def open_house(url: str, drawn: diagrams.Drawing | None = None, *, signing: bool = False) -> Store:
    """A migrated database with an office, one subject and the workload deployed.

    `signing`: people may sign in, which costs a password hash each.
    """
    house = Store(url)
    migrations.migrate(house)
    with house.transaction() as tx:
        home = _furnish(tx)["yindu_market"]
        for login in LOGINS:
            people.add_person(
                tx, login, login, PASSWORD if signing else None, [(home, "caseworker")]
            )
        tx.insert(
            models.subjects,
            {
                "id_scheme": "uscc",
                "id_no": office.USCC,
                "name": "殷都甲商贸有限公司",
                "kind": "企业",
                "track": "market",
                "created_at": tx.now,
                "updated_at": tx.now,
            },
        )
    with _deploying:
        designing.deploy_bundle(house, bundle(drawn), KEY)
    return house


def actor(house: Store, login: str = LOGINS[0]) -> Actor:
    """A caseworker at work."""
    with house.reading() as tx:
        return people.find_actor(tx, login)


def open_task(house: Store, case_id: int) -> Row:
    """The open task of a case."""
    with house.reading() as tx:
        return tx.one(OPEN_TASK, of_case=case_id)


def answers(element: str) -> dict[str, Any]:
    """What is filled in, as the web reads it."""
    given = dict(STEPS)[element]
    return {"agreed": True} if element == "check" else dict(given)


def open_one(house: Store, who: Actor) -> int:
    """Open one case."""
    return cases.open_case(house, who, KEY, OPENING, subject_id=SUBJECT)


def run_one(house: Store, who: Actor) -> int:
    """Open one case and complete its four tasks; returns its id."""
    case_id = open_one(house, who)
    for element, _posted in STEPS:
        cases.complete_task(house, who, open_task(house, case_id)["id"], answers(element))
    return case_id


def yesterday(house: Store) -> datetime:
    """An instant that is past."""
    return house.now - timedelta(days=1)


def _furnish(tx: Transaction) -> dict[str, int]:
    sample = Path(models.__file__).parent.parent / "samples" / "office.yaml"
    return people.furnish(tx, yaml.safe_load(sample.read_text("utf-8")))
