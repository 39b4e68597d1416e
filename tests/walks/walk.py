"""A walk: people of an office do what comes to mind, rightly and wrongly, while time passes."""

import random
import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from tests.walks import diagrams, filling, house, truths
from tests.walks.rows import Row, Rows
from workflows import cases, errors, models, procedures, scheduler, services, store
from workflows.access import Actor

CHINESE = re.compile(r"[\u4e00-\u9fff]")
DRAFTS = {"draft_case", "draft_notice"}
MOST_CASES, MOST_OPEN = 4, 2
PAUSES = tuple(
    timedelta(hours=hours) for hours in (0.01, 0.5, 1, 3, 8, 24, 24, 72, 24 * 7, 24 * 8, 24 * 20)
)

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
    "resolution": "retry",
    "termination_confirmed": "true",
    "verifier": house.RESERVE,
    "accepted": "false",
}
CLAIMS = (
    *("claims_force_majeure", "claims_no_fault"),
    *("claims_minor_corrected", "claims_first_slight"),
)
SERVED = {
    "serve_direct": "signed",
    "serve_left": "left",
    "serve_mail": "signed",
    "serve_electronic": "arrived",
    "serve_entrusted": "signed",
    "post_announcement": "announced",
}
SECOND_THOUGHTS = ({"decision": "not_list"}, {"approved": "no"}, {"result": "failed"})
"""What a diligent office does when it may not do the obvious."""


class Stuck(AssertionError):
    """An open case that nobody can bring on."""


