"""Everything about a subject in the order of time: one statement over all that remembers it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext import compiler
from sqlalchemy.sql import functions

from workflows import models
from workflows.models import columns
from workflows.queries import paging, seeing
from workflows.queries.paging import Turn
from workflows.store import Row, Transaction


@dataclass(frozen=True)
class Happening:
    """One thing that happened. `kind`: record, served, listed …; `code`: the word for how it went.

    `case_id` leads to the case, None where there is none or the actor does not see it.
    """

    at: datetime
    kind: str
    row_id: int
    text: str
    detail: str
    code: str
    case_id: int | None


@dataclass(frozen=True)
class History:
    """One page, the newest first; `back` and `more`: cursors of the pages around it."""

    rows: tuple[Happening, ...]
    back: str
    more: str


class Midnight(functions.FunctionElement[Any]):
    """The first instant of a day, in office time."""

    inherit_cache = True
    type = columns.Instant()

    def __init__(self, column: sa.Column[Any]) -> None:
        super().__init__(column)


@compiler.compiles(Midnight)
def _as_instant(element: Midnight, compiling: Any, **how: Any) -> str:  # pyright: ignore[reportUnusedFunction]
    day = compiling.process(element.clauses, **how)
    return f"(CAST({day} AS timestamp) AT TIME ZONE INTERVAL '8 hours')"


@compiler.compiles(Midnight, "sqlite")
def _as_text(element: Midnight, compiling: Any, **how: Any) -> str:  # pyright: ignore[reportUnusedFunction]
    return f"({compiling.process(element.clauses, **how)} || 'T00:00:00.000000+08:00')"


def history(tx: Transaction, subject_id: int, visible: sa.CTE, turn: Turn) -> History:
    """A page of 25. `visible`: id and name of the subject's cases that the actor sees.

    What hangs on a case is told only of those; records, flags, listings, publicity and measures are
    known to every department (INV-22 keeps the public out).
    """
    arms = [_arm(one, subject_id, visible) for one in SOURCES]

    def ask(cursor: str, backwards: bool) -> sa.Select[Any]:
        together = sa.union_all(*arms).subquery()
        c = together.c
        order = (c.at, c.kind, c.row_id)
        place = _place(cursor)
        asked = sa.select(together)
        if place:
            here, there = sa.tuple_(*order), sa.tuple_(*_told(place, c))
            asked = asked.where(here > there if backwards else here < there)
        falling = [one if backwards else one.desc() for one in order]
        return asked.order_by(*falling).limit(seeing.PAGE + 1)

    known = turn if _place(turn.before or turn.after) else Turn()
    page = paging.cut(tx, known, ask, _cursor)
    return History(
        rows=tuple(
            Happening(
                at=row["at"],
                kind=row["kind"],
                row_id=row["row_id"],
                text=row["text"] or "",
                detail=row["detail"] or "",
                code=row["code"] or "",
                case_id=row["case_id"],
            )
            for row in page.rows
        ),
        back=page.back,
        more=page.more,
    )


def _cursor(row: Row) -> str:
    return f"{row['at'].isoformat()}~{row['kind']}~{row['row_id']}"


def _place(cursor: str) -> tuple[datetime, str, int] | None:
    """Where a page begins; None for what no page gave."""
    at, _, rest = cursor.partition("~")
    kind, _, key = rest.partition("~")
    row_id = seeing.row_key(key)
    try:
        instant = datetime.fromisoformat(at)
    except ValueError:
        return None
    if instant.tzinfo is None or row_id is None or not kind.isidentifier():
        return None
    return instant, kind, row_id


def _told(place: tuple[datetime, str, int], c: Any) -> Sequence[Any]:
    return [
        sa.literal(said, one.type)
        for said, one in zip(place, (c.at, c.kind, c.row_id), strict=True)
    ]


@dataclass(frozen=True)
class Source:
    """Where one kind of happening is remembered: columns of a table, or of one joined to it.

    `case`: the column of the case it hangs on. `known`: told to every department, not only where
    the case is to be seen.
    """

    kind: str
    table: Any
    at: Any
    text: Any = None
    detail: Any = None
    code: Any = None
    case: Any = None
    known: bool = False


_r, _f, _li = models.records, models.flags, models.listings
_pu, _me, _c, _o = models.publicities, models.measures, models.cases, models.objections
_s, _d, _h, _v, _re = (
    *(models.services, models.documents, models.hearings, models.reviews, models.remedies),
)
_i, _co, _rc, _rp, _di = (
    *(models.interviews, models.commitments, models.rectifications),
    *(models.repairs, models.disputes),
)

SOURCES = (
    Source("record", _r, Midnight(_r.c.decided_on), _r.c.doc_no, _r.c.behaviour, _r.c.status,
           known=True),
    Source("flag", _f, Midnight(_f.c.as_of), code=_f.c.kind, known=True),
    Source("case_opened", _c, _c.c.opened_at, detail=_c.c.number, case=_c.c.id),
    Source("case_ended", _c, _c.c.ended_at, detail=_c.c.number, case=_c.c.id),
    Source("served", _s.join(_d, _d.c.id == _s.c.document_id), _s.c.served_at, _d.c.title,
           _d.c.number, _s.c.method, _s.c.case_id),
    Source("objection", _o, _o.c.received_at, _o.c.number, _o.c.by, case=_o.c.case_id),
    Source("objection_answered", _o, _o.c.answer_served_at, _o.c.number, code=_o.c.result,
           case=_o.c.case_id),
    Source("hearing_asked", _h, _h.c.requested_at, _h.c.number, _h.c.by, case=_h.c.case_id),
    Source("hearing_held", _h, _h.c.held_at, _h.c.number, _h.c.place, case=_h.c.case_id),
    Source("review_asked", _v, _v.c.requested_at, _v.c.number, case=_v.c.case_id),
    Source("review_decided", _v, _v.c.decided_at, _v.c.number, code=_v.c.result,
           case=_v.c.case_id),
    Source("remedy", _re, Midnight(_re.c.filed_on), _re.c.organ, _re.c.number, _re.c.kind,
           _re.c.case_id),
    Source("listed", _li, _li.c.decided_at, _li.c.list_code, case=_li.c.case_id, known=True),
    Source("removed", _li, _li.c.removed_at, _li.c.list_code, code=_li.c.status,
           case=_li.c.removal_case_id, known=True),
    Source("published", _pu, _pu.c.published_at, detail=_pu.c.basis, code=_pu.c.kind,
           case=_pu.c.case_id, known=True),
    Source("publicity_ended", _pu, _pu.c.ended_at, detail=_pu.c.basis,
           code=_pu.c.ended_reason, case=_pu.c.case_id, known=True),
    Source("measure_begun", _me, Midnight(_me.c.starts_on), _me.c.name, _me.c.implementer,
           case=_me.c.case_id, known=True),
    Source("measure_lifted", _me, _me.c.lifted_at, _me.c.name, _me.c.implementer,
           case=_me.c.case_id, known=True),
    Source("interview_held", _i, _i.c.held_at, _i.c.place, code=_i.c.kind, case=_i.c.case_id),
    Source("commitment_signed", _co, Midnight(_co.c.signed_on), _co.c.signed_by,
           code=_co.c.purpose, case=_co.c.case_id),
    Source("rectified", _rc, _rc.c.closed_at, _rc.c.cause, code=_rc.c.status,
           case=_rc.c.case_id),
    Source("repair_asked", _rp, _rp.c.applied_at, _rp.c.number, _rp.c.applicant,
           case=_rp.c.case_id),
    Source("repair_decided", _rp, _rp.c.decided_at, _rp.c.number, code=_rp.c.status,
           case=_rp.c.case_id),
    Source("dispute", _di, _di.c.received_at, _di.c.number, _di.c.source, case=_di.c.case_id),
    Source("dispute_answered", _di, _di.c.answered_at, _di.c.number, code=_di.c.status,
           case=_di.c.case_id),
)  # fmt: skip


def _arm(source: Source, subject_id: int, visible: sa.CTE) -> sa.Select[Any]:
    """The rows of one source, each at its instant."""
    blank = sa.literal("")
    table, key = source.table, _first_table(source.table).c
    named = source.text
    if source.kind in {"case_opened", "case_ended"}:
        named = visible.c.name
    if source.case is not None:
        table = table.join(visible, visible.c.id == source.case, isouter=source.known)
    arm = sa.select(
        source.at.label("at"),
        sa.literal(source.kind).label("kind"),
        key.id.label("row_id"),
        (blank if named is None else named).label("text"),
        (blank if source.detail is None else source.detail).label("detail"),
        (blank if source.code is None else source.code).label("code"),
        (sa.cast(sa.null(), sa.Integer) if source.case is None else visible.c.id).label("case_id"),
    ).select_from(table)
    arm = arm.where(source.at.is_not(None))
    return arm.where(key.subject_id == subject_id) if source.known else arm


def _first_table(table: Any) -> sa.Table:
    while isinstance(table, sa.Join):
        table = table.left
    return table
