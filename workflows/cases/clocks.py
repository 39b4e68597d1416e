"""停表: the limits, timers and due dates of a case under what stops or lengthens them.

While a clock stands still its limit is `suspended` or `interrupted`, its timer's job `paused`, the
task without a due date, and the engine's timer out of sight; when it goes on, they all get the same
new end, counted from the start of the limit.
"""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from workflows import deadlines, errors, models, procedures, workdays
from workflows.cases import writing
from workflows.deadlines import Deadline
from workflows.registry import law, pauses, values
from workflows.store import Row, Transaction

if TYPE_CHECKING:
    from workflows.cases.handling import Handling

NEVER = datetime(9999, 12, 31, tzinfo=workdays.OFFICE)
"""When the engine's timer of a stopped clock would fire."""

_d, _j, _t = models.deadlines, models.jobs, models.tasks


class Stops:
    """The pauses of a case under one command, read only where there are any."""

    def __init__(self, tx: Transaction, case: values.Fields) -> None:
        """`case`: the row, or that of a case being opened; its id is asked for when it is there."""
        self.tx = tx
        self.case = case
        self.fresh: set[int] = set()
        """Those ordered in this command."""
        self.ended: set[int] = set()
        """Those that ended in it, proved by `evidence`."""
        self.evidence: Sequence[str] = ()
        self.changed = False
        self._rows: Sequence[Row] | None = None

    @property
    def rows(self) -> Sequence[Row]:
        """Every pause, oldest first."""
        if self._rows is None:
            any_ = self.changed or self.case.get("pauses")
            self._rows = pauses.of_case(self.tx, self.case["id"]) if any_ else ()
        return self._rows

    def renew(self, before: Sequence[Row]) -> None:
        """Rows were written since the rows were `before`: the clocks are to follow."""
        self._rows, self.changed = None, True
        self.fresh |= {row["id"] for row in self.rows} - {row["id"] for row in before}
        standing = {row["id"] for row in self.rows if pauses.is_open(row)}
        self.ended |= {row["id"] for row in before if pauses.is_open(row)} - standing

    def at_start(self, limit_id: str, family: str, start: datetime) -> list[Row]:
        """What stops a limit that begins to run now, by an act at `start`, or stopped it since."""
        return [
            row
            for row in self.rows
            if row["kind"] != "extension"
            and pauses.covers(row, limit_id, family)
            and (row["ends_at"] is None or row["ends_at"] > start)
        ]

    def status(self, limit: Deadline) -> str:
        """running, suspended or interrupted: how a limit that begins now stands."""
        return _status(self.at_start(limit.limit_id, limit.family, limit.start))


def compute(
    deployed: procedures.Deployed, limit_id: str, start: datetime, stops: Stops | None = None
) -> Deadline:
    """A limit as it stood at deployment and in force on the start day, on today's calendar."""
    calendar = procedures.calendar()
    limit = deadlines.find(deployed.limits, limit_id, start.astimezone(workdays.OFFICE).date())
    known = stops.at_start(limit.id, limit.family, start) if stops else []
    if stops is None or not known:
        return deadlines.compute(limit, start, calendar)
    return deadlines.count(
        limit, start, calendar, [pauses.read(row) for row in known], stops.tx.now
    )


def align(handling: "Handling") -> None:
    """Have the clocks of the case follow the pauses that were written in this command.

    A limit that has passed stays passed; the event of each says what became of its end.
    """
    stops = handling.stops
    if not stops.changed:
        return
    run = handling.run
    timers = {timer.id for timer in run.timers()}
    live = timers | {task.id for task in run.tasks()}
    met: set[int] = set()
    for row in _limits(handling):
        if row["token"] in live:
            met |= _follow(handling, row, is_timer=row["token"] in timers)
    for pause in stops.rows:  # what no limit has met, now
        if pause["id"] in stops.fresh - met:
            _tell(handling, "limit_paused", pause)
        if pause["id"] in stops.ended - met:
            _tell(handling, "limit_resumed", pause)


