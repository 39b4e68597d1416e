"""转版的批次: judging or moving all running cases of a procedure, batch by batch, with progress.

A move is a row that says how far it is; whoever continues it takes the next batch. It can be left
and taken up again at any time: every case is a command of its own.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from workflows import errors, models, procedures
from workflows.access import Actor
from workflows.cases import migrating
from workflows.cases.migrating import Judged
from workflows.engine import Remark
from workflows.store import Row, Store

BATCH = 100
"""Cases in one go: about a second."""

PAGE = 25

GROUPS, NUMBERS = 200, 10
"""At most so many different remarks are kept, each with the numbers of its first cases."""


@dataclass(frozen=True)
class Group:
    """One remark and the cases it was made on: how many, and the numbers of the first."""

    remark: Remark
    cases: int
    numbers: tuple[str, ...]


@dataclass(frozen=True)
class Move:
    """How far a move is. `moved` of a trial are those that would move; `total` as it began."""

    id: int
    key: str
    name: str
    version: int
    procedure_id: int
    trial: bool
    reason: str
    total: int
    seen: int
    moved: int
    reasons: tuple[Group, ...]
    notes: tuple[Group, ...]
    started_by: str
    started_at: datetime
    ended_at: datetime | None

    @property
    def stayed(self) -> int:
        """Cases that stay on their version."""
        return self.seen - self.moved

    @property
    def percent(self) -> int:
        """0 to 100."""
        return 100 if self.ended_at else min(99, 100 * self.seen // max(self.total, 1))


@dataclass(frozen=True)
class Candidates:
    """Running cases that are not on a version, a page of them judged; `more`: `after` for more."""

    key: str
    name: str
    version: int
    total: int
    cases: tuple[Judged, ...]
    more: int


def start_move(
    store: Store,
    actor: Actor,
    key: str,
    version: int | None = None,
    *,
    trial: bool,
    reason: str = "",
    chosen: Sequence[int] | None = None,
) -> int:
    """Begin to judge (`trial`) or move running cases to a version, the newest unless given.

    Nothing is looked at before `continue_move`. `chosen`: only these cases. Returns the id of the
    move. Raises NotAllowed, NotFound, AnswersRefused for a move without a reason.
    """
    migrating.check_moves(actor)
    if not trial and len(reason.strip()) < 2:
        raise errors.AnswersRefused({"reason": "请填写转版理由，理由将载入每一案件的历史"})
    with store.transaction() as tx:
        to = migrating.target(tx, key, version)
        row = {
            "procedure_key": key,
            "procedure_id": to.id,
            "trial": trial,
            "reason": reason.strip(),
            "chosen": sorted(set(chosen)) if chosen is not None else None,
            "total": 0,
            "cursor": 0,
            "reasons": [],
            "notes": [],
            "started_by": actor.person_id,
            "started_at": tx.now,
        }
        total = tx.count(_running(row).with_only_columns(models.cases.c.id))
        return tx.insert(
            models.moves, {**row, "total": total, "ended_at": None if total else tx.now}
        )


def continue_move(store: Store, actor: Actor, move_id: int, limit: int = BATCH) -> Move:
    """Take the next `limit` cases and return how far it is; does nothing when it is over.

    A case that somebody else is working on is tried again, then stays. While somebody else
    continues the same move nothing is done. Raises NotAllowed, NotFound.
    """
    migrating.check_moves(actor)
    with store.alone(f"move-{move_id}") as mine:
        if mine:
            _continue(store, actor, move_id, limit)
    return read_move(store, actor, move_id)


def _continue(store: Store, actor: Actor, move_id: int, limit: int) -> None:
    c, m = models.cases, models.moves
    with store.reading() as tx:
        row = tx.one(m.select().where(m.c.id == move_id))
        if row["ended_at"]:
            return
        to = procedures.deployed(tx, row["procedure_id"])
        cases = tx.all(_running(row).order_by(c.c.id).limit(limit))
        judged = [migrating.judge_case(tx, case, to) for case in cases] if row["trial"] else []
    if not row["trial"]:
        judged = [_moved(store, actor, case, row) for case in cases]
    _advance(store, row, judged, over=len(cases) < limit)


def read_move(store: Store, actor: Actor, move_id: int) -> Move:
    """How far a move is; raises NotAllowed, NotFound."""
    migrating.check_moves(actor)
    with store.reading() as tx:
        return _move(tx.one(_told().where(models.moves.c.id == move_id)))


def _told() -> Any:
    """Moves with the names of their procedure and of who began them."""
    m, p, who = models.moves, models.procedures, models.people
    return (
        m.join(p, m.c.procedure_id == p.c.id)
        .join(who, m.c.started_by == who.c.id, isouter=True)
        .select()
        .with_only_columns(
            *m.c, p.c.name.label("name"), p.c.version.label("version"), who.c.name.label("person")
        )
    )


def _move(row: Row) -> Move:
    return Move(
        id=row["id"],
        key=row["procedure_key"],
        name=row["name"],
        version=row["version"],
        procedure_id=row["procedure_id"],
        trial=row["trial"],
        reason=row["reason"],
        total=row["total"],
        seen=row["seen"],
        moved=row["moved"],
        reasons=_groups(row["reasons"]),
        notes=_groups(row["notes"]),
        started_by=row["person"] or "",
        started_at=row["started_at"],
        ended_at=row["ended_at"],
    )


def _running(row: Row | dict[str, Any]) -> Any:
    """The cases still to be looked at: running, on another version, after the cursor."""
    c = models.cases
    wanted = c.select().where(
        c.c.procedure_key == row["procedure_key"],
        c.c.status.in_(["open", "suspended"]),
        c.c.procedure_id != row["procedure_id"],
        c.c.id > row["cursor"],
    )
    return wanted.where(c.c.id.in_(row["chosen"])) if row["chosen"] is not None else wanted


def _moved(store: Store, actor: Actor, case: Row, row: Row) -> Judged:
    """Move one case; whatever hinders it is its reason and holds up nobody else."""
    try:
        return migrating.move_case(store, actor, case["id"], row["procedure_id"], row["reason"])
    except errors.DatabaseUnavailable:
        raise
    except errors.ZhengchengError as fault:
        remark = Remark("", "", fault.message)
        return Judged(case["id"], case["number"], case["status"], 0, (remark,), ())


def _advance(store: Store, row: Row, judged: Sequence[Judged], *, over: bool) -> None:
    """Write down what became of a batch."""
    m = models.moves
    with store.transaction() as tx:
        tx.run(
            m.update()
            .where(m.c.id == row["id"], m.c.cursor == row["cursor"], m.c.ended_at.is_(None))
            .values(
                cursor=judged[-1].case_id if judged else row["cursor"],
                seen=row["seen"] + len(judged),
                moved=row["moved"] + sum(one.moves for one in judged),
                reasons=_tally(row["reasons"], judged, "reasons"),
                notes=_tally(row["notes"], judged, "notes"),
                ended_at=tx.now if over else None,
            )
        )


def _tally(known: Iterable[Any], judged: Sequence[Judged], what: str) -> list[list[Any]]:
    counts: dict[tuple[str, str, str], int] = {}
    numbers: dict[tuple[str, str, str], list[str]] = {}
    for element, name, text, count, first in known:
        counts[element, name, text], numbers[element, name, text] = count, list(first)
    for case in judged:
        remarks: tuple[Remark, ...] = getattr(case, what)
        for remark in remarks:
            key = (remark.element, remark.name, remark.text)
            if key in counts or len(counts) < GROUPS:
                counts[key] = counts.get(key, 0) + 1
                numbers[key] = [*numbers.get(key, []), case.number][:NUMBERS]
    return [[*key, count, numbers[key]] for key, count in counts.items()]


def _groups(rows: Iterable[list[Any]] | None) -> tuple[Group, ...]:
    """The largest first."""
    found = [
        Group(Remark(element, name, text), cases, tuple(numbers))
        for element, name, text, cases, numbers in rows or ()
    ]
    return tuple(sorted(found, key=lambda one: -one.cases))


def preview_moves(
    store: Store, actor: Actor, key: str, version: int | None = None, after: int = 0
) -> Candidates:
    """A page of the running cases on other versions (ids above `after`), judged; moves nothing.

    Raises NotAllowed, NotFound.
    """
    migrating.check_moves(actor)
    c = models.cases
    with store.reading() as tx:
        to = migrating.target(tx, key, version)
        row = {"procedure_key": key, "procedure_id": to.id, "cursor": 0, "chosen": None}
        wanted = _running(row)
        total = tx.count(wanted.with_only_columns(c.c.id))
        cases = tx.all(wanted.where(c.c.id > after).order_by(c.c.id).limit(PAGE + 1))
        judged = tuple(migrating.judge_case(tx, case, to) for case in cases[:PAGE])
    more = judged[-1].case_id if len(cases) > PAGE else 0
    return Candidates(key, to.procedure.name, to.version, total, judged, more)


def recent_moves(store: Store, actor: Actor, key: str) -> tuple[Move, ...]:
    """The last moves of a procedure's cases, newest first; raises NotAllowed."""
    migrating.check_moves(actor)
    m = models.moves
    with store.reading() as tx:
        rows = tx.all(_told().where(m.c.procedure_key == key).order_by(m.c.id.desc()).limit(10))
    return tuple(_move(row) for row in rows)
