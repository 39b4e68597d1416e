"""A walk: people of an office do what comes to mind, rightly and wrongly, while time passes."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

from tests.walks import diagrams, house
from tests.walks.office import DRAFTS, Office
from tests.walks.rows import Row
from workflows import cases, errors, procedures, scheduler, store
from workflows.access import Actor

MOST_CASES, MOST_OPEN = 4, 2
"""Opened by people; other cases open as many more as the law asks for."""

PAUSES = tuple(
    timedelta(hours=hours) for hours in (0.01, 0.5, 1, 3, 8, 24, 24, 72, 24 * 7, 24 * 8, 24 * 20)
)
CLAIMS = (
    *("claims_force_majeure", "claims_no_fault"),
    *("claims_minor_corrected", "claims_first_slight"),
)


class Walk(Office):
    """An office without a plan."""

    procedures: Sequence[str] = ("serious_listing",)
    """Of which people open cases."""

    most_cases, most_open = MOST_CASES, MOST_OPEN

    def step(self) -> None:
        """Somebody does something, the machine does what is due, and everything still holds."""
        acts, version = self.acts(), self.rows.version()
        self.rng.choices(list(acts), list(acts.values()))[0]()
        if self.restarts:
            self.store = house.restart(self.store)
        if self.happens(0.9):
            scheduler.run_due(self.store)
        if self.rows.version() != version:
            self.watch.check(self.store, self.rows)

    def acts(self) -> dict[Callable[[], None], int]:
        """What may come to mind, and how often."""
        opened = self.rows.of("cases")
        if not opened or (all(one["status"] == "ended" for one in opened) and self.happens(0.7)):
            return {self.open: 1}
        if self.steady:
            return {self.work: 30, self.pass_time: 8, self.hear: 4, self.open: 1}
        return {
            self.work: 50,
            self.pass_time: 14,
            self.hear: 12,
            self.meddle: 6,
            self.hurry: 4,
            self.claim: 4,
            self.release: 2,
            self.draft: 2,
            self.reassign: 2,
            self.run_any_job: 2,
            self.open: 1,
        }

    def opened_by_people(self) -> list[str]:
        """The procedures whose start form asks for no row's key: cases open the others."""
        with self.store.reading() as tx:
            known = [procedures.latest(tx, key) for key in diagrams.procedures()]
        return [
            one.key
            for one in known
            if not any(
                field.kind == "number" and field.key.endswith("_id")
                for field in one.forms[one.procedure.start.form or ""].fields
            )
        ]

    def open(self) -> None:
        """A case of one of the procedures, mostly on the first subject, sometimes on another."""
        by_people = [one for one in self.rows.of("cases") if one["cause_id"] is None]
        still_open = [one for one in by_people if one["status"] == "open"]
        if len(by_people) < self.most_cases and len(still_open) < self.most_open:
            self.open_case(self.one_of(self.procedures))

    def open_case(self, procedure: str) -> errors.Refusal | None:
        """Somebody opens a case; its start form is filled as the stories fill it."""
        odd = self.one_of(("", "", "", "", "subject", "list", "claim", "claim"))
        first, *strangers = [one["id"] for one in self.rows.of("subjects")]
        subject = self.one_of(strangers) if odd == "subject" and strangers else first
        records = [one["id"] for one in self.rows.of("records", subject_id=subject)]
        actor = self.of("wang") if self.happens(0.9) else self.one_of(self.cast)
        with self.store.reading() as tx:
            deployed = procedures.latest(tx, procedure)
        form = deployed.forms[deployed.procedure.start.form or ""]
        blank = {"department_id": actor.department_id, "subject_id": subject}
        filler = self.filler(lambda key: self.offered(blank, key), lambda: "0" * 64, careful=True)
        answers = self.as_told(filler, procedure, form, subject).fill(form, {})
        if odd == "list" and "list_code" in answers:
            answers["list_code"] = self.one_of(self.offered(blank, "law_lists"))[0]
        if odd == "claim" and procedure == "serious_listing":
            answers[self.one_of(CLAIMS)] = True
        return self.try_to(
            f"{actor.login} opens {procedure} on subject {subject} with {answers}",
            lambda: cases.open_case(
                self.store, actor, procedure, answers, subject_id=subject, record_ids=records
            ),
        )

    def work(self) -> None:
        """Somebody of the lane, mostly, completes a task; sometimes with a double click."""
        task = self._any_task()
        if task is None:
            return self.pass_time()
        able = self.able(task)
        rightly = able and (self.steady or self.happens(0.93))
        actor = self.one_of(able if rightly else self.cast)
        if actor.login == house.RESERVE and task["element"] in DRAFTS:
            return None
        answers = self.answers(task, actor)
        refusal = self.complete(task, actor, answers)
        if refusal is None and self.happens(0.15):
            again = self.complete(task, actor, answers)
            assert isinstance(again, errors.TaskGone | errors.NotFound), again
        return None

    def pass_time(self) -> None:
        """Hours or weeks, or to the very instant at which something falls due, or just before."""
        due = cases.next_due(self.store)
        to = self.store.now + self.one_of(PAUSES)
        if due is not None and self.happens(0.4):
            to = max(due - self.one_of((timedelta(0), timedelta(microseconds=1))), self.store.now)
        self.log.append(f"{to:%m-%d %H:%M:%S.%f}")
        scheduler.travel(self.store, to)

    def hear(self) -> None:
        """Something reaches the office: an objection, a waiver, a report, an answer …"""
        case = self._any_case()
        messages = self.messages(case)
        if messages:
            actor = self.clerk(case) if self.happens(0.95) else self.one_of(self.cast)
            self.say(case, self.one_of(messages), actor)

    def object(self) -> None:
        """An objection reaches the first case."""
        self.say(self._any_case(), "objection_received", self.of("wang"))

    def hurry(self) -> None:
        """Somebody wants to list at once, whatever is open."""
        listing = self.rows.of("cases", procedure_key="serious_listing")
        if not listing:
            return
        case = self.one_of(listing)
        actor = self.of(self.one_of(("zhao", "gao", "song")), "dept_head")
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
        case, actor = self._any_case(), self.one_of(self.cast)
        past = self.rows.of("tasks", case_id=case["id"])
        task = self.one_of(past)["id"] if past else 0
        self.try_to(
            f"{actor.login} does something odd with task {task}",
            self.one_of(
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
        to = self.one_of(self.cast).login
        by = self.overseer(task) if self.happens(0.8) else self.one_of(self.cast)
        self.try_to(
            f"{by.login} gives {task['element']} to {to}",
            lambda: cases.reassign_tasks(self.store, by, [task["id"]], to, "工作安排"),
        )

    def run_any_job(self) -> None:
        """A worker that comes late, early, or twice."""
        jobs = self.rows.of("jobs")
        if jobs:
            job = self.one_of(jobs)
            self.log.append(f"job {job['element']} ({job['status']}) is run")
            cases.run_job(self.store, job["id"])

    def _with_task(self, what: str, act: Callable[[store.Store, Actor, int], Any]) -> None:
        task = self._any_task()
        if task is None:
            return
        able = self.able(task)
        actor = self.one_of(able) if able and self.happens(0.7) else self.one_of(self.cast)
        self.try_to(
            f"{actor.login} {what} {task['element']}", lambda: act(self.store, actor, task["id"])
        )

    def _any_task(self) -> Row | None:
        tasks = self.rows.of("tasks", status="open")
        return self.one_of(tasks) if tasks else None

    def _any_case(self) -> Row:
        return self.one_of(self.rows.of("cases"))
