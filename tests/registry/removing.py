"""Listings of one subject by two offices, and the cases in which they may leave their lists."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from tests.registry import told
from tests.registry.effects import House
from workflows import models, store
from workflows.registry import disputes, listings, removals, revocations

PROPOSER, HEAD, OTHER = 1, 3, 4
YEAR_ON = told.at("2027-03-15T09:00")
EXPIRED = told.at("2029-03-13T00:00")
"""The instant at which the term of a listing of 2026-03-12 for 36 months is over."""


class Desk(House):
    """The house with a second office and cases of any procedure."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        with self.at(told.ISSUED) as tx:
            tx.insert(
                models.departments,
                {
                    "code": "yindu_transport",
                    "name": "安阳市殷都区交通运输局",
                    "short_name": "殷交",
                    "kind": "bureau",
                    "division": "410505",
                    "path": "/2/",
                },
            )

    def open(
        self,
        procedure: str,
        when: datetime,
        facts: Mapping[str, Any] | None = None,
        office: int = 1,
    ) -> int:
        """A case of the subject in an office; nothing has happened in it."""
        with self.at(when) as tx:
            first = dict(tx.one(models.cases.select().limit(1)))
            first.pop("id")
            count = tx.count(models.cases.select())
            return tx.insert(
                models.cases,
                {
                    **first,
                    "number": f"2026-2{count:05d}",
                    "procedure_key": procedure,
                    "department_id": office,
                    "subject_id": 1,
                    "status": "open",
                    "facts": {"": dict(facts or {})},
                },
            )

    def listed_on(self, *records: int, office: int = 1) -> int:
        """A served listing that cites these records, made by an office."""
        listing_id = self.listed()
        grounds = [
            {"no": no, "text": f"事由{no}", "records": [record]}
            for no, record in enumerate(records or (1,), 1)
        ]
        self.change(models.listings, listing_id, grounds=grounds)
        with self.at(told.DECIDING) as tx:
            case_id = listings.find_listing(tx, listing_id)["case_id"]
        self.change(models.cases, case_id, department_id=office)
        return listing_id

    def case_row(self, tx: store.Transaction, case_id: int) -> store.Row:
        return tx.one(models.cases.select().where(models.cases.c.id == case_id))

    def proof(self, case_id: int, when: datetime, content: bytes = b"proof") -> str:
        self.case_id = case_id
        with self.at(when) as tx:
            return self.attach(tx, content)

    def propose_removal(
        self, listing_id: int, ground: str, when: datetime = YEAR_ON, office: int = 1, **proof: Any
    ) -> int:
        """A case in which a removal is proposed with evidence."""
        case_id = self.open("delisting", when, office=office)
        digest = self.proof(case_id, when)
        said = {"event_on": "2026-04-01", "document_no": "（2026）豫0505破申1号", **proof}
        with self.at(when) as tx:
            proposal = removals.Proposal(listing_id, ground, said, [digest], PROPOSER)
            removals.propose(tx, self.case_row(tx, case_id), proposal, when)
        return case_id

    def decide_removal(self, case_id: int, when: datetime = YEAR_ON, **changes: Any) -> None:
        said: dict[str, Any] = {"is_granted": True, "reasons": "证据充分", "by": HEAD, **changes}
        with self.at(when) as tx:
            removals.decide(tx, self.case_row(tx, case_id), now=when, **said)

    def remove(self, listing_id: int, ground: str, case_id: int, when: datetime = YEAR_ON) -> str:
        with self.at(when) as tx:
            return listings.remove(tx, listing_id, ground, self.case_row(tx, case_id), when)

    def revoke(
        self,
        *record_ids: int,
        kind: str = "revoked",
        when: datetime = YEAR_ON,
        office: int = 1,
        **changes: Any,
    ) -> int:
        """A case that registers the revocation of records."""
        case_id = self.open("revocation_correction", when, office=office)
        digest = self.proof(case_id, when, b"decision")
        said: dict[str, Any] = {
            "kind": kind,
            "document_no": "殷政复决〔2026〕2号",
            "organ": "安阳市殷都区人民政府",
            "revoked_on": when.date(),
            "received_at": when,
            "records": record_ids,
            "correction": "罚款减为五万元",
            "evidence": [digest],
            "harm": True,
            "by": PROPOSER,
            **changes,
        }
        with self.at(when) as tx:
            revocations.register(tx, self.case_row(tx, case_id), revocations.Said(**said), when)
        return case_id

    def correct(
        self, case_id: int, *chosen: int, when: datetime = YEAR_ON, **changes: Any
    ) -> store.Row:
        said: dict[str, Any] = {"reasons": "余下依据不足", "by": HEAD, **changes}
        with self.at(when) as tx:
            case = self.case_row(tx, case_id)
            return revocations.decide(tx, case, list(chosen), said["reasons"], said["by"], when)

    def dispute(self, target: str, when: datetime = YEAR_ON, **changes: Any) -> int:
        """A case in which a piece of information is disputed."""
        case_id = self.open("record_objection", when)
        said: dict[str, Any] = {
            "target": target,
            "points": [{"no": 1, "text": "货值金额有误"}],
            "by": "张示例",
            "channel": "邮寄",
            "received_at": when.isoformat(),
            **changes,
        }
        with self.at(when) as tx:
            disputes.register(tx, self.case_row(tx, case_id), said, when)
        return case_id

    def conclude(
        self, case_id: int, *, accepted: bool, when: datetime = YEAR_ON, **changes: Any
    ) -> store.Row:
        said: dict[str, Any] = {
            "findings": [
                {"no": 1, "finding": "已经核对账册", "reason": "有据", "accepted": accepted}
            ],
            "action": "correct" if accepted else "",
            "correction": "货值金额更正为三万元" if accepted else "",
            "verifier_id": OTHER,
            **changes,
        }
        with self.at(when) as tx:
            case = self.case_row(tx, case_id)
            return disputes.conclude(tx, case, disputes.Conclusion(**said), when)

    def listing(self, listing_id: int) -> store.Row:
        with self.at(told.DECIDING) as tx:
            return listings.find_listing(tx, listing_id)

    def record(self, record_id: int) -> store.Row:
        with self.at(told.DECIDING) as tx:
            return tx.one(models.records.select().where(models.records.c.id == record_id))

    def jobs(self, kind: str) -> list[store.Row]:
        with self.at(told.DECIDING) as tx:
            return list(tx.all(models.jobs.select().where(models.jobs.c.kind == kind)))