def close(handling: "Handling") -> None:
    """The case has ended: what still stopped a clock of it has ended too."""
    for row in handling.stops.rows:
        if pauses.is_open(row):
            pauses.end(handling.tx, row["id"], "案件已经办结", None)


def stop_new(handling: "Handling") -> None:
    """Timers that began while their clock stands still do not fire."""
    for timer in handling.run.timers():
        new = timer.id not in handling.jobs_before
        if new and timer.deadline and handling.stops.status(timer.deadline) in pauses.STOPPED:
            handling.run.postpone(timer.id, NEVER)


def count_again(handling: "Handling", row: Row, known: Iterable[Row]) -> tuple[Deadline, int]:
    """The end of a limit with the pauses it has known, and the seconds it is moved by hand.

    Never earlier than told (INV-21); where it was told later, that counts as moved. Raises
    LimitUnknown.
    """
    now, start, calendar = handling.tx.now, row["starts_at"], procedures.calendar()
    known_limits = (*handling.deployed.limits, *law.limits())  # one that a new version lacks too
    limit = deadlines.find(known_limits, row["limit_id"], start.date())
    stopped = [pauses.read(one) for one in known]
    moved = timedelta(seconds=row["moved"])
    counted = deadlines.count(limit, start, calendar, stopped, now, moved)
    new = deadlines.later(told(row), counted)
    if new is not counted:
        moved = deadlines.moved_by(limit, start, calendar, stopped, now, new.due_at)
    return new, round(moved.total_seconds())


def keep_moved(handling: "Handling", token: str, due_at: datetime) -> None:
    """Remember by how much the end was moved by hand, for when the limit is counted again."""
    wanted = _d.select().where(_d.c.case_id == handling.case["id"], _d.c.token == token)
    for row in handling.tx.all(wanted):
        start = row["starts_at"]
        with suppress(errors.LimitUnknown):  # a version that lacks it counts it no more
            limit = deadlines.find(handling.deployed.limits, row["limit_id"], start.date())
            known = [pauses.read(one) for one in known_to(handling, row)]
            moved = deadlines.moved_by(
                limit, start, procedures.calendar(), known, handling.tx.now, due_at
            )
            seconds = round(moved.total_seconds())
            handling.tx.run(_d.update().where(_d.c.id == row["id"]).values(moved=seconds))


def known_to(handling: "Handling", row: Row) -> list[Row]:
    """The pauses that the limit has known so far."""
    known = set(row["pauses"] or ())
    return [one for one in handling.stops.rows if one["id"] in known]


def steps(limit: Deadline) -> list[list[Any]]:
    """The explanation of a limit as its row keeps it."""
    return [[str(one.day), one.ordinal, one.reason] for one in limit.steps]


def told(row: Row) -> Deadline:
    """The limit as it was told to the case."""
    same = ("limit_id", "family", "name", "basis", "confidence", "due_at", "provisional")
    return Deadline(
        **{name: row[name] for name in same},
        amount="",
        start=row["starts_at"],
        last_day=(row["due_at"] - timedelta(microseconds=1)).date(),
        limit_version=row["limit_version"],
        calendar_version=row["calendar_version"],
        steps=(),
    )


def _limits(handling: "Handling") -> Sequence[Row]:
    return handling.tx.all(
        _d.select()
        .where(_d.c.case_id == handling.case["id"], _d.c.status.in_(("running", *pauses.STOPPED)))
        .order_by(_d.c.id)
    )


def _follow(handling: "Handling", row: Row, *, is_timer: bool) -> set[int]:
    """Have one limit follow; returns the ids of the pauses of which the history has told."""
    fresh = _fresh(handling, row)
    known = [*known_to(handling, row), *fresh]
    status = _status(known)
    if status in pauses.STOPPED and (fresh or status != row["status"]):
        _stop(handling, row, known, status, is_timer=is_timer)
        for pause in fresh:
            _tell(handling, "limit_paused", pause, row)
        return {one["id"] for one in fresh}
    ended = [one for one in known if one["id"] in handling.stops.ended]
    if status == "running" and row["status"] in pauses.STOPPED:
        due_at = _go_on(handling, row, known)
        _tell(handling, "limit_resumed", ended[-1], row, due_at)
        return {one["id"] for one in ended}
    if status == "running" and fresh:
        due_at = _go_on(handling, row, known)
        for pause in fresh:
            _tell(handling, "limit_extended", pause, row, due_at)
    return {one["id"] for one in fresh}


