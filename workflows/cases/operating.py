"""运维: what an operator does when a case or a job is held up.

Suspending is technical: no command and no job touches the case, the clock of the law goes on, and
what fell due meanwhile happens at once on resuming. The rows alone are read and written, so that a
case whose state no longer reads can still be suspended and its jobs retried.
"""

from collections.abc import Callable, Sequence
from typing import Any

import structlog

from workflows import access, errors, models, procedures
from workflows.access import Actor
from workflows.cases import history, opening
from workflows.store import Row, Store, Transaction

BATCH = 200
"""So many cases or jobs in one transaction."""

Progress = Callable[[int], object]
"""Told how many more are done."""

log = structlog.get_logger()


def retry_job(store: Store, actor: Actor, job_id: int) -> None:
    """Have a failed job run again now; raises NotExpected for one that has not failed."""
    if not retry_jobs(store, actor, [job_id]):
        raise errors.NotExpected(f"作业{job_id}没有故障，不需要重试")


def retry_jobs(store: Store, actor: Actor, job_ids: Sequence[int]) -> int:
    """Have those that failed run again now, from the first attempt; returns how many.

    The error goes into the case's history; a job of a suspended case waits for its resuming.
    """
    access.check_role(actor, access.OPERATES, "重试作业")
    j = models.jobs
    with store.transaction() as tx:
        tx.begin()
        failed = tx.all(
            j.select().where(j.c.id.in_(list(job_ids)), j.c.status == "failed").order_by(j.c.id)
        )
        cases = _lock(tx, {job["case_id"] for job in failed if job["case_id"]})
        return sum(_retry(tx, actor, job, cases.get(job["case_id"])) for job in failed)


def retry_all(
    store: Store,
    actor: Actor,
    *,
    procedure: str = "",
    kind: str = "",
    progress: Progress | None = None,
    at_most: int | None = None,
) -> int:
    """Retry every failed job (of a procedure, of a kind) in batches; returns how many."""
    access.check_role(actor, access.OPERATES, "重试作业")
    done, last = 0, 0
    while ids := _failed_after(store, last, procedure, kind):
        retried = retry_jobs(store, actor, ids)
        done, last = done + retried, ids[-1]
        if progress:
            progress(retried)
        if at_most is not None and done >= at_most:
            break
    return done


def suspend_case(store: Store, actor: Actor, case_id: int, reason: str) -> None:
    """Let nothing happen to a case until it is resumed.

    A case that is suspended with its procedure stays so when the procedure is resumed. Raises
    AnswersRefused without a reason, CaseEnded, CaseSuspended.
    """
    access.check_role(actor, access.OPERATES, "暂停案件")
    said = check_reason(reason)
    with store.transaction() as tx:
        tx.begin()
        case = _locked(tx, case_id)
        if case["suspended_with"] != "procedure":
            opening.check_open(case)
        _suspend(tx, actor, [case], "case", said)
    log.info("case_suspended", case=case_id, person=actor.person_id)


def resume_case(store: Store, actor: Actor, case_id: int, reason: str) -> None:
    """Let a suspended case go on; what fell due meanwhile happens at once.

    Raises AnswersRefused without a reason, NotExpected for a case that is not suspended or is so
    with its whole procedure.
    """
    access.check_role(actor, access.OPERATES, "恢复案件")
    said = check_reason(reason)
    with store.transaction() as tx:
        tx.begin()
        case = _locked(tx, case_id)
        if case["status"] != "suspended":
            raise errors.NotExpected(f"案件{case['number']}没有暂停")
        if _is_suspended(tx, case["procedure_key"]):
            raise errors.NotExpected(f"案件{case['number']}的程序已暂停，请恢复整个程序")
        _resume(tx, actor, [case], said)
    log.info("case_resumed", case=case_id, person=actor.person_id)


def suspend_procedure(
    store: Store,
    actor: Actor,
    key: str,
    reason: str,
    progress: Progress | None = None,
    at_most: int | None = None,
) -> int:
    """Open nothing new on a procedure and suspend its open cases, in batches; returns how many.

    It may be stopped half-way and called again: it goes on where it was. `at_most` cases at once
    leave the rest to the next call. Raises AnswersRefused, NotFound, and NotExpected while somebody
    else is at it.
    """
    access.check_role(actor, access.OPERATES, "暂停程序")
    said = check_reason(reason)
    with store.alone(f"suspension-{key}") as mine:
        _check_alone(key, mine)
        _mark(store, key, suspended=True)
        log.info("procedure_suspended", procedure=key, person=actor.person_id)
        return _in_batches(store, key, "open", progress, at_most, _suspending(actor, said))


def resume_procedure(
    store: Store,
    actor: Actor,
    key: str,
    reason: str,
    progress: Progress | None = None,
    at_most: int | None = None,
) -> int:
    """Let a procedure and the cases suspended with it go on, in batches; returns how many.

    Cases suspended by themselves stay so. Errors and `at_most` as `suspend_procedure`.
    """
    access.check_role(actor, access.OPERATES, "恢复程序")
    said = check_reason(reason)
    with store.alone(f"suspension-{key}") as mine:
        _check_alone(key, mine)
        _mark(store, key, suspended=False)
        log.info("procedure_resumed", procedure=key, person=actor.person_id)
        return _in_batches(store, key, "suspended", progress, at_most, _resuming(actor, said))


def check_reason(reason: str) -> str:
    """The reason without its margins; raises AnswersRefused where there is none."""
    said = reason.strip()
    if len(said) < 2:
        raise errors.AnswersRefused({"reason": "请填写理由，理由将载入案件历史"})
    return said[:500]


