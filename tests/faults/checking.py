"""What must hold whatever happened: the ledger of those who sent, against what the house keeps."""

import itertools
import re
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from workflows import cases, models, queueing
from workflows.access import SYSTEM
from workflows.cases import opening
from workflows.store import Row, Store

GIVEN = {"case_opened", "task_completed", "message_received"}
"""Kinds of events that carry the mark of a command."""


@dataclass
class Ledger:
    """What was sent, by mark: accepted and refused were answered, unanswered may be either."""

    accepted: set[str] = field(default_factory=set[str])
    refused: set[str] = field(default_factory=set[str])
    unanswered: set[str] = field(default_factory=set[str])

    def faults(self, house: Store) -> list[str]:
        """Accepted and not kept, kept twice, refused and yet kept."""
        kept = marks(house)
        said = [f"{mark}：已受理，历史中没有" for mark in self.accepted if not kept[mark]]
        said += [f"{mark}：被拒绝，历史中却有" for mark in self.refused if kept[mark]]
        said += [f"{mark}：办了{times}次" for mark, times in kept.items() if times > 1]
        sent = self.accepted | self.refused | self.unanswered
        return said + [f"{mark}：没有人发出过" for mark in kept if mark not in sent]


def marks(house: Store) -> Counter[str]:
    """How often the mark of each command is in the history."""
    e = models.events
    with house.reading() as tx:
        rows = tx.all(
            e.select().with_only_columns(e.c.kind, e.c.after).where(e.c.kind.in_(sorted(GIVEN)))
        )
    return Counter(_mark(row) for row in rows)


def check(
    house: Store, ledger: Ledger | None = None, *, drained: bool = True, first: int | None = None
) -> None:
    """Fail with everything that does not hold; `drained`: nothing that is due may be left.

    `first`: of very many cases only so many are looked into.
    """
    said = [fault for case in _cases(house, first) for fault in _case_faults(house, case)]
    said += _number_faults(house)
    said += ledger.faults(house) if ledger else []
    said += left_over(house) if drained else []
    assert not said, "\n".join(said)


def is_idle(house: Store) -> bool:
    """Whether the machine has nothing left to do, nor will have in the next hour."""
    return not left_over(house, timedelta(hours=1))


def _mark(row: Row) -> str:
    after: dict[str, Any] = row["after"]
    return str(after["facts"]["mark"] if row["kind"] == "case_opened" else after["mark"])


def _cases(house: Store, first: int | None) -> list[Row]:
    with house.reading() as tx:
        return list(tx.all(models.cases.select().order_by(models.cases.c.id).limit(first)))


def _case_faults(house: Store, case: Row) -> list[str]:
    said: list[str] = []
    if fault := cases.verify_case(house, case["id"]):
        said.append(fault.reason)
    with house.reading() as tx:
        tasks, jobs, events = (
            tx.all(table.select().where(table.c.case_id == case["id"]).order_by(table.c.id))
            for table in (models.tasks, models.jobs, models.events)
        )
        said += _time_faults(events) + _task_faults(tasks, events) + _timer_faults(jobs, events)
        waiting = {row["token"] for row in tasks if row["status"] == "open"}
        running = {
            row["token"]
            for row in jobs
            if row["status"] in {"due", "failed", "held"} and row["kind"] != "message"
        }
        if case["status"] == "ended":
            if waiting or running:
                said.append("已办结，却还有任务或者作业")
        else:
            run = opening.take_up(tx, {**case, "status": "open"}, SYSTEM).run
            if {one.id for one in run.tasks()} != waiting:
                said.append("任务与案件状态不一致")
            if {one.id for one in (*run.timers(), *run.services())} != running:
                said.append("作业与案件状态不一致")
            if not (waiting or running or run.catches()):
                said.append("停住了：没有任务，也没有作业")
    return [f"案件{case['id']}：{one}" for one in said]


def _time_faults(events: Any) -> list[str]:
    """Instants go on, unless the history says that the clock was set back."""
    pairs = itertools.pairwise(events)
    back = [later for earlier, later in pairs if later["at"] < earlier["at"]]
    return ["历史的时刻倒退"] if any(row["kind"] != "clock_set_back" for row in back) else []


def _task_faults(tasks: Any, events: Any) -> list[str]:
    done = Counter(row["element"] for row in tasks if row["status"] == "done")
    told = Counter(row["element"] for row in events if row["kind"] == "task_completed")
    return [] if done == told else [f"办结的任务{dict(done)}，历史记载{dict(told)}"]


def _timer_faults(jobs: Any, events: Any) -> list[str]:
    """A timer that is over has fired once, unless its task ended before."""
    timers = Counter(row["element"] for row in jobs if row["kind"] == "timer")
    over = Counter(
        row["element"] for row in jobs if row["kind"] == "timer" and row["status"] == "done"
    )
    fired = Counter(row["element"] for row in events if row["kind"] == "fired")
    said = [f"定时{name}触发{fired[name]}次，只有{timers[name]}个" for name in fired - timers]
    ended = {("task_completed", "check"), ("message_taken", "withdrawn")}
    sooner = sum((row["kind"], row["element"]) in ended for row in events)
    expected = over - Counter({"lapsed": sooner})
    return said + [f"定时{name}没有触发" for name in expected - fired]


def _number_faults(house: Store) -> list[str]:
    """Numbers run from 1 without gap or double, and a case has one document for each step done."""
    n, d = models.document_numbers, models.documents
    with house.reading() as tx:
        series, documents = tx.all(n.select()), tx.all(d.select().order_by(d.c.id))
        done = tx.all(models.jobs.select().where(models.jobs.c.kind == "service"))
    given = defaultdict[tuple[int, str, int], list[int]](list)
    for row in documents:
        name, year, no = re.fullmatch(r"(.+)〔(\d+)〕(\d+)号", row["number"]).groups()  # type: ignore[union-attr]
        given[row["department_id"], name, int(year)].append(int(no))
    said = [
        f"{key}的文号不连续：{sorted(numbers)}"
        for key, numbers in given.items()
        if sorted(numbers) != list(range(1, len(numbers) + 1))
    ]
    last = {(row["department_id"], row["series"], row["year"]): row["last"] for row in series}
    if last != {key: len(numbers) for key, numbers in given.items()}:
        said.append(f"文号登记{last}与文书不一致")
    made = Counter(row["case_id"] for row in documents)
    asked = Counter(row["case_id"] for row in done if row["status"] == "done")
    return said + ([] if made == asked else ["文书与完成的制发作业不一致"])


def left_over(house: Store, ahead: timedelta = timedelta()) -> list[str]:
    """What the machine has still to do, now or so far ahead."""
    j = models.jobs
    with house.reading() as tx:
        wanted = j.select().where(j.c.status == "due", j.c.due_at <= house.now + ahead)
        due = tx.all(wanted.limit(20))
    said = [f"作业{row['id']}（{row['kind']}）到期未办：{row['error']}" for row in due]
    return said + ([f"队列中还有{left}件"] if (left := _queued(house)) else [])


def _queued(house: Store) -> int:
    if not queueing.is_used(house):
        return 0
    with house.engine.connect() as connection:
        counted = connection.exec_driver_sql("SELECT count(*) FROM procrastinate_jobs")
        return int(counted.scalar_one())
