"""A real database with one case brought as far as a test asks: 殷都区市监局 against 甲公司."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any

import pytest

from workflows import clock, errors, models, store
from workflows.registry import (
    guards,
    hearings,
    leniency,
    listings,
    notices,
    objections,
    service_of_process,
)
from workflows.registry.service_of_process import Attempt

PDF = b"%PDF-1.7 fictional"
GROUNDS = [
    {"no": 1, "text": "销售不合格胶合板1260张", "evidence_ref": "", "records": [1]},
    {"no": 2, "text": "拒不停止销售", "evidence_ref": "", "records": [2]},
]
MEASURES = ["focus_supervision_market", "no_commitment_market"]
BASIS = [{"title": "市场监督管理严重违法失信名单管理办法", "article": "第二条", "text": "……"}]
CONTENT = {
    "organ": {"name": "安阳市殷都区市场监督管理局", "address": "示范路1号"},
    "rights": {"window_days": 5, "channels": ["当面递交"]},
}
DECISION: dict[str, Any] = {
    "list_code": "market_regulation",
    "grounds": ["1", "2"],
    "measures": list(MEASURES),
    "reasons": "性质恶劣、情节严重",
    "term_months": 36,
    "removal_conditions": "满一年且已履行义务",
    "removal_procedure": "书面申请",
}


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}+08:00")


BEFORE = at("2026-02-26T09:00")
ISSUED = at("2026-02-27T09:00")
SERVED = at("2026-03-02T10:00")
WINDOW_END = at("2026-03-10T00:00")
DECIDING = at("2026-03-12T09:00")


class Desk:
    """The case and what may happen to it, each at its own instant."""

    def __init__(self, url: str) -> None:
        """`url`: an empty database with every table."""
        self.store = store.Store(url, clock.TravellingClock(ISSUED))
        with self.store.transaction(ISSUED) as tx:
            self._people(tx)
            self._subject(tx)
            self._case(tx)
        self.serial = 0

    def _people(self, tx: store.Transaction) -> None:
        tx.insert(
            models.departments,
            {
                "code": "yindu_market",
                "name": "安阳市殷都区市场监督管理局",
                "short_name": "殷市监",
                "kind": "bureau",
                "division": "410505",
                "path": "/1/",
                "address": "示范路1号",
                "phone": "0372-0000000",
                "government": "安阳市殷都区人民政府",
                "court": "安阳市殷都区人民法院",
            },
        )
        for login, role in (
            ("wang", "caseworker"),
            ("li", "legal_reviewer"),
            ("zhao", "dept_head"),
            ("qian", "caseworker"),
            ("ding", "hearing_officer"),
        ):
            person = tx.insert(
                models.people,
                {"login": login, "name": login, "password_hash": "", "created_at": ISSUED},
            )
            tx.insert(models.memberships, {"person_id": person, "department_id": 1, "role": role})

    def _subject(self, tx: store.Transaction) -> None:
        stamps = {"created_at": ISSUED, "updated_at": ISSUED}
        for name, number in (("安阳甲示例建材有限公司", "91410505MA0000019T"), ("乙", "x")):
            tx.insert(
                models.subjects,
                {
                    "id_scheme": "uscc",
                    "id_no": number,
                    "name": name,
                    "kind": "企业",
                    "track": "market",
                    "status": "存续",
                    "address": "示例大道18号",
                    **stamps,
                },
            )
        for number in (18, 19):
            tx.insert(
                models.records,
                {
                    "subject_id": 1,
                    "kind": "penalty",
                    "doc_no": f"殷市监罚决〔2026〕{number}号",
                    "organ": "殷都区市场监督管理局",
                    "organ_uscc": "11410505",
                    "decided_on": date(2026, 2, 24),
                    "status": "public",
                    "created_at": ISSUED,
                },
            )

    def _case(self, tx: store.Transaction) -> None:
        tx.insert(
            models.procedures,
            {
                "key": "serious_listing",
                "version": 1,
                "bundle": b"",
                "fact_types": {},
                "deployed_at": ISSUED,
            },
        )
        self.case_id = tx.insert(
            models.cases,
            {
                "number": "2026-000001",
                "procedure_id": 1,
                "procedure_key": "serious_listing",
                "subject_id": 1,
                "department_id": 1,
                "facts": {"": {"list_code": "market_regulation", "record_ids": [1, 2]}},
                "opened_at": ISSUED,
            },
        )
        for element, role, person in (
            ("draft_case", "caseworker", 1),
            ("approve_notice", "dept_head", 3),
            ("review_legality", "legal_reviewer", 2),
        ):
            self._done(tx, element, role, person)
        self.photo = self.attach(tx, b"photo of the signed receipt")

    def _done(self, tx: store.Transaction, element: str, role: str, person: int) -> None:
        tx.insert(
            models.tasks,
            {
                "case_id": self.case_id,
                "token": f"{element}-{person}",
                "element": element,
                "role": role,
                "department_id": 1,
                "status": "done",
                "created_at": ISSUED,
                "completed_by": person,
            },
        )

    @contextmanager
    def at(self, when: datetime) -> Iterator[store.Transaction]:
        with self.store.transaction(when) as tx:
            yield tx

    def attach(self, tx: store.Transaction, content: bytes) -> str:
        digest = hashlib.sha256(content).hexdigest()
        tx.insert(
            models.attachments,
            {
                "case_id": self.case_id,
                "filename": "证据.jpg",
                "media_type": "image/jpeg",
                "sha256": digest,
                "size": len(content),
                "content": content,
                "added_at": tx.now,
            },
        )
        return digest

    def case(self, tx: store.Transaction) -> store.Row:
        return tx.one(models.cases.select())

    def issue(self, when: datetime = ISSUED, kind: str = "prior_notice", **changes: Any) -> int:
        """Issue a document with sound number, seal and bytes; `changes` spoil it."""
        self.serial += 1
        with self.at(when) as tx:
            document_id = tx.insert(
                models.documents,
                {
                    "case_id": self.case_id,
                    "kind": kind,
                    "title": "列入严重失信主体名单事前告知书",
                    "number": f"殷市监列告〔2026〕{self.serial}号",
                    "department_id": 1,
                    "sha256": hashlib.sha256(PDF).hexdigest(),
                    "content_sha256": "c" * 64,
                    "template_sha256": "t" * 64,
                    "content": CONTENT,
                    "pages": 2,
                    "sealed": True,
                    "addressee": "安阳甲示例建材有限公司",
                    "issued_at": when,
                    **changes,
                },
            )
            tx.insert(models.document_bytes, {"document_id": document_id, "pdf": PDF})
        return document_id

    def announce(self, when: datetime = ISSUED, **changes: Any) -> int:
        """Issue a prior notice and write its row."""
        document_id = self.issue(when)
        said: dict[str, Any] = {
            "list_code": "market_regulation",
            "grounds": GROUNDS,
            "measures": MEASURES,
            "basis": BASIS,
            "limit_id": "objection_window_market",
        }
        with self.at(when) as tx:
            announced = notices.Announced(**{**said, **changes})
            notices.issue_notice(tx, self.case(tx), document_id, announced)
        return document_id

    def serve(self, document_id: int, when: datetime = SERVED, **changes: Any) -> datetime | None:
        """Serve a document directly, signed, with a photo; `changes` spoil the attempt."""
        said: dict[str, Any] = {
            "method": "direct",
            "result": "signed",
            "at": when,
            "receiver": "张示例",
            "servers": ("王", "钱"),
            "evidence": (self.photo,),
        }
        with self.at(when) as tx:
            service_id = service_of_process.open_service(tx, self.case_id, document_id)
            attempt = Attempt(**{**said, **changes})
            return service_of_process.record_attempt(tx, service_id, attempt).served_at

    def open_window(self, when: datetime = SERVED) -> datetime:
        with self.at(when) as tx:
            return notices.open_window(tx, self.case_id, when, "objection_window_market", _limits())

    def noticed(self) -> int:
        """A notice announced, served and its window running."""
        document_id = self.announce()
        self.serve(document_id)
        self.open_window()
        return document_id

    def object(self, when: datetime, ground: int = 1, text: str = "其中240张系退货") -> int:
        said = {"points": [{"no": 1, "text": text, "ground": ground}], "channel": "邮寄"}
        with self.at(when) as tx:
            objection_id, self.late = objections.register(tx, self.case(tx), "scope", said, when)
        return objection_id

    def answer(self, objection_id: int, when: datetime, *, accepted: bool = False) -> int:
        """Answer an objection and issue the answer; it is not served yet."""
        with self.at(when) as tx:
            row = objections.find_objection(tx, objection_id)
            finding = {"no": 1, "accepted": accepted, "finding": "已核", "reason": "有入库单"}
            objections.record_answer(tx, row, [finding], 4)
        document_id = self.issue(when, kind="objection_answer")
        with self.at(when) as tx:
            objections.attach_answer(tx, objection_id, document_id)
        return document_id

    def review_leniency(
        self,
        flags: list[str],
        established: list[str],
        result: str,
        when: datetime = BEFORE,
    ) -> int:
        """A legal reviewer has looked at what calls for leniency."""
        with self.at(when) as tx:
            if leniency.latest(tx, self.case_id) is None:
                self._done(tx, "review_leniency", "legal_reviewer", 2)
            found = leniency.Found(flags, established, result, "逐项审查", [self.photo])
            return leniency.record_review(tx, self.case(tx), found, 2, 3)

    def offer_hearing(self) -> None:
        """The notice that was issued tells of the right to a hearing."""
        rights = {**CONTENT["rights"], "hearing": True}
        self.change(models.documents, 1, content={**CONTENT, "rights": rights})

    def ask_hearing(self, when: datetime, **said: Any) -> int:
        """A hearing is asked for; `late` says how it was taken."""
        words = {"hearing_asked_at": when.isoformat(), "hearing_channel": "当面递交", **said}
        with self.at(when) as tx:
            hearing_id, self.late = hearings.register(tx, self.case(tx), "", words, _limits())
        return hearing_id

    def appoint(self, hearing_id: int, when: datetime, login: str = "ding") -> int:
        with self.at(when) as tx:
            return hearings.appoint(
                tx, self.case(tx), hearing_id, login, open_to_public=True, closed_reason=""
            )

    def call_hearing(self, hearing_id: int, when: datetime, held_at: datetime) -> bool:
        """Fix the time and serve the notice at once; whether the seven workdays are kept."""
        with self.at(when) as tx:
            hearings.schedule(tx, hearing_id, held_at, "听证室", _limits())
        document_id = self.issue(when, kind="hearing_notice")
        with self.at(when) as tx:
            hearings.attach_notice(tx, hearing_id, document_id)
        self.serve(document_id, when)
        with self.at(when) as tx:
            return hearings.note_served(tx, hearing_id, when, _limits())

    def hold(self, hearing_id: int, when: datetime) -> None:
        """Hold it, file the signed transcript and the report, and close."""
        with self.at(when) as tx:
            minutes = {"attendance": [{"name": "张示例", "role": "当事人"}]}
            hearings.hold(tx, hearing_id, when, minutes)
        document_id = self.issue(when, kind="hearing_transcript", sealed=False)
        with self.at(when) as tx:
            hearings.attach_transcript(tx, hearing_id, document_id)
            hearings.sign(tx, hearing_id, "signed", [self.photo])
            hearings.report(tx, hearing_id, "意见不成立", "unfounded")
            hearings.close(tx, hearing_id)

    def close(self, objection_id: int, document_id: int, when: datetime) -> None:
        self.serve(document_id, when)
        with self.at(when) as tx:
            objections.close(tx, objection_id, when)

    def settle(self, objection_id: int, when: datetime, *, accepted: bool = False) -> None:
        self.close(objection_id, self.answer(objection_id, when, accepted=accepted), when)

    def decide(self, when: datetime = DECIDING, decider: int | None = 3, **changes: Any) -> int:
        with self.at(when) as tx:
            decision = {**DECISION, **changes}
            return listings.decide_listing(tx, self.case(tx), decider, decision, when)

    def refusal(self, when: datetime = DECIDING, decider: int | None = 3, **changes: Any):
        """What the guard says to a decision."""
        with pytest.raises(errors.Refusal) as caught:
            self.decide(when, decider, **changes)
        assert self.listing_status() != "decided_listed"
        return caught.value

    def checks(self, when: datetime = DECIDING) -> dict[str, guards.Check]:
        with self.at(when) as tx:
            found = guards.due_process(tx, self.case(tx), when)
        return {check.id: check for check in found}

    def change(self, table: Any, row_id: int, **changes: Any) -> None:
        """Somebody tampers with a row."""
        with self.at(DECIDING) as tx:
            key = table.c.get("id", None)
            column = table.c.document_id if key is None else key
            tx.run(table.update().where(column == row_id).values(**changes))

    def listing_status(self) -> str:
        with self.at(DECIDING) as tx:
            row = listings.of_case(tx, self.case_id)
        return row["status"] if row else ""


def _limits():
    from workflows.registry import law

    return law.limits()
