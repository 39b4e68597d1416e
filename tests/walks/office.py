"""An office at work: its cast, how they fill in what lies before them, and a diligent way home."""

import random
import re
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from tests.databases import Databases
from tests.walks import diagrams, filling, house, samples, truths
from tests.walks.rows import Row, Rows
from workflows import cases, errors, models, procedures, scheduler, services, store, stories
from workflows.access import Actor

CHINESE = re.compile(r"[\u4e00-\u9fff]")
DRAFTS = {"draft_case", "draft_notice"}
A_MOMENT = timedelta(seconds=1)
"""No two acts happen at one instant."""

SENSIBLE = {
    "list_code": "market_regulation",
    "region": "410000",
    "harm_class": "market_order",
    "method": "direct",
    "approved": "yes",
    "legal_opinion": "pass",
    "decision": "list",
    "leniency_result": "list",
    "hearing_outcome": "held",
    "resolution": "retry",
    "termination_confirmed": "true",
    "verifier": house.RESERVE,
    "accepted": "false",
    "channel_answer": "done",
    "refusal_resolution": "give_up",
    "urge_choice": "confirmed",
    "acceptance": "accept",
}
SERVED = {
    "serve_direct": "signed",
    "serve_left": "left",
    "serve_mail": "signed",
    "serve_electronic": "arrived",
    "serve_entrusted": "signed",
    "post_announcement": "announced",
}
TABLES = {
    "listing_id": "listings",
    "measure_id": "measures",
    "publicity_id": "publicities",
    "record_id": "records",
    "interview_id": "interviews",
    "commitment_id": "commitments",
    "repair_id": "repairs",
    "dispute_id": "disputes",
    "objection_id": "objections",
    "hearing_id": "hearings",
    "review_id": "reviews",
    "remedy_id": "remedies",
    "challenge_id": "challenges",
    "subject_id": "subjects",
    "department_id": "departments",
    "case_id": "cases",
}
"""Fields that hold a key, and of which table."""

SECOND_THOUGHTS = (
    {"decision": "not_list"},
    {"approved": "no"},
    {"result": "failed"},
    {"refusal_resolution": "retry"},
    {"acceptance": "not_accept"},
)
"""What a diligent office does when it may not do the obvious."""


class Stuck(AssertionError):
    """An open case that nobody can bring on."""