def _retry(tx: Transaction, actor: Actor, job: Row, case: dict[str, Any] | None) -> int:
    j = models.jobs
    held = case is not None and case["status"] == "suspended"
    retried = tx.run(
        j.update()
        .where(j.c.id == job["id"], j.c.status == "failed")
        .values(
            status="held" if held else "due",
            due_at=tx.now,
            attempts=0,
            error="",
            handed_at=None,
            ended_at=None,
        )
    )
    if retried and case is not None:
        said = {key: job[key] for key in ("id", "kind", "topic", "attempts", "error")}
        _note(tx, actor, case, history.Event("job_retried", job["element"], before=said))
    if retried:
        log.info("job_retried", job=job["id"], case=job["case_id"], person=actor.person_id)
    return retried


def _failed_after(store: Store, last: int, procedure: str, kind: str) -> list[int]:
    j, c = models.jobs, models.cases
    wanted = j.outerjoin(c, j.c.case_id == c.c.id).select().with_only_columns(j.c.id)
    wanted = wanted.where(j.c.status == "failed", j.c.id > last)
    if procedure:
        wanted = wanted.where(c.c.procedure_key == procedure)
    if kind:
        wanted = wanted.where(j.c.kind == kind)
    with store.reading() as tx:
        return [row["id"] for row in tx.all(wanted.order_by(j.c.id).limit(BATCH))]


def _lock(tx: Transaction, ids: set[int]) -> dict[int, dict[str, Any]]:
    """The cases, which nobody else changes until the commit; locked in one order by everybody."""
    c = models.cases
    rows = tx.all(c.select().where(c.c.id.in_(sorted(ids))).order_by(c.c.id).with_for_update())
    return {row["id"]: dict(row) for row in rows}


def _locked(tx: Transaction, case_id: int) -> dict[str, Any]:
    found = _lock(tx, {case_id})
    if not found:
        raise errors.NotFound
    return found[case_id]


def _note(
    tx: Transaction, actor: Actor, case: dict[str, Any], event: history.Event, **changes: Any
) -> None:
    """Seal the event into the history of a locked case, and change its row."""
    tx.insert_many(models.events, history.chain(case, [event], actor, tx.now))
    case["version"] += 1
    c = models.cases
    tx.run(
        c.update()
        .where(c.c.id == case["id"])
        .values(
            version=case["version"],
            last_seq=case["last_seq"],
            last_hash=case["last_hash"],
            last_at=case["last_at"],
            **changes,
        )
    )


def _suspend(
    tx: Transaction, actor: Actor, cases: Sequence[dict[str, Any]], whose: str, reason: str
) -> None:
    for case in cases:
        event = history.Event("case_suspended", after={"with": whose, "reason": reason})
        _note(tx, actor, case, event, status="suspended", suspended_with=whose)
    _switch_jobs(tx, cases, "due", "held")


def _resume(tx: Transaction, actor: Actor, cases: Sequence[dict[str, Any]], reason: str) -> None:
    for case in cases:
        event = history.Event("case_resumed", after={"reason": reason})
        _note(tx, actor, case, event, status="open", suspended_with="")
    _switch_jobs(tx, cases, "held", "due")


def _switch_jobs(tx: Transaction, cases: Sequence[dict[str, Any]], before: str, after: str) -> None:
    j = models.jobs
    ids = [case["id"] for case in cases]
    tx.run(
        j.update()
        .where(j.c.case_id.in_(ids), j.c.status == before)
        .values(status=after, handed_at=None)
    )


Act = Callable[[Transaction, Sequence[dict[str, Any]]], None]
"""What is done to a batch of locked cases."""


def _suspending(actor: Actor, reason: str) -> Act:
    return lambda tx, cases: _suspend(tx, actor, cases, "procedure", reason)


def _resuming(actor: Actor, reason: str) -> Act:
    return lambda tx, cases: _resume(tx, actor, cases, reason)


def _in_batches(
    store: Store,
    key: str,
    status: str,
    progress: Progress | None,
    at_most: int | None,
    act: Act,
) -> int:
    """Do it to the cases of the procedure until none is left in that status."""
    c = models.cases
    batch = c.select().with_only_columns(c.c.id).where(
        c.c.procedure_key == key, c.c.status == status
    )  # fmt: skip
    if status == "suspended":
        batch = batch.where(c.c.suspended_with == "procedure")
    done = 0
    while at_most is None or done < at_most:
        with store.transaction() as tx:
            tx.begin()
            ids = {row["id"] for row in tx.all(batch.order_by(c.c.id).limit(BATCH))}
            found = [case for case in _lock(tx, ids).values() if case["status"] == status]
            act(tx, found)
        if not ids:
            break
        done += len(found)
        if progress:
            progress(len(found))
    return done


def _mark(store: Store, key: str, *, suspended: bool) -> None:
    """Every version of the procedure, waiting for those who deploy it or open a case on it now."""
    p = models.procedures
    with store.transaction() as tx:
        procedures.hold_versions(tx, key)
        versions = tx.all(
            p.select().with_only_columns(p.c.id).where(p.c.key == key).with_for_update()
        )
        if not versions:
            raise errors.NotFound(f"程序“{key}”尚未部署")
        at = tx.now if suspended else None
        unmarked = p.c.suspended_at.is_(None) if suspended else p.c.suspended_at.is_not(None)
        tx.run(p.update().where(p.c.key == key, unmarked).values(suspended_at=at))


def _is_suspended(tx: Transaction, key: str) -> bool:
    """Whether the operator holds the procedure; it is not suspended before this commits."""
    p = models.procedures
    rows = tx.all(
        p.select().with_only_columns(p.c.suspended_at).where(p.c.key == key).with_for_update()
    )
    return any(row["suspended_at"] for row in rows)


def _check_alone(key: str, mine: bool) -> None:
    if not mine:
        raise errors.NotExpected(f"程序“{key}”正在暂停或者恢复，请稍候")
