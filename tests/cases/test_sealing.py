"""Who reported stands in one table and nowhere else, and only the supervisor opens it."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from tests.databases import Databases
from workflows import cases, designing, errors, models, people, procedures, scheduler, store
from workflows.access import Actor
from workflows.stories import stage

AT = stage.instant("2026-06-10T09:00")
WHO, WHERE = "石举报人甲", "13812345678 某路某号"
SAID = {
    "chosen_commitment": "1",
    "received_at": "2026-06-10T08:00:00+08:00",
    "challenge_channel": "mailbox",
    "content": "仍在销售不合格产品",
    "anonymous": False,
    "challenger_name": WHO,
    "challenger_contact": WHERE,
}


class Office:
    """A house with one commitment that can be challenged."""

    def __init__(self, url: str) -> None:
        self.store = store.travelling(url, AT)
        stage.set_stage(self.store)
        stage.add_registry(stage.Stage(self.store), {})
        for key in ("public_challenge",):
            designing.deploy_bundle(self.store, procedures.load(key), key)
        self._commitment()

    def _commitment(self) -> None:
        c = models.cases
        with self.store.transaction() as tx:
            d = models.departments
            here = tx.one(d.select().where(d.c.code == "yindu_market"))["id"]
            old = tx.insert(
                c,
                {
                    "number": "2026-000900",
                    "procedure_id": tx.one(models.procedures.select())["id"],
                    "procedure_key": "warning_interview",
                    "subject_id": 1,
                    "department_id": here,
                    "status": "ended",
                    "opened_at": AT,
                },
            )
            tx.insert(
                models.commitments,
                {"subject_id": 1, "case_id": old, "status": "supervised", "history": []},
            )

    def actor(self, login: str) -> Actor:
        with self.store.reading() as tx:
            return people.find_actor(tx, login)

    def open(self, **said: Any) -> int:
        case_id = cases.open_case(
            self.store, self.actor("wang"), "public_challenge", SAID | said, subject_id=1
        )
        scheduler.run_due(self.store)
        return case_id

    def task(self, case_id: int) -> store.Row:
        t = models.tasks
        with self.store.reading() as tx:
            return tx.one(t.select().where(t.c.case_id == case_id, t.c.status == "open"))

    def everything(self) -> dict[str, str]:
        """Every table as text."""
        with self.store.reading() as tx:
            return {
                table.name: repr([dict(row) for row in tx.all(table.select())])
                for table in models.metadata.tables.values()
            }


@pytest.fixture
def office(databases: Databases) -> Iterator[Office]:
    made = Office(databases.fresh())
    yield made
    made.store.close()


def walk(office: Office, case_id: int) -> None:
    steps: list[tuple[str, dict[str, Any]]] = [
        ("chen", {"screening": "verify"}),
        ("liu", {"challenge_findings": "抽检全部合格", "challenge_evidence": ["proof"]}),
        ("zhao", {"challenge_outcome": "unfounded", "challenge_reasons": "抽检全部合格"}),
    ]
    for login, answers in steps:
        actor = office.actor(login)
        if "challenge_evidence" in answers:
            proof = cases.add_attachment(office.store, actor, case_id, "a.pdf", b"%PDF-1.4 a")
            answers["challenge_evidence"] = [proof]
        cases.complete_task(office.store, actor, office.task(case_id)["id"], answers)
        scheduler.run_due(office.store)


def test_who_challenges_stands_in_one_table_and_in_nothing_else(office: Office) -> None:
    case_id = office.open()
    walk(office, case_id)
    told = office.everything()
    assert WHO in told.pop("sealed")
    assert [name for name, rows in told.items() if WHO in rows or WHERE in rows] == []
    with office.store.reading() as tx:
        rows = tx.all(models.documents.select())
        assert "challenge_answer" in {row["kind"] for row in rows}
        assert {row["case_id"] for row in tx.all(models.sealed.select())} == {case_id}
    assert cases.verify_case(office.store, case_id) is None


def test_a_draft_keeps_nothing_of_what_is_sealed(office: Office) -> None:
    case_id = office.open()
    task = office.task(case_id)
    t = models.tasks
    with office.store.transaction() as tx:
        tx.run(t.update().where(t.c.id == task["id"]).values(form="public_challenge/open"))
    draft = {"content": "旧话", "challenger_name": WHO, "challenger_contact": WHERE}
    cases.save_draft(office.store, office.actor("chen"), task["id"], draft)
    with office.store.reading() as tx:
        kept = tx.one(t.select().where(t.c.id == task["id"]))["draft"]
    assert kept == {"content": "旧话"}


def test_only_the_supervisor_opens_it_with_a_reason_and_leaves_a_trace(office: Office) -> None:
    case_id = office.open()
    sun = office.actor("sun")
    seals = {one.name: one for one in cases.seals_of(office.store, sun, case_id)}
    contact = seals["质疑人的联系方式"].id
    for login in ("wang", "chen", "zhao", "li", "gu", "qian", "wei", "zhou"):
        with pytest.raises((errors.NotAllowed, errors.NotFound)):
            cases.open_seal(office.store, office.actor(login), case_id, contact, "想知道")
        with pytest.raises((errors.NotAllowed, errors.NotFound)):
            cases.seals_of(office.store, office.actor(login), case_id)
    with pytest.raises(errors.AnswersRefused):
        cases.open_seal(office.store, sun, case_id, contact, " ")
    with pytest.raises(errors.NotFound):
        cases.open_seal(office.store, sun, case_id + 1, contact, "转交答复")
    stranger = replace(sun, department_id=9999, department_path="/9999/")
    with pytest.raises(errors.NotFound):
        cases.open_seal(office.store, stranger, case_id, contact, "转交答复")
    assert cases.open_seal(office.store, sun, case_id, contact, "转交答复") == WHERE
    [opened] = [
        one.opened for one in cases.seals_of(office.store, sun, case_id) if one.id == contact
    ]
    assert [(by, reason) for _at, by, reason in opened] == [("孙督导", "转交答复")]
    e = models.events
    with office.store.reading() as tx:
        event = tx.one(e.select().where(e.c.case_id == case_id, e.c.kind == "seal_opened"))
    assert "转交答复" in str(event["after"])
    assert WHERE not in str(dict(event))
    assert cases.verify_case(office.store, case_id) is None
    walk(office, case_id)
    assert cases.verify_case(office.store, case_id) is None


def test_who_says_nothing_leaves_nothing_sealed(office: Office) -> None:
    office.open(challenger_name="", challenger_contact="  ", anonymous=True)
    with office.store.reading() as tx:
        assert tx.all(models.sealed.select()) == []
