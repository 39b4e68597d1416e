"""A case of credit repair brought as far as a test asks: 甲公司 asks 殷都区市监局."""

from datetime import datetime
from typing import Any

from tests.registry import told
from workflows import models, store
from workflows.registry import law, repair_decisions, repairable, repairs

ASKED = told.at("2026-06-01T09:00")
WANG, HEAD, OTHER = 1, 3, 4
GOOD = repair_decisions.Decision(HEAD, "义务已经履行，不良影响已经消除")


class Desk(told.Desk):
    """The case, its application and what may happen to it."""

    def ask(self, when: datetime = ASKED, **changes: Any) -> int:
        said: dict[str, Any] = {
            "record_ids": [1],
            "listing_ids": [],
            "applied_at": when,
            "channel": "窗口",
            "applicant": "张示例",
        }
        with self.at(when) as tx:
            asked = repairs.Application(**said | changes)
            repair_id = repairs.register(tx, self.case(tx), asked, when)
            repairs.set_regime(tx, repairs.find(tx, repair_id), "R36")
        return repair_id

    def row(self, repair_id: int) -> store.Row:
        with self.store.reading() as tx:
            return repairs.find(tx, repair_id)

    def hand_in(self, repair_id: int, *rows: tuple[str, str], when: datetime = ASKED) -> None:
        shown = rows or (("performance_proof", "record:1"), ("commitment_letter", ""))
        with self.at(when) as tx:
            materials = [
                {"material": material, "item": item, "evidence": [self.photo]}
                for material, item in shown
            ]
            repairs.add_materials(tx, self.case(tx), repairs.find(tx, repair_id), materials)

    def found(self, repair_id: int, when: datetime = ASKED) -> repairable.Assessment:
        with self.at(when) as tx:
            row = repairs.find(tx, repair_id)
            return repairs.assess(tx, self.case(tx), row, law.limits(), when)

    def accept(self, repair_id: int, when: datetime = ASKED) -> None:
        found = self.found(repair_id, when)
        with self.at(when) as tx:
            repairs.accept(tx, repairs.find(tx, repair_id), found, "", WANG, when)

    def verify(
        self, repair_id: int, performed: str = "yes", removed: str = "yes", when: datetime = ASKED
    ) -> None:
        with self.at(when) as tx:
            row = repairs.find(tx, repair_id)
            findings = [
                {
                    "item": item.id,
                    "performed": performed,
                    "performed_on": "2026-03-20" if performed == "yes" else None,
                    "effects_removed": removed,
                    "evidence": [self.photo],
                }
                for item in repairable.read_items(tx, row)
            ]
            repairs.verify(tx, self.case(tx), row, findings, OTHER, when)

    def recommend(self, repair_id: int, word: str) -> None:
        with self.at(ASKED) as tx:
            repairs.recommend(tx, repairs.find(tx, repair_id), word)

    def grant(
        self, repair_id: int, decision: repair_decisions.Decision = GOOD, when: datetime = ASKED
    ) -> None:
        found = self.found(repair_id, when)
        with self.at(when) as tx:
            row = repairs.find(tx, repair_id)
            repair_decisions.grant(tx, self.case(tx), row, found, decision, when)

    def refuse(
        self, repair_id: int, decision: repair_decisions.Decision, when: datetime = ASKED
    ) -> None:
        with self.at(when) as tx:
            row = repairs.find(tx, repair_id)
            repair_decisions.refuse(tx, self.case(tx), row, decision, when)

    def verified(self, recommended: str = "grant", **verified: Any) -> int:
        """An application accepted and verified, with what D12 recommends."""
        repair_id = self.ask()
        self.hand_in(repair_id)
        self.accept(repair_id)
        self.verify(repair_id, **verified)
        self.recommend(repair_id, recommended)
        return repair_id

    def set_record(self, **values: Any) -> None:
        r = models.records
        with self.at(ASKED) as tx:
            tx.run(r.update().where(r.c.id == 1).values(**values))
