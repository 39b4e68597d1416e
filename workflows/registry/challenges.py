"""Public challenges (质疑举报) of commitments: received, screened, verified by others, answered.

Whoever challenges may stay unknown; who they are is sealed (`sealing`), R-054, INV-22.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from workflows import errors, models
from workflows.registry import attachments, commitments, instants, reaching, values
from workflows.store import Row, Transaction

LAW = "安信用办〔2023〕5号 三（四）"
EYES_LAW = "行政处罚法第六十四条第四项（参照）"
NEXT: Mapping[str, frozenset[str]] = {
    "received": frozenset({"screened_out", "screened"}),
    "screened": frozenset({"verified"}),
    "verified": frozenset({"closed"}),
    "screened_out": frozenset(),
    "closed": frozenset(),
}
OUTCOMES: Mapping[str, str] = {"unfounded": "不属实", "founded": "属实"}
OPEN_TO_CHALLENGE = frozenset({"published", "supervised", "annulled_breach"})

_c = models.challenges


@dataclass(frozen=True)
class Challenge:
    """What somebody says against a commitment; who they are is not in it."""

    commitment_id: int
    content: str
    received_at: datetime
    anonymous: bool


def register(tx: Transaction, case: values.Fields, said: Challenge, now: datetime) -> int:
    """Register a challenge of a commitment of the case's subject that is still in force."""
    row = commitments.find(tx, said.commitment_id)
    if row["subject_id"] != case["subject_id"]:
        raise errors.NotExpected("该信用承诺不属于本案主体", article=LAW)
    if row["status"] not in OPEN_TO_CHALLENGE:
        raise errors.NotExpected("该信用承诺没有公示、没有纳入监督或者已经了结", article=LAW)
    if said.received_at > now:
        raise errors.NotExpected(f"收到时间 {instants.say_instant(said.received_at)} 晚于现在")
    return tx.insert(
        _c,
        {
            "commitment_id": said.commitment_id,
            "case_id": case["id"],
            "number": f"质{instants.office_day(now).year}-{case['id']:06d}",
            "content": said.content,
            "anonymous": said.anonymous,
            "received_at": said.received_at,
        },
    )


def of_case(tx: Transaction, case_id: int) -> Row:
    """The challenge that a case is about; raises NotFound."""
    return tx.one(_c.select().where(_c.c.case_id == case_id))


def screen(tx: Transaction, row: Row, *, taken: bool, reasons: str) -> None:
    """Whether it is looked into; what is not says why."""
    if not taken and len(reasons.strip()) < 2:
        raise errors.NotExpected("不予核查的，须写明理由", article=LAW)
    _move(tx, row, "screened" if taken else "screened_out", reasons="" if taken else reasons)


def verify(
    tx: Transaction,
    case: values.Fields,
    row: Row,
    evidence: Sequence[str],
    by: int | None,
) -> None:
    """Keep what was found, by somebody who had no hand in the commitment (FourEyes)."""
    if by is None or by in involved(tx, row["commitment_id"]):
        raise errors.FourEyes("参与签署、监督该承诺的人不得核查对它的质疑", article=EYES_LAW)
    proof = attachments.check_evidence(tx, case["id"], list(evidence), "核查质疑")
    _move(tx, row, "verified", evidence=proof)


def decide(tx: Transaction, case: values.Fields, row: Row, outcome: str, reasons: str) -> None:
    """属实 or 不属实, with reasons; a founded one reaches the supervision of the commitment."""
    if outcome not in OUTCOMES or len(reasons.strip()) < 2:
        raise errors.NotExpected("须写明质疑是否属实及其理由", article=LAW)
    _move(tx, row, "closed", outcome=outcome, reasons=reasons)
    if outcome == "founded":
        told = {"challenge_number": row["number"], "challenge_finding": reasons}
        watching = supervising(tx, case["subject_id"], row["commitment_id"])
        reaching.tell(tx, watching, "challenge_founded", told)


def answer(tx: Transaction, row: Row, now: datetime) -> None:
    """The answer has gone to whoever challenged."""
    tx.run(_c.update().where(_c.c.id == row["id"]).values(answered_at=now))


def involved(tx: Transaction, commitment_id: int) -> set[int]:
    """The people who have worked on the commitment: in its case, and in its supervision."""
    row = commitments.find(tx, commitment_id)
    cases = {row["case_id"], *supervising(tx, row["subject_id"], commitment_id)}
    t = models.tasks.c
    worked = models.tasks.select().where(t.case_id.in_(sorted(cases)), t.completed_by.is_not(None))
    return {one["completed_by"] for one in tx.all(worked)}


def supervising(tx: Transaction, subject_id: int, commitment_id: int) -> list[int]:
    """The open cases that supervise a commitment."""
    ids = reaching.cases_of_subject(tx, subject_id, ["commitment_supervision"])
    c = models.cases
    rows = tx.all(c.select().where(c.c.id.in_(ids)).order_by(c.c.id)) if ids else ()
    return [row["id"] for row in rows if _watched(row) == commitment_id]


def _watched(case: Row) -> Any:
    root = values.read_rows([one.get("") for one in values.read_rows([case["facts"]])])
    return root[0].get("commitment_id") if root else None


def _move(tx: Transaction, row: Row, status: str, **told: Any) -> None:
    if status not in NEXT[row["status"]]:
        raise errors.NotExpected("该质疑已经办理，不能重复办理", article=LAW)
    mine = _c.update().where(_c.c.id == row["id"], _c.c.status == row["status"])
    if not tx.run(mine.values(status=status, **told)):
        raise errors.CaseChanged