class Walk:
    """One house under way. Everything done is written to `log`, for whoever reads a failure."""

    def __init__(
        self,
        built: Path,
        file: Path,
        rng: random.Random,
        steer: filling.Steer | None = None,
        *,
        restarts: bool = False,
        steady: bool = False,
    ) -> None:
        """`steer` chooses between options half of the time; a `steady` office makes no mistakes."""
        self.store = house.copy(built, file)
        self.rows = Rows(file)
        self.rng = rng
        self.steer = steer
        self.restarts = restarts
        self.steady = steady
        self.cast = house.cast(self.store)
        self.log: list[str] = []

    def close(self) -> None:
        self.rows.close()
        self.store.close()

    # Going on

    def step(self) -> None:
        """Somebody does something, the machine does what is due, and everything still holds."""
        acts, version = self.acts(), self.rows.version()
        self.rng.choices(list(acts), list(acts.values()))[0]()
        if self.restarts:
            self.store = house.restart(self.store)
        if self._happens(0.9):
            scheduler.run_due(self.store)
        if self.rows.version() != version:
            truths.check(self.store, self.rows)

    def acts(self) -> dict[Callable[[], None], int]:
        """What may come to mind, and how often."""
        opened = self.rows.of("cases")
        if not opened or (all(one["status"] == "ended" for one in opened) and self._happens(0.7)):
            return {self.open: 1}
        if self.steady:
            return {self.work: 30, self.pass_time: 8, self.object: 3, self.waive: 1, self.open: 1}
        return {
            self.work: 50,
            self.pass_time: 14,
            self.object: 8,
            self.waive: 4,
            self.meddle: 6,
            self.hurry: 4,
            self.claim: 4,
            self.release: 2,
            self.draft: 2,
            self.reassign: 2,
            self.run_any_job: 2,
            self.open: 1,
        }

    def finish(self, most: int = 250) -> None:
        """A diligent office brings every case to its end; raises Stuck where it cannot."""
        for case in self.rows.of("cases"):
            for _ in range(most):
                if self.rows.one("cases", case["id"])["status"] == "ended":
                    break
                self._go_on(case["id"])
                truths.check(self.store, self.rows)
            else:
                raise Stuck(f"not ended after {most} steps: {self._waiting(case['id'])}")

    # What may come to mind

    def open(self) -> None:
        if len(self.rows.of("cases")) >= MOST_CASES:
            return
        if len(self.rows.of("cases", status="open")) >= MOST_OPEN:
            return
        odd = self._one_of(("", "", "", "", "subject", "list", "claim", "claim"))
        strangers = (house.ORGAN, house.PUPIL, house.OTHER)
        subject = self._one_of(strangers) if odd == "subject" else house.COMPANY
        records = [one["id"] for one in self.rows.of("records", subject_id=subject)]
        actor = self._of("wang") if self._happens(0.9) else self._one_of(self.cast)
        with self.store.reading() as tx:
            form = procedures.latest(tx, "serious_listing").forms["serious_listing/open"]
            blank = {"department_id": actor.department_id, "subject_id": subject}
            offered = {"law_lists": services.choices.choices(tx, blank, "law_lists")}
        filler = self._filler(lambda key: offered[key], lambda: "0" * 64, careful=True)
        answers = filler.fill(form, {})
        if odd == "list":
            answers["list_code"] = self._one_of(offered["law_lists"])[0]
        if odd == "claim":
            answers[self._one_of(CLAIMS)] = True
        self.try_to(
            f"{actor.login} opens on subject {subject} with {answers}",
            lambda: cases.open_case(
                self.store,
                actor,
                "serious_listing",
                answers,
                subject_id=subject,
                record_ids=records,
            ),
        )

    def work(self) -> None:
        """Somebody of the lane, mostly, completes a task; sometimes with a double click."""
        task = self._any_task()
        if task is None:
            return self.pass_time()
        able = self._able(task)
        rightly = able and (self.steady or self._happens(0.93))
        actor = self._one_of(able if rightly else self.cast)
        if actor.login == house.RESERVE and task["element"] in DRAFTS:
            return None
        answers = self._answers(task, actor)
        refusal = self.complete(task, actor, answers)
        if refusal is None and self._happens(0.15):
            again = self.complete(task, actor, answers)
            assert isinstance(again, errors.TaskGone | errors.NotFound), again
        return None

    def pass_time(self) -> None:
        """Hours or weeks, or to the very instant at which something falls due, or just before."""
        due = cases.next_due(self.store)
        to = self.store.now + self._one_of(PAUSES)
        if due is not None and self._happens(0.4):
            to = max(due - self._one_of((timedelta(0), timedelta(microseconds=1))), self.store.now)
        self.log.append(f"{to:%m-%d %H:%M:%S.%f}")
        scheduler.travel(self.store, to)

    def object(self) -> None:
        self._message("objection_received")

    def waive(self) -> None:
        self._message("waiver_signed")

    def hurry(self) -> None:
        """Somebody wants to decide at once, whatever is open."""
        case = self._any_case()
        actor = self._of(self._one_of(("zhao", "gao", "song")), "dept_head")
        answers: dict[str, Any] = {
            "decision": "list",
            "reasons": "事实清楚",
            "term_months": 36,
            "removal_conditions": "期满",
            "removal_procedure": "申请",
            "decided_grounds": ["1"],
            "decided_measures": ["focus_supervision_market"],
        }
        self.try_to(
            f"{actor.login} attempts to decide",
            lambda: cases.attempt(self.store, actor, case["id"], "decide", answers),
        )

    def meddle(self) -> None:
        """Things that no page offers."""
        case, actor = self._any_case(), self._one_of(self.cast)
        past = self.rows.of("tasks", case_id=case["id"])
        task = self._one_of(past)["id"] if past else 0
        self.try_to(
            f"{actor.login} does something odd with task {task}",
            self._one_of(
                (
                    lambda: cases.complete_task(self.store, actor, task, {}),
                    lambda: cases.complete_task(self.store, actor, task, {"method": "pigeon"}),
                    lambda: cases.send_message(self.store, actor, case["id"], "no_such", {}),
                    lambda: cases.send_message(
                        self.store, actor, case["id"], "objection_answered", {}
                    ),
                    lambda: cases.claim_task(self.store, actor, task),
                    lambda: cases.attempt(self.store, actor, case["id"], "no_such", {}),
                    lambda: cases.add_attachment(self.store, actor, case["id"], "x.exe", b"MZ\0"),
                )
            ),
        )

    def claim(self) -> None:
        self._with_task("claims", cases.claim_task)

    def release(self) -> None:
        self._with_task("releases", cases.release_task)

    def draft(self) -> None:
        def save(opened: store.Store, actor: Actor, task_id: int) -> None:
            cases.save_draft(opened, actor, task_id, {"reasons": "写了一半", "x": [1, None]})

        self._with_task("drafts", save)

    def reassign(self) -> None:
        task = self._any_task()
        if task is None:
            return
        to = self._one_of(self.cast).login
        by = self._of("sun") if self._happens(0.8) else self._one_of(self.cast)
        self.try_to(
            f"{by.login} gives {task['element']} to {to}",
            lambda: cases.reassign_tasks(self.store, by, [task["id"]], to, "工作安排"),
        )

    def run_any_job(self) -> None:
        """A worker that comes late, early, or twice."""
        jobs = self.rows.of("jobs")
        if jobs:
            job = self._one_of(jobs)
            self.log.append(f"job {job['element']} ({job['status']}) is run")
            cases.run_job(self.store, job["id"])

    # How

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

    def _go_on(self, case_id: int) -> None:
        """One diligent step: a task, or else the wait for the next thing due."""
        scheduler.run_due(self.store)
        if self.rows.one("cases", case_id)["status"] == "ended":
            return
        for task in reversed(self.rows.of("tasks", case_id=case_id, status="open")):
            if self._do_well(task):
                scheduler.run_due(self.store)
                return
        due = cases.next_due(self.store)
        if due is None:
            raise Stuck(self._waiting(case_id))
        scheduler.travel(self.store, max(due, self.store.now + timedelta(hours=1)))
        self.log.append(f"{self.store.now:%m-%d %H:%M} waited")

    def _do_well(self, task: Row) -> bool:
        actor = self._find_hand(task)
        if actor is None:
            return False
        wishes: list[dict[str, str]] = [{}, *SECOND_THOUGHTS]
        for wish in wishes:
            answers = self._answers(task, actor, careful=True, wish=wish)
            if self.complete(task, actor, answers) is None:
                return True
        return False

    def _find_hand(self, task: Row) -> Actor | None:
        """Who can take it; where it lies with somebody who may not, the supervisor moves it."""
        able = self._able(task)
        if able:
            return able[0]
        for other in self.cast:
            if self._fits(other, task):
                refused = cases.reassign_tasks(
                    self.store, self._of("sun"), [task["id"]], other.login, "原办理人应当回避"
                )
                if not refused:
                    self.log.append(f"sun gives {task['element']} to {other.login}")
                    return other
        return None

    def _able(self, task: Row) -> list[Actor]:
        """Those who may complete the task as it lies, by our own reading of the rules."""
        first_hands = diagrams.eyes().get(task["element"], frozenset())
        done = self.rows.of("tasks", case_id=task["case_id"], status="done")
        barred = {one["completed_by"] for one in done if one["element"] in first_hands}
        return [
            actor
            for actor in self.cast
            if self._fits(actor, task)
            and task["assignee_id"] in (None, actor.person_id)
            and actor.person_id not in barred
        ]

    def _fits(self, actor: Actor, task: Row) -> bool:
        reserved = actor.login == house.RESERVE and task["element"] in DRAFTS
        at_home = actor.department_id == task["department_id"]
        return at_home and actor.role == task["role"] and not reserved

    def _answers(
        self, task: Row, actor: Actor, *, careful: bool = False, wish: dict[str, str] | None = None
    ) -> dict[str, Any]:
        with self.store.reading() as tx:
            case = tx.one(models.cases.select().where(models.cases.c.id == task["case_id"]))
            form = procedures.deployed(tx, case["procedure_id"]).forms.get(task["form"] or "")
        if form is None:
            return {}

        def choices(key: str) -> list[tuple[str, str]]:
            with self.store.reading() as tx:
                return services.choices.choices(tx, case, key)

        wanted = SENSIBLE | {"result": SERVED.get(task["element"], "")} | (wish or {})
        filler = self._filler(
            choices,
            lambda: self._attach(actor, case["id"], careful=careful),
            careful=careful,
            wanted=wanted,
            about=self._served_kind(case, task),
        )
        known = dict(case["facts"][task["scope"]])
        if task["element"] == "verify_objection" and careful:
            known["findings"] = case["facts"][task["scope"]]["points"]
        return filler.fill(form, known)

    def _served_kind(self, case: Any, task: Row) -> str:
        """The kind of document that a task of the service of process is about."""
        document_id = case["facts"].get(task["scope"], {}).get("document_id")
        serves = task["process"] == "service_of_process" and document_id
        return self.rows.one("documents", document_id)["kind"] if serves else ""

    def _filler(
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
            if not careful and self.steer is not None and self._happens(0.5):
                return self.steer(f"{form} {about}", key, options)
            if careful or self._happens(0.8):
                said = sensible.get(key)
                return said if said in options else None
            return None

        careful_hand = careful or self.steady
        return filling.Filler(self.rng, self.store.now, choices, attach, steer, careful_hand)

    def _attach(self, actor: Actor, case_id: int, *, careful: bool = False) -> str:
        if not (careful or self.steady) and self._happens(0.03):
            return "f" * 64
        content = b"%PDF-1.4 " + str(self.rng.randrange(5)).encode()
        try:
            return cases.add_attachment(self.store, actor, case_id, "凭证.pdf", content)
        except errors.Refusal:
            return "e" * 64

    def _message(self, message: str) -> None:
        case = self._any_case()
        actor = self._of("wang") if self._happens(0.95) else self._one_of(self.cast)
        with self.store.reading() as tx:
            row = tx.one(models.cases.select().where(models.cases.c.id == case["id"]))
            form = procedures.deployed(tx, row["procedure_id"]).forms[f"serious_listing/{message}"]
        filler = self._filler(
            lambda _key: [], lambda: self._attach(actor, case["id"]), careful=False
        )
        answers = filler.fill(form, {})
        self.try_to(
            f"{actor.login} registers {message} {answers}",
            lambda: cases.send_message(self.store, actor, case["id"], message, answers),
        )

    def _with_task(self, what: str, act: Callable[[store.Store, Actor, int], Any]) -> None:
        task = self._any_task()
        if task is None:
            return
        able = self._able(task)
        actor = self._one_of(able) if able and self._happens(0.7) else self._one_of(self.cast)
        self.try_to(
            f"{actor.login} {what} {task['element']}", lambda: act(self.store, actor, task["id"])
        )

    def _any_task(self) -> Row | None:
        tasks = self.rows.of("tasks", status="open")
        return self._one_of(tasks) if tasks else None

    def _any_case(self) -> Row:
        return self._one_of(self.rows.of("cases"))

    def _waiting(self, case_id: int) -> str:
        tasks = self.rows.of("tasks", case_id=case_id, status="open")
        return f"case {case_id} at {self.store.now}: {[one['element'] for one in tasks]}"

    def _of(self, login: str, role: str | None = None) -> Actor:
        return next(one for one in self.cast if one.login == login and role in (None, one.role))

    def _one_of(self, among: Any) -> Any:
        return among[self.rng.randrange(len(among))]

    def _happens(self, chance: float) -> bool:
        return self.rng.random() < chance
