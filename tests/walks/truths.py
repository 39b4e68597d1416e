"""What must be true of the rows after every step of every walk, whoever did what."""

import hashlib
import re
from collections import Counter, defaultdict
from datetime import datetime
from typing import NoReturn

from tests.walks import aftermath, diagrams, oracle
from tests.walks.rows import Row, Rows, instant
from workflows import cases, engine, models, procedures, store
from workflows.registry import guards

NUMBER = re.compile(r"(.+?)〔(\d{4})〕(\d+)号")
REACHES = {"opening", "message"}
"""Jobs that no token waits for: cases to be opened, news to be taken in."""

COMPARED = ("INV-01a", "INV-01b", "INV-01c")


class Watch:
    """Looks at every case that has changed since it last looked, and at what they share."""

    def __init__(self) -> None:
        self.seen: dict[int, int] = {}
        self.due: dict[int, str] = {}
        self.listed: set[int] = set()

    def check(self, opened: store.Store, rows: Rows) -> None:
        """Assert everything below."""
        check_numbers(rows)
        check_documents(rows)
        check_jobs(rows)
        for case in rows.of("cases"):
            waits = case["procedure_key"] == "serious_listing" and case["status"] == "open"
            if self.seen.get(case["id"]) != case["version"] or waits:
                check_case(opened, rows, case)
                self.seen[case["id"]] = case["version"]
        self.check_due(rows)
        for listing in rows.of("listings"):
            if listing["status"] in oracle.LISTED and listing["id"] not in self.listed:
                oracle.check_listed(rows, listing)
                self.listed.add(listing["id"])
        aftermath.check(rows, opened.now)

    def check_due(self, rows: Rows) -> None:
        """INV-21: nothing that the machine does makes a limit end earlier than it was told."""
        for limit in rows.of("deadlines"):
            assert limit["due_at"] >= self.due.get(limit["id"], ""), limit
            self.due[limit["id"]] = limit["due_at"]


def check_case(opened: store.Store, rows: Rows, case: Row) -> None:
    """Assert what must hold of one case."""
    check_hands(rows, case)
    check_ends(rows, case)
    check_tokens(opened, rows, case)
    if case["procedure_key"] == "serious_listing":
        check_guard(opened, rows, case)
        oracle.check_late(rows, case["id"])
    assert cases.verify_case(opened, case["id"]) is None


def check_numbers(rows: Rows) -> None:
    """Numbers have no gaps and no doubles in a department's series of a year."""
    taken: dict[tuple[int, str, int], list[int]] = defaultdict(list)
    for document in rows.of("documents"):
        found = NUMBER.fullmatch(document["number"])
        assert found, document["number"]
        taken[document["department_id"], found[1], int(found[2])].append(int(found[3]))
    for key, serials in taken.items():
        assert serials == list(range(1, len(serials) + 1)), f"{key}: {serials}"
    counted = sorted(row["last"] for row in rows.of("document_numbers"))
    assert counted == sorted(len(serials) for serials in taken.values())


def check_documents(rows: Rows) -> None:
    """Every document is there in bytes, those that were hashed, and printed once."""
    for document in rows.of("documents"):
        (kept,) = rows.of("document_bytes", document_id=document["id"])
        assert hashlib.sha256(kept["pdf"]).hexdigest() == document["sha256"]
    printed = Counter(one["documents"][0] for one in rows.of("events", kind="document_issued"))
    assert printed == Counter(one["sha256"] for one in rows.of("documents"))


def check_jobs(rows: Rows) -> None:
    """No job failed, none was tried twice; no timer fired oftener than the law set it.

    What is overdue with others becomes an incident on purpose.
    """
    jobs = [one for one in rows.of("jobs") if one["kind"] != "removal_overdue"]
    faults = [one["error"] for one in jobs if one["status"] == "failed" or one["error"]]
    assert not faults, faults
    assert all(one["attempts"] <= 1 for one in jobs)
    fired = Counter(one["element"] for one in rows.of("events", kind="fired"))
    assert fired["window_ended"] <= sum(1 for one in rows.of("notices") if one["served_at"])
    posted = rows.of("service_attempts", method="announcement", result="announced")
    assert fired["announcement_ended"] <= len(posted)