def _fresh(handling: "Handling", row: Row) -> list[Row]:
    """The pauses of this command that reach the limit: one that has run out is not brought back.

    Only what runs is extended, and what has stopped and gone on in one instant changes nothing.
    """
    stands = row["status"] in pauses.STOPPED
    if not stands and row["due_at"] <= handling.tx.now:
        return []
    return [
        one
        for one in handling.stops.rows
        if one["id"] in handling.stops.fresh
        and pauses.covers(one, row["limit_id"], row["family"])
        and (pauses.is_open(one) or (one["kind"] == "extension" and not stands))
    ]


def _status(known: Sequence[Row]) -> str:
    standing = [one for one in known if pauses.is_open(one)]
    return pauses.STATUS[standing[-1]["kind"]] if standing else "running"


def _stop(
    handling: "Handling", row: Row, known: Sequence[Row], status: str, *, is_timer: bool
) -> None:
    """The end of a limit that will run anew is no longer moved by hand."""
    tx, case_id, token = handling.tx, handling.case["id"], row["token"]
    anew = any(one["kind"] == "interruption" and pauses.is_open(one) for one in known)
    tx.run(
        _d.update()
        .where(_d.c.id == row["id"])
        .values(
            status=status,
            pauses=[one["id"] for one in known],
            moved=0 if anew else row["moved"],
        )
    )
    tx.run(
        _j.update()
        .where(_j.c.case_id == case_id, _j.c.token == token, _j.c.status == "due")
        .values(status="paused", handed_at=None)
    )
    tx.run(_t.update().where(_t.c.case_id == case_id, _t.c.token == token).values(due_at=None))
    if is_timer:
        handling.run.postpone(token, NEVER)


def _go_on(handling: "Handling", row: Row, known: Sequence[Row]) -> datetime:
    """The limit runs again or longer; task, timer and window follow. Returns its new end."""
    tx, case_id, token = handling.tx, handling.case["id"], row["token"]
    new, seconds = count_again(handling, row, known)
    tx.run(
        _d.update()
        .where(_d.c.id == row["id"])
        .values(
            status="running",
            pauses=[one["id"] for one in known],
            moved=seconds,
            provisional=new.provisional,
            calendar_version=new.calendar_version,
        )
    )
    tx.run(
        _j.update()
        .where(_j.c.case_id == case_id, _j.c.token == token, _j.c.status == "paused")
        .values(status="due")
    )
    writing.move_timer(handling, token, new.due_at, "")
    tx.run(_d.update().where(_d.c.id == row["id"]).values(steps=steps(new)))
    return new.due_at


def _tell(
    handling: "Handling",
    kind: str,
    pause: Row,
    row: Row | None = None,
    due_at: datetime | None = None,
) -> None:
    """Note what became of a limit, or of an order that no limit has met; `due_at`: its new end."""
    limit = {"limit": row["limit_id"], "name": row["name"]} if row else {}
    handling.note(
        kind,
        row["element"] if row else pause["element"],
        article=pause["article"],
        before={**limit, "due_at": row["due_at"].isoformat()} if row else None,
        after={
            **limit,
            "due_at": due_at.isoformat() if due_at else None,
            "pause_id": pause["id"],
            "kind": deadlines.KINDS[pause["kind"]],
            "ground": pause["ground"],
            "starts_at": pause["starts_at"].isoformat(),
            "document_no": pause["document_no"],
            "reason": pause["end_reason"],
        },
        documents=handling.stops.evidence if kind == "limit_resumed" else pause["evidence"],
    )
