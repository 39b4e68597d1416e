"""Told to stop, a process finishes what it has in hand and gives back the rest."""

import fcntl
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.cases import office as people
from tests.faults import errands
from tests.faults.checking import check, is_idle
from tests.faults.clients import Answer, Browser
from tests.faults.installation import Begin
from tests.faults.waiting import until
from workflows import models, store

STORM = 600
SECONDS = 20
"""Less than `serve` waits before it kills."""


@contextmanager
def writers_wait(house: store.Store) -> Iterator[None]:
    """Nobody can write meanwhile."""
    if house.file:
        with Path(f"{house.file}.writers.lock").open("ab") as turn:
            fcntl.flock(turn, fcntl.LOCK_EX)
            yield
        return
    with house.transaction() as tx:
        tx.begin()
        tx.connection.exec_driver_sql("LOCK TABLE events IN EXCLUSIVE MODE")
        yield


def count(house: store.Store, status: str, *, handed: bool | None = None) -> int:
    j = models.jobs
    wanted = j.select().where(j.c.status == status)
    if handed is not None:
        wanted = wanted.where(j.c.handed_at.is_not(None) if handed else j.c.handed_at.is_(None))
    with house.reading() as tx:
        return tx.count(wanted)


def test_a_worker_told_to_stop_amid_a_storm_gives_back_what_it_has_not_begun(
    office: store.Store, today: store.Store, begin: Begin
) -> None:
    errands.brew(office, STORM)
    with begin(today.url, ["worker"]) as processes:
        until(lambda: count(today, "done") > 5, SECONDS, "nothing is done")
        processes.tell("worker", signal.SIGTERM)
        until(lambda: not processes.lives("worker"), SECONDS, "the worker does not stop")
        left = count(today, "due")
        assert left > 0
        assert count(today, "done") + left == STORM
        processes.start("worker2")
        until(lambda: is_idle(today), SECONDS * 3, "the other worker does not go on")
    check(today, first=STORM // 10)


def test_a_worker_told_to_stop_finishes_the_step_in_hand(today: store.Store, begin: Begin) -> None:
    case_id = errands.open_errand(today, "opened")
    errands.complete(today, case_id, "apply", "applied")
    with begin(today.url, []) as processes:
        processes.holds("hold").parent.mkdir(exist_ok=True)
        processes.holds("hold").touch()
        processes.start("worker")
        until(processes.holds("in-hand").exists, SECONDS, "the step is not begun")
        processes.tell("worker", signal.SIGTERM)
        assert processes.lives("worker")
        processes.holds("hold").unlink()
        until(lambda: not processes.lives("worker"), SECONDS, "the worker does not stop")
        assert len(errands.events(today, case_id, "document_issued")) == 1
        (job,) = errands.jobs(today, kind="service")
        assert (job["status"], job["attempts"]) == ("done", 1)
        processes.start("worker2")
        until(lambda: is_idle(today), SECONDS, "the other worker does not go on")
    check(today)


def test_the_web_told_to_stop_answers_whoever_has_sent(today: store.Store, begin: Begin) -> None:
    case_id = errands.open_errand(today, "opened")
    task = people.task(today, case_id, "apply")
    answers: list[Answer] = []
    with begin(today.url, ["web"]) as processes:
        browser = Browser(processes.port, "wang")
        browser.sign_in()
        fields = {"mark": "applied", "_action": "submit"}
        sender = threading.Thread(
            target=lambda: answers.append(browser.ask(f"/tasks/{task['id']}", fields))
        )
        with writers_wait(today):
            sender.start()
            until(lambda: waits(today), SECONDS, "the request does not come")
            processes.tell("web", signal.SIGTERM)
            until(lambda: len(processes.children("web")) < 2, SECONDS, "the idle one stays")
            assert not answers
        sender.join(SECONDS)
        until(lambda: not processes.lives("web"), SECONDS, "the web does not stop")
    assert answers[0].to == f"/cases/{case_id}"
    assert len(errands.events(today, case_id, "task_completed")) == 1


def waits(house: store.Store) -> bool:
    """Whether somebody waits for his turn to write."""
    if house.file:
        inode = Path(f"{house.file}.writers.lock").stat().st_ino
        waiting = [line for line in Path("/proc/locks").read_text().splitlines() if "->" in line]
        return any(f":{inode} " in line for line in waiting)
    with house.engine.connect() as connection:
        blocked = "SELECT count(*) FROM pg_locks WHERE NOT granted"
        return bool(connection.exec_driver_sql(blocked).scalar_one())
