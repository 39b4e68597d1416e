"""A site over a throw-away house: the listing procedure deployed, every person signed in."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

import web
from tests.databases import Databases
from workflows import (
    access,
    designing,
    models,
    people,
    procedures,
    settings,
    store,
    stories,
    workdays,
)
from workflows.stories import stage

AT = datetime(2026, 3, 2, 9, tzinfo=workdays.OFFICE)
LOGINS = (
    *("wang", "chen", "liu", "li", "zhao", "sun", "zhou", "qian", "wu", "zheng", "feng", "he"),
    "wei",
)
OPENING = {
    "list_code": "market_regulation",
    "region": "410000",
    "harm_class": "market_order",
    "summary": "销售不合格产品。",
}
GROUNDS = [
    {"no": 1, "text": "2026年1月8日销售不合格电线一批。", "evidence_ref": "殷市监罚〔2026〕1号"},
    {"no": 2, "text": "2025年5月在网店虚假宣传。", "evidence_ref": "殷市监罚〔2025〕88号"},
]
MEASURES = ["focus_supervision_market"]


@dataclass
class Site:
    """The application, its house, and a stage on which stories are acted."""

    app: Flask
    house: store.Store
    stage: stage.Stage

    def client(self, login: str | None = None) -> FlaskClient:
        """A browser; signed in as `login` if given."""
        client = self.app.test_client()
        if login:
            with client.session_transaction() as session:
                session["token"] = session["login"] = login
        return client

    def actor(self, login: str, role: str | None = None) -> access.Actor:
        with self.house.reading() as tx:
            return people.find_actor(tx, login, role=role)

    def tell(self, *steps: dict[str, Any], case: str = "case") -> int:
        """Act out a story; returns the id of its case."""
        for step in steps:
            stories.act(self.stage, {"case": case, **step})
        return self.stage.cases[case]

    def open(self, case: str = "case") -> int:
        return self.tell({"open": "serious_listing", "as": "wang", "with": OPENING}, case=case)

    def noticed(self, case: str = "case") -> int:
        """A case whose prior notice was served this morning."""
        self.open(case)
        return self.tell(*NOTICE, case=case)

    def task_id(self, case_id: int, element: str) -> int:
        t = models.tasks.c
        with self.house.reading() as tx:
            wanted = models.tasks.select().where(
                t.case_id == case_id, t.element == element, t.status == "open"
            )
            return tx.one(wanted)["id"]


NOTICE = (
    {
        "complete": "draft_case",
        "as": "wang",
        "with": {"grounds": GROUNDS, "measures": MEASURES, "gravity": "serious"},
    },
    {
        "complete": "draft_notice",
        "as": "wang",
        "with": {"file_access": "工作日", "contact_phone": "0372-0000001"},
    },
    {"complete": "approve_notice", "as": "zhao", "with": {"approved": "yes", "opinion": "同意。"}},
    {"complete": "choose_method", "as": "wang", "with": {"method": "direct"}},
    {
        "complete": "serve_direct",
        "as": "wang",
        "with": {
            "result": "signed",
            "at": "2026-03-02T09:00",
            "place": "钢城路9号",
            "receiver": "甄实",
            "server_1": "王承办",
            "server_2": "陈承办",
            "evidence": ["receipt.pdf"],
        },
    },
)


OBJECTION = {
    "message": "objection_received",
    "as": "wang",
    "with": {
        "received_at": "2026-03-02T08:59",
        "channel": "当面递交",
        "by": "甄实",
        "points": [{"no": 1, "text": "产品已经召回，没有造成后果。", "ground": 1}],
    },
}
SERVED, FRESH = 1, 2
"""The cases of `busy_site`."""


def furnish(url: str) -> None:
    """People, sessions, one subject with two records, the procedure."""
    house = store.travelling(url, AT)
    stage.set_stage(house)
    records = [
        {"doc_no": "殷市监罚〔2026〕1号"},
        {"doc_no": "殷市监罚〔2025〕88号", "decided_on": "2025-06-03", "behaviour": "虚假宣传"},
    ]
    stage.add_registry(stage.Stage(house), {"records": records})
    designing.deploy_bundle(house, procedures.load("serious_listing"), "serious_listing")
    with house.transaction() as tx:
        for login in LOGINS:
            person = tx.one(models.people.select().where(models.people.c.login == login))
            token = hashlib.sha256(login.encode()).hexdigest()
            tx.insert(
                models.sessions,
                {
                    "token_hash": token,
                    "person_id": person["id"],
                    "created_at": tx.now,
                    "seen_at": tx.now,
                },
            )
    house.close()


def act(url: str) -> None:
    """As `furnish`, with case 1 served this morning and objected to, and case 2 just opened."""
    furnish(url)
    house = store.travelling(url, AT)
    told = Site(Flask(__name__), house, stage.Stage(house))
    told.noticed("served")
    told.tell(OBJECTION, case="served")
    told.open("fresh")
    house.close()


@pytest.fixture
def site(databases: Databases, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """The site at 2026-03-02 09:00, without cases."""
    yield from _open_site(databases.like("furnished", furnish), tmp_path, monkeypatch)


@pytest.fixture
def busy_site(
    databases: Databases, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Site]:
    """The site with the two cases of `act`."""
    yield from _open_site(databases.like("acted", act), tmp_path, monkeypatch)


def _open_site(url: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    monkeypatch.setattr(settings, "DATA", folder)
    house = store.travelling(url, AT)
    app = web.create_app(house)
    app.config["SESSION_COOKIE_SECURE"] = False
    app.config["WTF_CSRF_ENABLED"] = False
    yield Site(app, house, stage.Stage(house))
    house.close()
