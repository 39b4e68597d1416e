"""A walk: people of an office do what comes to mind, rightly and wrongly, while time passes."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from tests.walks import house, truths
from tests.walks.office import DRAFTS, Office
from tests.walks.rows import Row
from workflows import cases, errors, models, procedures, scheduler, services, store
from workflows.access import Actor

MOST_CASES, MOST_OPEN = 4, 2
PAUSES = tuple(
    timedelta(hours=hours) for hours in (0.01, 0.5, 1, 3, 8, 24, 24, 72, 24 * 7, 24 * 8, 24 * 20)
)
CLAIMS = (
    *("claims_force_majeure", "claims_no_fault"),
    *("claims_minor_corrected", "claims_first_slight"),
)


class Walk(Office):
    """An office without a plan."""

    def step(self) -> None:
        """Somebody does something, the machine does what is due, and everything still holds."""
        acts, version = self.acts(), self.rows.version()
        self.rng.choices(list(acts), list(acts.values()))[0]()
        if self.restarts:
            self.store = house.restart(self.store)
        if self.happens(0.9):
            scheduler.run_due(self.store)
        if self.rows.version() != version:
            truths.check(self.store, self.rows)

    def acts(self) -> dict[Callable[[], None], int]:
        """What may come to mind, and how often."""
        opened = self.rows.of("cases")
        if not opened or (all(one["status"] == "ended" for one in opened) and self.happens(0.7)):
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

    def open(self) -> None:
        if len(self.rows.of("cases")) >= MOST_CASES:
            return
        if len(self.rows.of("cases", status="open")) >= MOST_OPEN:
            return
        odd = self.one_of(("", "", "", "", "subject", "list", "claim", "claim"))
        strangers = (house.ORGAN, house.PUPIL, house.OTHER)
        subject = self.one_of(strangers) if odd == "subject" else house.COMPANY
        records = [one["id"] for one in self.rows.of("records", subject_id=subject)]
        actor = self.of("wang") if self.happens(0.9) else self.one_of(self.cast)
        with self.store.reading() as tx:
            form = procedures.latest(tx, "serious_listing").forms["serious_listing/open"]
            blank = {"department_id": actor.department_id, "subject_id": subject}
            offered = {"law_lists": services.choices.choices(tx, blank, "law_lists")}
        filler = self.filler(lambda key: offered[key], lambda: "0" * 64, careful=True)
        answers = filler.fill(form, {})
        if odd == "list":
            answers["list_code"] = self.one_of(offered["law_lists"])[0]
        if odd == "claim":
            answers[self.one_of(CLAIMS)] = True
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

    def object(self) -> None:
        self._message("objection_received")

    def waive(self) -> None:
        self._message("waiver_signed")

    def hurry(self) -> None:
        """Somebody wants to decide at once, whatever is open."""
        case = self._any_case()
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
        by = self.of("sun") if self.happens(0.8) else self.one_of(self.cast)
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

    def _message(self, message: str) -> None:
        case = self._any_case()
        actor = self.of("wang") if self.happens(0.95) else self.one_of(self.cast)
        with self.store.reading() as tx:
            row = tx.one(models.cases.select().where(models.cases.c.id == case["id"]))
            form = procedures.deployed(tx, row["procedure_id"]).forms[f"serious_listing/{message}"]
        filler = self.filler(lambda _key: [], lambda: self.attach(actor, case["id"]), careful=False)
        answers = filler.fill(form, {})
        self.try_to(
            f"{actor.login} registers {message} {answers}",
            lambda: cases.send_message(self.store, actor, case["id"], message, answers),
        )

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
