"""Whether this process could do its work now, and the numbers a monitor watches."""

import sqlalchemy as sa

from workflows import documents, errors, metrics, migrations, models
from workflows.engine import feel
from workflows.metrics import Gauge
from workflows.queries import operating
from workflows.store import Store, Transaction


def missing(store: Store) -> tuple[str, ...]:
    """What this process lacks for its work, in a few words each, without addresses or secrets.

    The database reachable and at the newest tables; FEEL; fonts and libraries of the documents.
    """
    found: list[str] = []
    for look in (_database, _feel, _documents):
        found += look(store)
    return tuple(found)


def gauges(store: Store) -> bytes:
    """Jobs, incidents and open cases as Prometheus reads them; counts stop at 10,000."""
    with store.reading() as tx:
        due = operating.due_now(tx)
        oldest = (tx.now - due["oldest"]).total_seconds() if due["oldest"] else 0.0
        return metrics.of_now(
            (
                Gauge("jobs", "At most 10,001 of a status.", ("kind", "status"), _jobs(tx)),
                Gauge("jobs_due", "Jobs that should run now.", (), {(): due["due"]}),
                Gauge("jobs_handed_out", "Of those, given out.", (), {(): due["handed"]}),
                Gauge("oldest_due_job_seconds", "How long it waits.", (), {(): oldest}),
                Gauge("cases", "At most 10,001 each.", ("procedure", "status"), _cases(tx)),
                Gauge("tasks_open", "Open tasks, at most 10,001.", (), {(): _tasks(tx)}),
            )
        )


def _database(store: Store) -> list[str]:
    try:
        with store.reading() as tx:
            tx.one(sa.select(sa.literal(1)))
    except errors.DatabaseUnavailable:
        return ["数据库不能连接"]
    if migrations.is_current(store):
        return []
    return ["数据库表结构不是最新，请运行 zhengcheng migrate"]


def _feel(_store: Store) -> list[str]:
    try:
        works = feel.evaluate("some x in [1, 2] satisfies x = 2", {}, {})
    except errors.ZhengchengError:
        works = False
    return [] if works else ["表达式引擎不能计算，请重新运行 ./zheng 构建"]


def _documents(_store: Store) -> list[str]:
    return list(documents.check_ready())


def _jobs(tx: Transaction) -> dict[tuple[str, ...], float]:
    """Kinds that wait for nothing are told as 0, so that a monitor misses none."""
    j = models.jobs.c
    statuses = ("due", "held", "failed")
    counted: dict[tuple[str, ...], float] = {
        (kind, status): 0 for kind in operating.KINDS for status in statuses
    }
    for status in statuses:
        first = sa.select(j.kind).where(j.status == status).limit(operating.MOST + 1).subquery()
        kinds = sa.select(first.c.kind, sa.func.count().label("n")).group_by(first.c.kind)
        counted |= {(row["kind"], status): row["n"] for row in tx.all(kinds)}
    return counted


def _cases(tx: Transaction) -> dict[tuple[str, ...], float]:
    c, p = models.cases.c, models.procedures.c
    keys = [row["key"] for row in tx.all(sa.select(p.key).distinct())]
    return {
        (key, status): operating.capped(
            tx, sa.select(c.id).where(c.procedure_key == key, c.status == status)
        )
        for key in keys
        for status in ("open", "suspended")
    }


def _tasks(tx: Transaction) -> float:
    t = models.tasks.c
    return operating.capped(tx, sa.select(t.id).where(t.status == "open"))
