"""A furnished house: copied for every walk, opened again as after a restart."""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson

from workflows import designing, documents, models, people, procedures, store, stories, workdays
from workflows.access import Actor
from workflows.documents import content
from workflows.documents import number as numbers
from workflows.stories import stage

BEGIN = datetime(2026, 3, 2, 9, tzinfo=workdays.OFFICE)
COMPANY, ORGAN, PUPIL, OTHER = 1, 2, 3, 4
"""Subjects: a company, a government body, a person of fifteen, a company on a withdrawn penalty."""

RESERVE = "liu"
"""Never drafts, so that there is always somebody to verify an objection."""

MORE_PEOPLE = [
    {"login": "gao", "name": "高副局长", "roles": ["dept_head"]},
    {
        "login": "song",
        "name": "宋兼任",
        "roles": ["caseworker", "legal_reviewer", "dept_head", "hearing_officer", "credit_center"],
    },
    {"login": "yan", "name": "严中心", "roles": ["credit_center", "hearing_officer"]},
    {"login": "mei", "name": "梅运输", "department": "yindu_transport", "roles": ["dept_peer"]},
    {"login": "shi", "name": "史处长", "department": "henan_fgw", "roles": ["provincial_credit"]},
]
STORY = {
    "subjects": [
        {"uscc": "91410505MA44AA018A", "name": "殷都甲商贸有限公司"},
        {"uscc": "11410505865654214Y", "name": "安阳市殷都区某局"},
    ],
    "records": [
        {"doc_no": "殷市监罚〔2026〕1号"},
        {"doc_no": "殷市监罚〔2026〕2号", "behaviour": "拒不改正"},
        {"doc_no": "殷市监罚〔2026〕3号", "uscc": "11410505865654214Y"},
    ],
}


def build(url: str) -> None:
    """Furnish the house that walks begin in: offices, people, registry, procedure."""
    opened = begin(url)
    stage.set_stage(opened, MORE_PEOPLE)
    stage.add_registry(stage.Stage(opened), STORY)
    with opened.transaction() as tx:
        for subject, record in _more_subjects(tx):
            subject_id = tx.insert(models.subjects, subject)
            tx.insert(models.records, {**record, "subject_id": subject_id})
    for key in procedures.known_keys():
        designing.deploy_bundle(opened, procedures.load(key), key)
    opened.close()


def tell(url: str, story: Path, most: int) -> store.Store:
    """The house at this URL, as `stories.furnish` leaves it, after so many steps of a story."""
    told = stories.read(story)
    opened = store.travelling(url, stage.instant(told.get("at", BEGIN)))
    played = stage.Stage(opened, folder=story.parent)
    stage.add_people(opened, told.get("people") or [])
    stage.add_registry(played, told)
    for step in told["steps"][:most]:
        stories.act(played, step)
    with opened.reading() as tx:
        known = {row["login"] for row in tx.all(models.people.select())}
    stage.add_people(opened, [one for one in MORE_PEOPLE if one["login"] not in known])
    return opened


def begin(url: str) -> store.Store:
    """The house at this URL, at the instant when walks begin."""
    return store.travelling(url, BEGIN)


def restart(opened: store.Store) -> store.Store:
    """The same house after the process died: nothing is remembered but the time."""
    now, url = opened.now, opened.url
    opened.close()
    procedures._cache.clear()  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
    return store.travelling(url, now)


def cast(opened: store.Store) -> list[Actor]:
    """Everybody in every role."""
    with opened.reading() as tx:
        return [
            people.actor_of(person, membership)
            for person in tx.all(models.people.select().order_by(models.people.c.id))
            for membership in people.memberships_of(tx, person["id"])
        ]


def print_words(
    name: str,
    files: Mapping[str, Any],
    context: Mapping[str, Any],
    *,
    number: str,
    issued_at: datetime,
) -> documents.Rendered:
    """Stands in for the press: the same refusals and the same words, but no pages."""
    numbers.check_number(number)
    issued = {
        "number": number,
        "issued_at": issued_at.isoformat(),
        "content_sha256": "0" * 64,
        "fonts": [],
    }
    return _bound(content.compose(name, files, context, issued))


def print_facts(
    name: str,
    files: Mapping[str, Any],
    context: Mapping[str, Any],
    *,
    number: str,
    issued_at: datetime,
) -> documents.Rendered:
    """As `print_words`, quicker: the facts alone, whatever the template would make of them."""
    numbers.check_number(number)
    return _bound(f"{name} {number} {issued_at} {orjson.dumps(context).decode()}")


def _bound(text: str) -> documents.Rendered:
    pdf = f"%PDF-1.7 {text}".encode()
    return documents.Rendered(pdf, hashlib.sha256(pdf).hexdigest(), "0" * 64, text, 1)


def _more_subjects(tx: store.Transaction) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    stamped = {"created_at": tx.now, "updated_at": tx.now, "status": "存续", "division": "410505"}
    pupil = {
        "id_scheme": "citizen_id",
        "id_no": "410505201103070018",
        "name": "甄小实",
        "kind": "自然人",
        "track": "person",
        "address": "安阳市殷都区钢城路9号",
    }
    other = {
        "id_scheme": "uscc",
        "id_no": "91410505MA44AA0269",
        "name": "殷都乙商贸有限公司",
        "kind": "企业",
        "track": "market",
        "address": "安阳市殷都区钢城路10号",
    }
    return [
        (pupil | stamped, _record(tx, "殷市监罚〔2026〕4号", "public")),
        (other | stamped, _record(tx, "殷市监罚〔2026〕5号", "withdrawn")),
    ]


def _record(tx: store.Transaction, doc_no: str, status: str) -> dict[str, Any]:
    return {
        "kind": "penalty",
        "doc_no": doc_no,
        "status": status,
        "created_at": tx.now,
        "organ": "安阳市殷都区市场监督管理局",
        "organ_uscc": "11410505865654214Y",
        "behaviour": "销售不合格产品",
        "facts": "货值五万元",
        "decided_on": BEGIN.date(),
    }
