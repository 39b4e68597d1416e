"""运行: what the machine has to do, what it could not do, and what an operator holds.

An operator learns the number of a case, its procedure, the element and the error: nothing else.
Counts stop at `MOST`, so that a page costs the same whatever waits.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from workflows import access, errors, models, procedures
from workflows.access import Actor
from workflows.queries import paging, seeing
from workflows.queries.paging import Turn
from workflows.store import Store, Transaction

MOST = 10_000
"""Counts go no further: shown as 10,000+."""

HOURS = 24
OF_A_CASE = 50
KINDS = (
    *("timer", "service", "message", "opening"),
    *("screening", "recount", "overdue_removals", "removal_overdue"),
)


@dataclass(frozen=True)
class Job:
    """One job. `status`: due | held | failed; `tried_at`: the last attempt of one that failed."""

    id: int
    kind: str
    status: str
    element: str
    topic: str
    case_id: int | None
    case_number: str
    procedure_key: str
    procedure_name: str
    due_at: datetime
    handed_at: datetime | None
    attempts: int
    error: str
    tried_at: datetime | None


@dataclass(frozen=True)
class JobList:
    """A page of 25, the oldest first; `back`, `more`: cursors of the pages before and after."""

    rows: tuple[Job, ...]
    back: str
    more: str


@dataclass(frozen=True)
class HeldList:
    """A page of 25 cases that are held; `back` and `more` as in a JobList."""

    rows: tuple["HeldCase", ...]
    back: str
    more: str


@dataclass(frozen=True)
class HeldCase:
    """A case and whether it is held. `status`: open | suspended | ended; `reason`: the newest."""

    id: int
    number: str
    procedure_key: str
    procedure_name: str
    status: str
    suspended_with: str
    since: datetime | None
    by: str
    reason: str


@dataclass(frozen=True)
class Procedure:
    """A procedure; `suspended_at` None while it runs. Counts of open and of its suspended cases."""

    key: str
    name: str
    version: int
    suspended_at: datetime | None
    open: int
    suspended: int

    @property
    def state(self) -> str:
        """Runs | suspending (some cases are still open) | suspended | resuming."""
        if self.suspended_at:
            return "suspending" if self.open else "suspended"
        return "resuming" if self.suspended else "running"


@dataclass(frozen=True)
class Hour:
    """Jobs that fall due from `begins` on for an hour."""

    begins: datetime
    jobs: int


@dataclass(frozen=True)
class Standing:
    """How the machine stands now. `oldest`: how long the longest waiting job has been due."""

    at: datetime
    due: int
    handed: int
    oldest: timedelta | None
    failed: int
    suspended: int
    hours: tuple[Hour, ...]


def standing(store: Store, actor: Actor) -> Standing:
    """The counts and the next 24 hours; raises NotAllowed."""
    access.check_role(actor, access.OPERATES, "运行管理")
    with store.reading() as tx:
        due = due_now(tx)
        return Standing(
            at=tx.now,
            due=due["due"],
            handed=due["handed"],
            oldest=tx.now - due["oldest"] if due["oldest"] else None,
            failed=_count(tx, models.jobs.c.status == "failed"),
            suspended=capped(tx, _suspended_cases(tx)),
            hours=_hours(tx),
        )


def list_jobs(
    store: Store,
    actor: Actor,
    *,
    status: str,
    procedure: str = "",
    after: str = "",
    before: str = "",
) -> JobList:
    """A page of jobs. `status`: failed | due (now) | held; `after`, `before`: cursors of a page.

    Raises NotAllowed.
    """
    access.check_role(actor, access.OPERATES, "运行管理")
    j, c = models.jobs, models.cases
    with store.reading() as tx:
        wanted: list[sa.ColumnElement[bool]] = [j.c.status == status]
        if status == "due":
            wanted.append(j.c.due_at <= tx.now)
        if procedure:
            wanted.append(c.c.procedure_key == procedure)

        def ask(cursor: str, backwards: bool) -> sa.Select[Any]:
            order = (j.c.due_at.desc(), j.c.id.desc()) if backwards else (j.c.due_at, j.c.id)
            past = _past(cursor, backwards=backwards)
            return _jobs().where(*wanted, *past).order_by(*order).limit(seeing.PAGE + 1)

        turn = Turn(after, before) if _read(before or after) else Turn()
        page = paging.cut(tx, turn, ask, seeing.cursor)
        return JobList(tuple(_job(tx, row) for row in page.rows), page.back, page.more)


def find_case(store: Store, actor: Actor, number: str) -> tuple[HeldCase, tuple[Job, ...]]:
    """The case with that number, and what the machine has yet to do for it; raises NotFound."""
    access.check_role(actor, access.OPERATES, "运行管理")
    c, j = models.cases, models.jobs
    with store.reading() as tx:
        case = tx.first(c.select().where(c.c.number == number.strip()))
        if case is None:
            raise errors.NotFound(f"没有案号为“{number.strip()}”的案件")
        waiting = j.c.status.in_(("due", "held", "failed"))
        rows = tx.all(
            _jobs()
            .where(j.c.case_id == case["id"], waiting)
            .order_by(j.c.due_at, j.c.id)
            .limit(OF_A_CASE)
        )
        return _held(tx, [case])[0], tuple(_job(tx, row) for row in rows)


def job(store: Store, actor: Actor, job_id: int) -> Job:
    """One job; raises NotFound, NotAllowed."""
    access.check_role(actor, access.OPERATES, "运行管理")
    with store.reading() as tx:
        return _job(tx, tx.one(_jobs().where(models.jobs.c.id == job_id)))


def suspended_cases(store: Store, actor: Actor, *, after: str = "", before: str = "") -> HeldList:
    """A page of the cases that an operator holds by themselves; raises NotAllowed."""
    access.check_role(actor, access.OPERATES, "运行管理")
    c = models.cases
    with store.reading() as tx:
        held = _suspended_cases(tx).with_only_columns(*c.c).where(c.c.suspended_with == "case")
        page = paging.by_id(tx, Turn(after, before), held, c.c.id)
        return HeldList(_held(tx, page.rows), page.back, page.more)


def known_procedures(store: Store, actor: Actor) -> tuple[Procedure, ...]:
    """Every procedure by its newest version, and how many cases its suspension holds."""
    access.check_role(actor, access.OPERATES, "运行管理")
    c = models.cases.c
    with store.reading() as tx:
        found: list[Procedure] = []
        for row in _newest(tx):
            its = c.procedure_key == row["key"]
            open_cases = sa.select(c.id).where(its, c.status == "open")
            held = its & (c.status == "suspended") & (c.suspended_with == "procedure")
            found.append(
                Procedure(
                    key=row["key"],
                    name=row["name"],
                    version=row["version"],
                    suspended_at=row["suspended_at"],
                    open=capped(tx, open_cases),
                    suspended=capped(tx, sa.select(c.id).where(held)),
                )
            )
        return tuple(found)


def due_now(tx: Transaction) -> Mapping[Any, Any]:
    """due, handed (of those) and oldest (instant or None) of what should run now, capped."""
    j = models.jobs.c
    first = (
        sa.select(j.due_at, j.handed_at)
        .where(j.status == "due", j.due_at <= tx.now)
        .order_by(j.due_at)
        .limit(MOST + 1)
        .subquery()
    )
    f = first.c
    return tx.one(
        sa.select(
            sa.func.count().label("due"),
            sa.func.count(f.handed_at).label("handed"),
            sa.func.min(f.due_at).label("oldest"),
        ).select_from(first)
    )


def _newest(tx: Transaction) -> Sequence[Mapping[Any, Any]]:
    p = models.procedures.c
    newest = sa.select(sa.func.max(p.id)).group_by(p.key)
    return tx.all(
        sa.select(p.key, p.name, p.version, p.suspended_at).where(p.id.in_(newest)).order_by(p.key)
    )


def _count(tx: Transaction, *wanted: sa.ColumnElement[bool]) -> int:
    return capped(tx, sa.select(models.jobs.c.id).where(*wanted))


def capped(tx: Transaction, wanted: sa.Select[Any]) -> int:
    """How many rows, counted as far as MOST + 1."""
    first = wanted.limit(MOST + 1).subquery()
    return int(tx.one(sa.select(sa.func.count().label("n")).select_from(first))["n"])


def _suspended_cases(tx: Transaction) -> sa.Select[Any]:
    """By the index on procedure and status: few of a million cases are suspended."""
    c = models.cases.c
    keys = [row["key"] for row in _newest(tx)]
    return sa.select(c.id).where(c.procedure_key.in_(keys), c.status == "suspended")


def _hours(tx: Transaction) -> tuple[Hour, ...]:
    """The hour that runs now, from now on, and those after it; one statement."""
    j = models.jobs.c
    begun = tx.now.replace(minute=0, second=0, microsecond=0)
    edges = [begun + timedelta(hours=number) for number in range(HOURS + 1)]

    def number(since: datetime, until: datetime) -> sa.ScalarSelect[Any]:
        within = (j.status == "due") & (j.due_at >= max(since, tx.now)) & (j.due_at < until)
        first = sa.select(j.id).where(within).limit(MOST + 1).subquery()
        return sa.select(sa.func.count()).select_from(first).scalar_subquery()

    counted = [number(edges[place], edges[place + 1]).label(f"h{place}") for place in range(HOURS)]
    row = tx.one(sa.select(*counted))
    return tuple(Hour(edges[place], row[f"h{place}"]) for place in range(HOURS))


def _jobs() -> sa.Select[Any]:
    j, c, p = models.jobs, models.cases, models.procedures
    joined = j.outerjoin(c, j.c.case_id == c.c.id).outerjoin(p, c.c.procedure_id == p.c.id)
    return sa.select(
        *(j.c.id, j.c.kind, j.c.status, j.c.element, j.c.topic, j.c.case_id, j.c.due_at),
        *(j.c.handed_at, j.c.attempts, j.c.error, j.c.ended_at),
        *(c.c.number, c.c.procedure_id, c.c.procedure_key),
        p.c.name.label("procedure_name"),
    ).select_from(joined)


def _past(cursor: str, *, backwards: bool) -> list[sa.ColumnElement[bool]]:
    """The jobs behind a cursor, or before it."""
    known = _read(cursor)
    if known is None:
        return []
    j, (due_at, last) = models.jobs.c, known
    here = sa.tuple_(sa.literal(due_at, j.due_at.type), sa.literal(last))
    there = sa.tuple_(j.due_at, j.id)
    return [there < here if backwards else there > here]


def _read(cursor: str) -> tuple[datetime, int] | None:
    """Instant and id; None for what cannot be read."""
    at, _, number = cursor.partition("~")
    last = seeing.row_key(number)
    try:
        due_at = datetime.fromisoformat(at)
    except ValueError:
        return None
    return (due_at, last) if last is not None and due_at.tzinfo is not None else None


def _job(tx: Transaction, row: Mapping[Any, Any]) -> Job:
    return Job(
        id=row["id"],
        kind=row["kind"],
        status=row["status"],
        element=_element(tx, row),
        topic=row["topic"],
        case_id=row["case_id"],
        case_number=row["number"] or "",
        procedure_key=row["procedure_key"] or "",
        procedure_name=row["procedure_name"] or "",
        due_at=row["due_at"],
        handed_at=row["handed_at"],
        attempts=row["attempts"],
        error=row["error"],
        tried_at=row["ended_at"],
    )


def _element(tx: Transaction, row: Mapping[Any, Any]) -> str:
    """The element's name on the case's own version of the diagram, else its id."""
    if not row["procedure_id"] or not row["element"]:
        return row["element"]
    known = procedures.deployed(tx, row["procedure_id"]).procedure.elements.get(row["element"])
    return known.name if known and known.name else row["element"]


def _held(tx: Transaction, rows: Sequence[Mapping[Any, Any]]) -> tuple[HeldCase, ...]:
    e, p = models.events, models.procedures
    ids = [row["id"] for row in rows]
    said = {
        event["case_id"]: event
        for event in tx.all(
            sa.select(e.c.case_id, e.c.at, e.c.actor, e.c.after)
            .where(e.c.case_id.in_(ids), e.c.kind == "case_suspended")
            .order_by(e.c.case_id, e.c.seq)
        )
    }
    names = {
        row["id"]: row["name"]
        for row in tx.all(
            sa.select(p.c.id, p.c.name).where(p.c.id.in_({row["procedure_id"] for row in rows}))
        )
    }
    return tuple(_held_case(row, names, said.get(row["id"])) for row in rows)


def _held_case(
    row: Mapping[Any, Any], names: Mapping[int, str], said: Mapping[Any, Any] | None
) -> HeldCase:
    held = said if row["status"] == "suspended" else None
    return HeldCase(
        id=row["id"],
        number=row["number"],
        procedure_key=row["procedure_key"],
        procedure_name=names[row["procedure_id"]],
        status=row["status"],
        suspended_with=row["suspended_with"],
        since=held["at"] if held else None,
        by=held["actor"] if held else "",
        reason=held["after"]["reason"] if held else "",
    )
