"""Two at once: whoever comes second is told or does it again, and nothing happens twice."""

import json
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest

from tests.cases import office as people
from tests.faults import errands
from tests.faults.checking import Ledger, check
from workflows import cases, errors, scheduler, settings, store
from workflows.services import documents

ROUNDS = 5
OUTRUN = {"", "TaskGone", "CaseChanged", "NotFound"}
SECOND = timedelta(seconds=1)


def at_once(*works: Callable[[], object]) -> list[str]:
    """Start together; the name of the refusal that each met, or ''."""
    gate = threading.Barrier(len(works))
    said = [""] * len(works)

    def run(place: int) -> None:
        gate.wait(10)
        try:
            works[place]()
        except errors.ZhengchengError as refusal:
            said[place] = type(refusal).__name__

    threads = [threading.Thread(target=run, args=(place,)) for place in range(len(works))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return said


@pytest.fixture(scope="session")
def rivals() -> Iterator[list[subprocess.Popen[str]]]:
    """Two processes that do what they are told at once."""
    command = [sys.executable, "-m", "tests.faults.rival"]
    piped: Any = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    started = [subprocess.Popen(command, cwd=settings.ROOT, **piped) for _ in range(2)]
    yield started
    for one in started:
        one.communicate()


@pytest.fixture
def both(
    rivals: list[subprocess.Popen[str]], office: store.Store, url: str
) -> Callable[..., list[str]]:
    """Tells each of the two processes what to do; their answers."""

    def tell(*commands: Sequence[object]) -> list[str]:
        for one, given in zip(rivals, commands, strict=True):
            assert one.stdin
            one.stdin.write(json.dumps([url, office.now.isoformat(), *given]) + "\n")
            one.stdin.flush()
        return [json.loads(one.stdout.readline()) for one in rivals if one.stdout]

    return tell


def to_check(office: store.Store, mark: str) -> int:
    """A case at `check`, its timer running."""
    case_id = errands.open_errand(office, f"{mark}-opened")
    errands.complete(office, case_id, "apply", f"{mark}-applied")
    scheduler.travel(office, office.now + SECOND)
    return case_id


def told(ledger: Ledger, marks: Sequence[str], said: Sequence[str]) -> None:
    """Write down who was answered how."""
    assert set(said) <= OUTRUN
    for mark, refusal in zip(marks, said, strict=True):
        (ledger.refused if refusal else ledger.accepted).add(mark)


def test_of_those_who_complete_a_task_at_once_one_does(office: store.Store) -> None:
    ledger = Ledger()
    for number in range(ROUNDS):
        case_id = errands.open_errand(office, f"{number}")
        ledger.accepted.add(f"{number}")
        marks = [f"{number}-{login}" for login in errands.HANDS]
        works = [
            lambda mark=mark, login=login, case_id=case_id: errands.complete(
                office, case_id, "apply", mark, login
            )
            for mark, login in zip(marks, errands.HANDS, strict=True)
        ]
        said = at_once(*works)
        assert said.count("") == 1
        told(ledger, marks, said)
    scheduler.run_due(office)
    check(office, ledger)


def test_of_those_who_claim_a_task_at_once_one_has_it(office: store.Store) -> None:
    actors = [people.actor(office, login) for login in errands.HANDS]
    for number in range(ROUNDS):
        task = people.task(office, errands.open_errand(office, f"{number}"), "apply")
        works = [
            lambda one=one, task=task: cases.claim_task(office, one, task["id"]) for one in actors
        ]
        said = at_once(*works)
        assert sorted(said) == ["", "NotYourTask", "NotYourTask"]
        claimed = people.task(office, task["case_id"], "apply")
        assert claimed["assignee_id"] == actors[said.index("")].person_id


@pytest.mark.parametrize("order", ["timer", "message", "both"])
def test_of_a_timer_and_a_message_in_one_instant_one_ends_the_task(
    office: store.Store, order: str
) -> None:
    ledger = Ledger()
    for number in range(ROUNDS):
        case_id = to_check(office, f"{number}")
        timer = errands.jobs(office, case_id=case_id, element="lapsed")[0]
        store.travel(office, timer["due_at"])
        works = [
            lambda timer=timer: cases.run_job(office, timer["id"]),
            lambda case_id=case_id, n=number: errands.send(
                office, case_id, "withdrawal", f"{n}-sent"
            ),
        ]
        if order == "both":
            said = at_once(*works)
        else:
            turns = works if order == "timer" else reversed(works)
            said = [at_once(work)[0] for work in turns]
        assert set(said) <= {"", "CaseChanged", "CaseEnded"}
        ledger.accepted |= {f"{number}-opened", f"{number}-applied"}
        kinds = [row["element"] for row in errands.events(office, case_id) if row["element"]]
        assert ("lapsed" in kinds) != ("withdrawn" in kinds)
        ledger.unanswered.add(f"{number}-sent")
    scheduler.run_due(office)
    check(office, ledger)


def test_a_job_that_several_run_at_once_is_done_once(office: store.Store) -> None:
    for number in range(ROUNDS):
        case_id = errands.open_errand(office, f"{number}")
        errands.complete(office, case_id, "apply", f"{number}-applied")
        (service,) = errands.jobs(office, case_id=case_id, kind="service")
        assert set(at_once(*[lambda key=service["id"]: cases.run_job(office, key)] * 3)) == {""}
        (timer,) = errands.jobs(office, case_id=case_id, kind="timer")
        store.travel(office, timer["due_at"])
        assert set(at_once(*[lambda key=timer["id"]: cases.run_job(office, key)] * 3)) == {""}
        assert [row["kind"] for row in errands.events(office, case_id)].count("fired") == 1
    scheduler.run_due(office)
    check(office)
    assert {job["error"] for job in errands.jobs(office)} == {""}


@pytest.mark.parametrize("first", [True, False])
def test_those_who_number_documents_at_once_leave_no_gap_and_need_no_second_attempt(
    office: store.Store, monkeypatch: pytest.MonkeyPatch, first: bool
) -> None:
    """Also the first two of the year, before there is a row to wait at."""
    for number in range(3):
        case_id = errands.open_errand(office, f"{number}")
        errands.complete(office, case_id, "apply", f"{number}-applied")
    waiting = errands.jobs(office, kind="service")
    if not first:
        cases.run_job(office, waiting[2]["id"])
    peek, both_have_read = documents.peek_number, threading.Barrier(2)

    def peek_together(*given: Any) -> int:
        last = peek(*given)
        with suppress(threading.BrokenBarrierError):
            both_have_read.wait(10)
        return last

    monkeypatch.setattr(documents, "peek_number", peek_together)
    at_once(*[lambda key=job["id"]: cases.run_job(office, key) for job in waiting[:2]])
    both_have_read.abort()
    scheduler.run_due(office)
    check(office)
    assert {job["error"] for job in errands.jobs(office, kind="service")} == {""}


def test_processes_are_as_careful_as_threads(
    office: store.Store, both: Callable[..., list[str]]
) -> None:
    ledger = Ledger()
    for number in range(ROUNDS):
        case_id = errands.open_errand(office, f"{number}")
        ledger.accepted.add(f"{number}")
        marks = [f"{number}-wang", f"{number}-chen"]
        said = both(
            ["complete", case_id, "apply", marks[0], "wang"],
            ["complete", case_id, "apply", marks[1], "chen"],
        )
        assert said.count("") == 1
        told(ledger, marks, said)
        (service,) = errands.jobs(office, case_id=case_id, kind="service")
        assert both(*[["run_job", service["id"]]] * 2) == ["", ""]
        notes = [f"{number}-note", f"{number}-other"]
        assert both(*[["send", case_id, "note", mark] for mark in notes]) == ["", ""]
        ledger.accepted |= set(notes)
    scheduler.run_due(office)
    check(office, ledger)
