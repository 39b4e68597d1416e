"""Any order of commands, the process dying before or after any commit: the ledger is right."""

from datetime import timedelta
from typing import Any

import hypothesis
import pytest
from hypothesis import HealthCheck, settings, stateful
from hypothesis import strategies as st

from tests.cases import office as people
from tests.databases import Databases
from tests.faults import conftest, errands
from tests.faults.checking import Ledger, check
from tests.faults.crashing import Mortal
from workflows import cases, errors, models, scheduler, store
from workflows.store import Row

WHERE = st.sampled_from(["never", "never", "before", "after"])
HANDS = st.sampled_from(errands.HANDS)
PICK = st.integers(0, 20)
REASON = "例行维护"


class Commands(stateful.RuleBasedStateMachine):
    """People, the machine and the operator at one office; `ledger` knows what was accepted."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self.office = Mortal(url, conftest.AT)
        self.ledger = Ledger()
        self.drafts: dict[int, str] = {}
        self.sent = 0

    @property
    def house(self) -> store.Store:
        return self.office.house

    def mark(self) -> str:
        self.sent += 1
        return f"mark-{self.sent}"

    def attempt(self, mark: str, where: str, command: Any) -> bool:
        """Do it and write down how it was answered; whether it is kept."""
        died = True
        with self.office.dying(where):
            try:
                command(mark)
            except errors.Refusal:
                self.ledger.refused.add(mark)
                return False
            died = False
        if died and where == "before":
            self.ledger.refused.add(mark)  # nothing had been committed
            return False
        self.ledger.accepted.add(mark)
        return True

    def pick(self, rows: Any, number: int) -> Row:
        return rows[number % len(rows)]

    def rows(self, table: Any, status: str) -> Any:
        with self.house.reading() as tx:
            return tx.all(table.select().where(table.c.status == status).order_by(table.c.id))

    @stateful.rule(where=WHERE, hand=HANDS)
    def open(self, where: str, hand: str) -> None:
        self.attempt(self.mark(), where, lambda mark: errands.open_errand(self.house, mark, hand))

    @stateful.precondition(lambda self: self.rows(models.tasks, "open"))
    @stateful.rule(where=WHERE, hand=HANDS, number=PICK)
    def complete(self, where: str, hand: str, number: int) -> None:
        task = self.pick(self.rows(models.tasks, "open"), number)
        actor = people.actor(self.house, hand)
        done = self.attempt(
            self.mark(),
            where,
            lambda mark: cases.complete_task(self.house, actor, task["id"], {"mark": mark}),
        )
        if done:
            self.drafts.pop(task["id"], None)

    @stateful.precondition(lambda self: self.rows(models.tasks, "open"))
    @stateful.rule(where=WHERE, hand=HANDS, number=PICK)
    def claim_or_release(self, where: str, hand: str, number: int) -> None:
        task = self.pick(self.rows(models.tasks, "open"), number)
        actor = people.actor(self.house, hand)
        act = cases.release_task if task["assignee_id"] == actor.person_id else cases.claim_task
        held = None if act is cases.release_task else actor.person_id
        with self.office.dying(where):
            try:
                act(self.house, actor, task["id"])
            except errors.Refusal:
                held = task["assignee_id"]
        now = self.pick(self.rows(models.tasks, "open"), number)
        assert now["assignee_id"] == (task["assignee_id"] if where == "before" else held)

    @stateful.precondition(lambda self: self.rows(models.tasks, "open"))
    @stateful.rule(where=WHERE, hand=HANDS, number=PICK)
    def draft(self, where: str, hand: str, number: int) -> None:
        task = self.pick(self.rows(models.tasks, "open"), number)
        actor, typed = people.actor(self.house, hand), self.mark()
        with self.office.dying(where):
            try:
                cases.save_draft(self.house, actor, task["id"], {"mark": typed})
            except errors.Refusal:
                return
        if where != "before":
            self.drafts[task["id"]] = typed

    @stateful.precondition(lambda self: self.rows(models.cases, "open"))
    @stateful.rule(where=WHERE, number=PICK, message=st.sampled_from(["note", "withdrawal"]))
    def send(self, where: str, number: int, message: str) -> None:
        case = self.pick(self.rows(models.cases, "open"), number)
        self.attempt(
            self.mark(), where, lambda mark: errands.send(self.house, case["id"], message, mark)
        )

    @stateful.rule(where=WHERE, commits=st.integers(1, 4), seconds=st.integers(0, 3))
    def run_due(self, where: str, commits: int, seconds: int) -> None:
        store.travel(self.house, self.house.now + timedelta(seconds=seconds))
        with self.office.dying(where, commits):
            scheduler.run_due(self.house)

    @stateful.precondition(lambda self: self.rows(models.cases, "open"))
    @stateful.rule(where=WHERE, number=PICK)
    def suspend(self, where: str, number: int) -> None:
        case = self.pick(self.rows(models.cases, "open"), number)
        operator = people.actor(self.house, "wei")
        with self.office.dying(where):
            cases.suspend_case(self.house, operator, case["id"], REASON)
        now = errands.case(self.house, case["id"])["status"]
        assert now == ("open" if where == "before" else "suspended")

    @stateful.precondition(lambda self: self.rows(models.cases, "suspended"))
    @stateful.rule(where=WHERE, number=PICK)
    def resume(self, where: str, number: int) -> None:
        case = self.pick(self.rows(models.cases, "suspended"), number)
        operator = people.actor(self.house, "wei")
        with self.office.dying(where):
            cases.resume_case(self.house, operator, case["id"], REASON)
        now = errands.case(self.house, case["id"])["status"]
        assert now == ("suspended" if where == "before" else "open")

    @stateful.rule()
    def die(self) -> None:
        self.office.dies()

    @stateful.invariant()
    def what_is_typed_is_kept(self) -> None:
        kept = {row["id"]: row["draft"] for row in self.rows(models.tasks, "open")}
        for task_id, typed in self.drafts.items():
            assert kept.get(task_id, {"mark": typed}) == {"mark": typed}

    @stateful.invariant()
    def every_house_is_in_order(self) -> None:
        check(self.house, self.ledger, drained=False)

    def teardown(self) -> None:
        store.travel(self.house, self.house.now + timedelta(hours=3))
        scheduler.run_due(self.house)
        check(self.house, self.ledger)
        assert all(job["status"] != "failed" for job in errands.jobs(self.house))
        self.house.close()


@pytest.mark.usefixtures("topics")
def test_no_crash_between_compute_and_answer_loses_or_doubles_anything(
    url: str, databases: Databases, full: bool, seed: int
) -> None:
    examples = (200 if full else 10) // (1 if databases.kind == "sqlite" else 2)
    tried = settings(
        max_examples=examples,
        stateful_step_count=40 if full else 20,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
    )

    @hypothesis.seed(seed)
    class Here(Commands):
        def __init__(self) -> None:
            super().__init__(databases.again(url))

    stateful.run_state_machine_as_test(Here, settings=tried)