def check_hands(rows: Rows, case: Row) -> None:
    """Four eyes, and each task done by somebody of its lane and department."""
    done = sorted(
        rows.of("tasks", case_id=case["id"], status="done"), key=lambda one: one["ended_at"]
    )
    did: dict[str, set[int]] = defaultdict(set)
    for task in done:
        for first in diagrams.eyes(case["procedure_key"]).get(task["element"], ()):
            assert task["completed_by"] not in did[first], f"{task['element']} after {first}"
        did[task["element"]].add(task["completed_by"])
        held = rows.of("memberships", person_id=task["completed_by"], role=task["role"])
        assert task["department_id"] in {one["department_id"] for one in held}


def check_ends(rows: Rows, case: Row) -> None:
    """What is over runs no longer; limits rest only on what still waits."""
    tasks = {one["token"]: one for one in rows.of("tasks", case_id=case["id"])}
    waiting = [one for one in tasks.values() if one["status"] == "open"]
    due = _awaited(rows, case)
    if case["status"] == "ended":
        assert case["ended_reason"] in diagrams.drawn()[case["procedure_key"]].ends
        assert not waiting, f"{case['ended_reason']}: {[one['element'] for one in waiting]}"
        assert not due, due
    jobs = {one["token"] for one in due}
    for limit in rows.of("deadlines", case_id=case["id"]):
        alive = limit["token"] in jobs or limit["token"] in {one["token"] for one in waiting}
        assert (limit["status"] in {"running", "suspended", "interrupted"}) == alive, limit
        if limit["token"] in tasks and limit["status"] == "running":
            assert limit["due_at"] == tasks[limit["token"]]["due_at"]


def _awaited(rows: Rows, case: Row) -> list[Row]:
    """The jobs for which tokens wait, those too whose clock stands still."""
    return [
        one
        for one in rows.of("jobs", case_id=case["id"])
        if one["status"] in {"due", "paused"} and one["kind"] not in REACHES
    ]


def check_tokens(opened: store.Store, rows: Rows, case: Row) -> None:
    """The rows of tasks and jobs are the tokens of the engine, no more and no fewer."""
    run = resumed(opened, case)
    tasks = {one["token"] for one in rows.of("tasks", case_id=case["id"], status="open")}
    jobs = {one["token"] for one in _awaited(rows, case)}
    assert run.ended == case["ended_reason"]
    if case["status"] == "open":
        assert tasks == {one.id for one in run.tasks()}
        assert jobs == {one.id for one in (*run.timers(), *run.services())}
        assert tasks or jobs or run.catches(), "nothing waits in an open case"


def check_guard(opened: store.Store, rows: Rows, case: Row) -> None:
    """The guard and the oracle say the same of service, window and objections.

    Both tell a decided case as it stood when it was decided.
    """
    now = listed_at(rows, case["id"]) or opened.now
    with opened.reading() as tx:
        row = tx.one(models.cases.select().where(models.cases.c.id == case["id"]))
        said = {one.id: one for one in guards.due_process(tx, row, now)}
    unmet = {name for name in COMPARED if not said[name].met}
    unproved = oracle.unproved(rows, case["id"], now)
    assert unmet == unproved, {name: said[name].detail for name in unmet ^ unproved}


def resumed(opened: store.Store, case: Row) -> engine.Run:
    """The case's tokens, read back."""
    with opened.reading() as tx:
        deployed = procedures.deployed(tx, case["procedure_id"])
    return engine.resume(deployed.procedure, case["state"], case["facts"], opened.now, _no_limit)


def reached(opened: store.Store, rows: Rows) -> set[tuple[str, str]]:
    """(process, element or flow) that some token of some case has passed."""
    found: set[tuple[str, str]] = set()
    for case in rows.of("cases"):
        for process, marks in resumed(opened, case).marks().items():
            found |= {(process, one) for one, mark in marks.items() if mark == "done"}
    return found


def listed_at(rows: Rows, case_id: int) -> datetime | None:
    """When the case's subject was listed."""
    found = rows.of("listings", case_id=case_id)
    decided = found and found[0]["status"] in oracle.LISTED
    return instant(found[0]["decided_at"]) if decided else None


def _no_limit(limit_id: str, start: datetime) -> NoReturn:
    raise AssertionError(f"{limit_id} from {start}: nothing is computed by looking")
