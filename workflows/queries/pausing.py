"""期限: the limits of a case, what stopped or lengthened each, and what may still be done."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from workflows import access, models
from workflows.access import Actor
from workflows.queries import due, filling, reading
from workflows.queries.due import Due
from workflows.queries.filling import Attachment
from workflows.queries.reading import CaseHead
from workflows.registry import pauses
from workflows.store import Row, Store, Transaction


@dataclass(frozen=True)
class Pause:
    """One 中止, 中断 or 延长. `limits`: names of what it is about, empty for every limit.

    `ends_at` is None while it lasts; `length` of `unit` is what an extension added.
    """

    id: int
    kind: str
    limits: tuple[str, ...]
    ground: str
    article: str
    document_no: str
    starts_at: datetime
    ends_at: datetime | None
    length: int
    unit: str
    evidence: tuple[str, ...]
    made_by: str
    ended_by: str
    end_reason: str
    created_at: datetime

    @property
    def lasts(self) -> bool:
        """Whether a clock stands still because of it."""
        return self.kind != "extension" and self.ends_at is None


@dataclass(frozen=True)
class Limit:
    """A limit of the case with what it has known; `runs`: it may be stopped or extended."""

    id: str
    due: Due
    pauses: tuple[Pause, ...]
    runs: bool


@dataclass(frozen=True)
class LimitsPage:
    """`may_pause` (and extend), `may_resume`: what the actor's role allows in this case."""

    head: CaseHead
    limits: tuple[Limit, ...]
    pauses: tuple[Pause, ...]
    files: Mapping[str, Attachment]
    may_pause: bool
    may_resume: bool
    now: datetime


def limits_page(store: Store, actor: Actor, case_id: int) -> LimitsPage:
    """The limits of a case that the actor sees, those that run first; raises NotFound."""
    d = models.deadlines
    with store.reading() as tx:
        case = reading.case_row(tx, actor, case_id)
        rows = tx.all(
            d.select()
            .where(d.c.case_id == case_id)
            .order_by(d.c.status == "ended", d.c.due_at, d.c.id)
        )
        names = {row[key]: row["name"] for row in rows for key in ("family", "limit_id")}
        known = _pauses(tx, case, names)
        here = case["status"] == "open" and case["department_id"] == actor.department_id
        return LimitsPage(
            head=reading.case_head(tx, case),
            limits=tuple(_limit(row, known, tx.now) for row in rows),
            pauses=tuple(known.values()),
            files=filling.attachments(tx, case_id),
            may_pause=here and actor.role in access.PAUSES,
            may_resume=here and actor.role in access.RESUMES,
            now=tx.now,
        )


def _limit(row: Row, known: Mapping[int, Pause], now: datetime) -> Limit:
    return Limit(
        id=row["limit_id"],
        due=due.of_limit(row, now),
        pauses=tuple(known[one] for one in row["pauses"] or () if one in known),
        runs=row["status"] == "running" and row["due_at"] > now,
    )


def _pauses(tx: Transaction, case: Row, names: Mapping[str, str]) -> dict[int, Pause]:
    if not case["pauses"]:
        return {}
    p = models.people
    rows = pauses.of_case(tx, case["id"])
    people = {row[who] for row in rows for who in ("made_by", "ended_by")}
    wanted = sa.select(p.c.id, p.c.name).where(p.c.id.in_(people))
    called = {row["id"]: row["name"] for row in tx.all(wanted)}
    return {row["id"]: _pause(row, names, called) for row in rows}


def _pause(row: Row, names: Mapping[str, str], called: Mapping[int, str]) -> Pause:
    return Pause(
        id=row["id"],
        kind=row["kind"],
        limits=tuple(names.get(one, one) for one in row["limits"] or ()),
        ground=row["ground"],
        article=row["article"],
        document_no=row["document_no"],
        starts_at=row["starts_at"],
        ends_at=row["ends_at"],
        length=row["length"],
        unit=row["unit"],
        evidence=tuple(row["evidence"] or ()),
        made_by=called.get(row["made_by"], ""),
        ended_by=called.get(row["ended_by"], ""),
        end_reason=row["end_reason"],
        created_at=row["created_at"],
    )
