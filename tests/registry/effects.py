"""Listings of one subject, decided and served, and what follows from them: publicity, measures."""

import hashlib
from datetime import date, datetime
from typing import Any

from tests.registry import told
from workflows import models, store
from workflows.registry import instants, listings, measures, publicity, service_of_process
from workflows.registry.measures import Target
from workflows.registry.service_of_process import Attempt

DECIDED = told.at("2026-03-12T09:00")
SERVED = told.at("2026-03-13T15:00")
LATER = told.at("2026-03-16T09:00")
OWN = "安阳市殷都区市场监督管理局"
CODES = ["focus_supervision_market", "no_commitment_market", "focus_supervision"]
CHECKER, DRAFTER = 2, 1


class House(told.Desk):
    """The desk with listings that are decided; each has a case and a department of its own."""

    def list_subject(
        self,
        list_code: str = "market_regulation",
        codes: list[str] | None = None,
        when: datetime = DECIDED,
        subject_id: int = 1,
    ) -> int:
        """A listing decided and its decision issued; not served yet."""
        with self.at(when) as tx:
            case = {**tx.one(models.cases.select().limit(1)), "subject_id": subject_id}
            case.pop("id")
            count = tx.count(models.cases.select())
            self.case_id = tx.insert(models.cases, {**case, "number": f"2026-1{count:05d}"})
            self.photo = self.attach(tx, f"photo {self.case_id}".encode())
        document_id = self.issue(when, kind="listing_decision")
        with self.at(when) as tx:
            return tx.insert(
                models.listings,
                {
                    "subject_id": subject_id,
                    "case_id": self.case_id,
                    "list_code": list_code,
                    "status": "decided_listed",
                    "decision_document_id": document_id,
                    "grounds": [{"no": 1, "text": "销售不合格胶合板1260张", "records": [1]}],
                    "measures": CODES if codes is None else codes,
                    "term_start": when.date(),
                    "term_end": instants.add_months(when.date(), 36),
                    "decided_at": when,
                    "decided_by": 3,
                },
            )

    def serve_listing(self, listing_id: int, when: datetime = SERVED) -> None:
        """The decision is served with proof."""
        with self.at(when) as tx:
            row = listings.find_listing(tx, listing_id)
            case_id, document_id = row["case_id"], row["decision_document_id"]
            service_id = service_of_process.open_service(tx, case_id, document_id)
            attempt = Attempt(
                method="direct",
                result="signed",
                at=when,
                receiver="张示例",
                servers=("王", "钱"),
                evidence=(hashlib.sha256(f"photo {case_id}".encode()).hexdigest(),),
            )
            service_of_process.record_attempt(tx, service_id, attempt)
            tx.run(
                models.listings.update()
                .where(models.listings.c.id == listing_id)
                .values(served_at=when)
            )

    def listed(self, **said: Any) -> int:
        listing_id = self.list_subject(**said)
        self.serve_listing(listing_id)
        return listing_id

    def case_of(self, tx: store.Transaction, listing_id: int) -> store.Row:
        case_id = listings.find_listing(tx, listing_id)["case_id"]
        return tx.one(models.cases.select().where(models.cases.c.id == case_id))

    def prepare(self, listing_id: int, when: datetime = LATER) -> int:
        with self.at(when) as tx:
            case = self.case_of(tx, listing_id)
            return publicity.prepare(tx, case, when, listing_id=listing_id)

    def draft(self, publicity_id: int, summary: str = "销售不合格产品", **said: Any) -> None:
        with self.at(LATER) as tx:
            basis, secret = said.get("personal_basis", ""), said.get("secret", False)
            publicity.draft(tx, publicity_id, summary, basis, secret=secret)

    def publish(self, publicity_id: int, when: datetime = LATER) -> None:
        with self.at(when) as tx:
            publicity.check(tx, publicity_id, CHECKER, when)
            publicity.publish(tx, publicity_id, when)

    def publicise(self, listing_id: int, when: datetime = LATER) -> int:
        publicity_id = self.prepare(listing_id, when)
        self.draft(publicity_id)
        self.publish(publicity_id, when)
        return publicity_id

    def publicity(self, publicity_id: int) -> store.Row:
        with self.at(LATER) as tx:
            return publicity.find(tx, publicity_id)

    def propose(
        self,
        listing_id: int,
        code: str = "focus_supervision",
        implementer: str = OWN,
        when: datetime = LATER,
    ) -> int:
        with self.at(when) as tx:
            case = self.case_of(tx, listing_id)
            [found] = measures.propose(tx, listing_id, case, [Target(code, implementer)], when)
        return found

    def notify(self, measure_id: int, when: datetime = LATER) -> None:
        with self.at(when) as tx:
            measures.notify(tx, measure_id, 1, when)

    def answer(self, measure_id: int, starts_on: date | None, when: datetime = LATER, **said: Any):
        said = {"own_basis": "河南省社会信用条例第三十二条", "reason": "没有依据", **said}
        with self.at(when) as tx:
            return measures.answer(tx, measure_id, when, starts_on=starts_on, **said)

    def applied(self, listing_id: int, **said: Any) -> int:
        measure_id = self.propose(listing_id, **said)
        self.notify(measure_id)
        self.answer(measure_id, LATER.date())
        return measure_id

    def measure(self, measure_id: int) -> store.Row:
        with self.at(LATER) as tx:
            return measures.find(tx, measure_id)

    def end_listing(
        self, listing_id: int, ground: str = "repair_granted", when: datetime = LATER
    ) -> None:
        """What `listings.remove` does once the ground is proved."""
        status = "revoked" if ground == "base_revoked" else "removed_repaired"
        with self.at(when) as tx:
            entry = models.listings
            tx.run(
                entry.update()
                .where(entry.c.id == listing_id)
                .values(status=status, removed_at=when, removal_ground=ground)
            )
            publicity.end_of_listing(tx, listing_id, ground, when)
            measures.begin_lifting(tx, listing_id, ground, when)