class Office:
    """One house under way. Everything done is written to `log`, for whoever reads a failure."""

    def __init__(
        self,
        databases: Databases,
        rng: random.Random,
        steer: filling.Steer | None = None,
        *,
        restarts: bool = False,
        steady: bool = False,
        story: tuple[Path, int] | None = None,
    ) -> None:
        """`steer` chooses between options half of the time; a `steady` office makes no mistakes.

        `story`: begins where so many steps of it end, not in a house without cases.
        """
        if story:
            self.store = house.tell(databases.like("told", stories.furnish), *story)
        else:
            self.store = house.begin(databases.like("walks", house.build))
        self.rows = Rows(self.store.url)
        self.rng = rng
        self.steer = steer
        self.restarts = restarts
        self.steady = steady
        self.cast = house.cast(self.store)
        self.log: list[str] = []
        self.watch = truths.Watch()
        self.said: Counter[tuple[int, str]] = Counter()

    def close(self) -> None:
        self.rows.close()
        self.store.close()

    def finish(self, most: int = 400) -> None:
        """A diligent office brings every case to its end; raises Stuck where it cannot."""
        for _ in range(most):
            scheduler.run_due(self.store)
            waiting = self.rows.of("cases", status="open")
            if not waiting:
                return
            self.bring_on([one["id"] for one in waiting])
            self.watch.check(self.store, self.rows)
        raise Stuck(f"not ended after {most} steps: {self.waiting()}")

    def try_to(self, what: str, act: Callable[[], Any]) -> errors.Refusal | None:
        """Do it; a refusal is in Chinese and leaves the rows as they were."""
        store.travel(self.store, self.store.now + A_MOMENT)
        self.log.append(f"{self.store.now:%m-%d %H:%M:%S} {what}")
        version = self.rows.version()
        try:
            act()
        except errors.Refusal as said:
            refusal = said
        else:
            return None
        self.log.append(f"    {type(refusal).__name__}: {refusal.message}")
        assert CHINESE.search(refusal.message), refusal
        assert self.rows.version() == version, "a refused command has written"
        return refusal

    def complete(self, task: Row, actor: Actor, answers: dict[str, Any]) -> errors.Refusal | None:
        return self.try_to(
            f"{actor.login} completes {task['element']} with {answers}",
            lambda: cases.complete_task(self.store, actor, task["id"], answers),
        )

    def go_on(self, case_id: int) -> None:
        """One diligent step of a case: a task, or else the wait for the next thing due."""
        scheduler.run_due(self.store)
        if self.rows.one("cases", case_id)["status"] == "open":
            self.bring_on([case_id])

    def bring_on(self, case_ids: list[int]) -> None:
        """A task of these cases, or else the wait for the next thing due, or else a message."""
        for case_id in case_ids:
            for task in reversed(self.rows.of("tasks", case_id=case_id, status="open")):
                if self._do_well(task):
                    scheduler.run_due(self.store)
                    return
        due = cases.next_due(self.store)
        if due is not None:
            scheduler.travel(self.store, max(due, self.store.now + timedelta(hours=1)))
            self.log.append(f"{self.store.now:%Y-%m-%d %H:%M} waited")
        elif not any(self._say_well(case_id) for case_id in case_ids):
            raise Stuck(self.waiting())

    def _say_well(self, case_id: int) -> bool:
        """Register something that the case takes: what was registered least so far."""
        case = self.rows.one("cases", case_id)
        for message in sorted(self.messages(case), key=lambda one: self.said[case_id, one]):
            if self.say(case, message, self.clerk(case), careful=True) is None:
                self.said[case_id, message] += 1
                scheduler.run_due(self.store)
                return True
        return False

    def _do_well(self, task: Row) -> bool:
        actor = self.find_hand(task)
        if actor is None:
            return False
        wishes: list[dict[str, str]] = [{}, *SECOND_THOUGHTS, {}, {}, {}]
        for wish in wishes:
            answers = self.answers(task, actor, careful=True, wish=wish)
            if self.complete(task, actor, answers) is None:
                return True
        return False

    def find_hand(self, task: Row) -> Actor | None:
        """Who can take it; where it lies with somebody who may not, the supervisor moves it."""
        able = self.able(task)
        if able:
            return able[0]
        for other in self.cast:
            if self.fits(other, task):
                refused = cases.reassign_tasks(
                    self.store, self.overseer(task), [task["id"]], other.login, "原办理人应当回避"
                )
                if not refused:
                    self.log.append(f"{task['element']} is given to {other.login}")
                    return other
        return None

    def overseer(self, task: Row) -> Actor:
        """Who may move the task: the supervisor at home, elsewhere the office above."""
        sun = self.of("sun")
        return sun if task["department_id"] == sun.department_id else self.of("qian")

    def clerk(self, case: Row) -> Actor:
        """Who registers what reaches the office that handles the case."""
        home = case["department_id"]
        return next(
            one
            for role in ("caseworker", "dept_peer", "credit_center", "provincial_credit")
            for one in self.cast
            if (one.department_id, one.role) == (home, role)
        )

    def able(self, task: Row) -> list[Actor]:
        """Those who may complete the task as it lies, by our own reading of the rules."""
        first_hands = diagrams.eyes(task["procedure_key"]).get(task["element"], frozenset())
        done = self.rows.of("tasks", case_id=task["case_id"], status="done")
        barred = {one["completed_by"] for one in done if one["element"] in first_hands}
        return [
            actor
            for actor in self.cast
            if self.fits(actor, task)
            and task["assignee_id"] in (None, actor.person_id)
            and actor.person_id not in barred
        ]

    def fits(self, actor: Actor, task: Row) -> bool:
        reserved = actor.login == house.RESERVE and task["element"] in DRAFTS
        at_home = actor.department_id == task["department_id"]
        return at_home and actor.role == task["role"] and not reserved

    def answers(
        self, task: Row, actor: Actor, *, careful: bool = False, wish: dict[str, str] | None = None
    ) -> dict[str, Any]:
        case, forms = self._open_case(task["case_id"])
        form = forms.get(task["form"] or "")
        if form is None:
            return {}
        wanted = SENSIBLE | {"result": SERVED.get(task["element"], "")} | (wish or {})
        filler = self.filler(
            lambda key: self.offered(case, key),
            lambda: self.attach(actor, case["id"], careful=careful),
            careful=careful,
            wanted=wanted,
            about=self._served_kind(case, task),
        )
        filler = self.as_told(filler, task["element"], form, case["subject_id"])
        known = dict(case["facts"][task["scope"]])
        if task["element"] == "verify_objection" and careful:
            known["findings"] = case["facts"][task["scope"]]["points"]
        return filler.fill(form, known)

    def _open_case(self, case_id: int) -> tuple[Any, Any]:
        """The case and the forms of its version, as the product reads them."""
        with self.store.reading() as tx:
            case = tx.one(models.cases.select().where(models.cases.c.id == case_id))
            return case, procedures.deployed(tx, case["procedure_id"]).forms

    def offered(self, case: Any, key: str) -> list[tuple[str, str]]:
        """What the forms of a case offer."""
        with self.store.reading() as tx:
            return services.choices.choices(tx, case, key)

    def as_told(
        self, filler: filling.Filler, element: str, form: Any, subject_id: int
    ) -> filling.Filler:
        """The filler with an example from the stories and the keys of rows that exist."""
        told = samples.of(element, [one.key for one in form.fields])
        filler.sample = self.one_of(told) if told else {}
        filler.ids = lambda key: self.keys(key, subject_id)
        return filler

    def keys(self, name: str, subject_id: int) -> list[int]:
        """Keys of the rows that a field of that name may mean, the subject's own where it has some.

        Empty for other fields.
        """
        table = TABLES.get(name)
        if table is None:
            return []
        rows = self.rows.of(table)
        own = [one["id"] for one in rows if one.get("subject_id") == subject_id]
        return own or [one["id"] for one in rows] or [1]

    def messages(self, case: Row) -> list[str]:
        """What people may register in the case."""
        return sorted(
            message
            for one in diagrams.with_called(case["procedure_key"])
            for message in one.messages
            if f"{case['procedure_key']}/{message}" in self._open_case(case["id"])[1]
        )

    def say(
        self, case: Row, message: str, actor: Actor, *, careful: bool = False
    ) -> errors.Refusal | None:
        """Somebody registers what has reached the office."""
        known, forms = self._open_case(case["id"])
        form = forms[f"{case['procedure_key']}/{message}"]
        filler = self.filler(
            lambda key: self.offered(known, key),
            lambda: self.attach(actor, case["id"], careful=careful),
            careful=careful,
        )
        answers = self.as_told(filler, message, form, case["subject_id"]).fill(form, {})
        return self.try_to(
            f"{actor.login} registers {message} in case {case['id']} {answers}",
            lambda: cases.send_message(self.store, actor, case["id"], message, answers),
        )

    def _served_kind(self, case: Any, task: Row) -> str:
        """The kind of document that a task of the service of process is about."""
        document_id = case["facts"].get(task["scope"], {}).get("document_id")
        serves = task["process"] == "service_of_process" and document_id
        return self.rows.one("documents", document_id)["kind"] if serves else ""

    def filler(
        self,
        choices: Callable[[str], list[tuple[str, str]]],
        attach: Callable[[], str],
        *,
        careful: bool,
        wanted: dict[str, str] | None = None,
        about: str = "",
    ) -> filling.Filler:
        sensible = wanted or SENSIBLE

        def steer(form: str, key: str, options: Any) -> str | None:
            if not careful and self.steer is not None and self.happens(0.5):
                return self.steer(f"{form} {about}", key, options)
            if careful or self.happens(0.8):
                said = sensible.get(key)
                return said if said in options else None
            return None

        careful_hand = careful or self.steady
        return filling.Filler(self.rng, self.store.now, choices, attach, steer, careful_hand)

    def attach(self, actor: Actor, case_id: int, *, careful: bool = False) -> str:
        if not (careful or self.steady) and self.happens(0.03):
            return "f" * 64
        content = b"%PDF-1.4 " + str(self.rng.randrange(5)).encode()
        try:
            return cases.add_attachment(self.store, actor, case_id, "凭证.pdf", content)
        except errors.Refusal:
            return "e" * 64

    def waiting(self) -> str:
        """What the open cases wait for."""
        tasks = [
            (one["case_id"], one["element"], one["role"])
            for one in self.rows.of("tasks", status="open")
        ]
        known = {one["id"]: one["procedure_key"] for one in self.rows.of("cases", status="open")}
        return f"{known} at {self.store.now}: {tasks}"

    def of(self, login: str, role: str | None = None) -> Actor:
        return next(one for one in self.cast if one.login == login and role in (None, one.role))

    def one_of(self, among: Any) -> Any:
        return among[self.rng.randrange(len(among))]

    def happens(self, chance: float) -> bool:
        return self.rng.random() < chance
