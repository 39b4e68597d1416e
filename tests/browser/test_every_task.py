"""Every task of every procedure is done once by hand: stories are told, in a real browser."""

import hashlib
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Browser, Page
from playwright.sync_api import Error as PlaywrightError

import web
from tests.browser import hands
from tests.browser.conftest import serving
from tests.databases import Databases
from tests.walks import diagrams
from workflows import access, cases, models, people, procedures, settings, store, stories

pytestmark = pytest.mark.browser

SCENARIOS = sorted((Path(__file__).parents[1] / "scenarios").glob("*/*.yaml"))
NARROW, WIDE = {"width": 390, "height": 844}, {"width": 1280, "height": 900}
Complete = Callable[[store.Store, access.Actor, int, Mapping[str, Any]], None]


class Desk:
    """Who does tasks of stories in the browser, each kind of task once.

    `done`: (process, task); `faults`: what a form page owes its readers or refused.
    """

    def __init__(self, chromium: Browser, by_command: Complete, stack: ExitStack) -> None:
        self.chromium = chromium
        self.by_command = by_command
        self.stack = stack
        self.done: set[tuple[str, str]] = set()
        self.faults: list[str] = []
        self.house: store.Store | None = None
        self.app = Flask(__name__)
        self.origin = ""
        self.quiet = False

    def complete(
        self, house: store.Store, actor: access.Actor, task_id: int, answers: Mapping[str, Any]
    ) -> None:
        """As `cases.complete_task`, by hand where nobody has done such a task by hand yet."""
        told = threading.current_thread() is threading.main_thread()
        with house.reading() as tx:
            task = tx.one(models.tasks.select().where(models.tasks.c.id == task_id))
        kind = (task["process"], task["element"])
        if not told or self.quiet or kind in self.done:
            return self.by_command(house, actor, task_id, answers)
        if self._by_hand(house, actor, task, answers):
            self.done.add(kind)
            return None
        return self.by_command(house, actor, task_id, answers)

    def _by_hand(
        self, house: store.Store, actor: access.Actor, task: store.Row, answers: Mapping[str, Any]
    ) -> bool:
        """Whether the task was done; where it was not, the page said why."""
        self._open(house)
        context = self.chromium.new_context(viewport=WIDE, locale="zh-CN")  # pyright: ignore[reportArgumentType]
        context.add_cookies([self._sign_in(house, actor)])  # pyright: ignore[reportArgumentType]
        context.set_default_timeout(10_000)
        page = context.new_page()
        complaints: list[str] = []
        page.on("pageerror", lambda error: complaints.append(str(error)))
        try:
            page.goto(f"{self.origin}/tasks/{task['id']}", wait_until="domcontentloaded")
            take_up = page.get_by_role("button", name="签收", exact=True)
            if take_up.count():
                take_up.click()
            where = f"{task['process']}#{task['element']}"
            if not page.locator("#filling").count():
                self.faults.append(f"{where}: no form: {page.locator('main').inner_text()[:300]}")
                return False
            self.faults += [f"{where}: {one}" for one in looked_over(page)]
            with house.reading() as tx:
                case = tx.one(models.cases.select().where(models.cases.c.id == task["case_id"]))
                form = procedures.deployed(tx, case["procedure_id"]).forms.get(task["form"] or "")
            if form:
                try:
                    hands.fill(page, form, answers)
                except PlaywrightError as fault:
                    self.faults.append(f"{where}: cannot be filled: {str(fault)[:300]}")
                    return False
            page.get_by_role("button", name="办结", exact=True).click()
            page.wait_for_load_state("domcontentloaded")
            refused = page.locator("#error-summary")
            if refused.count():
                complaints.append(refused.inner_text())
            self.faults += [f"{where}: {one}" for one in complaints]
            return not refused.count()
        finally:
            context.close()

    def _open(self, house: store.Store) -> None:
        """A server for the story that is being told."""
        if house is self.house:
            return
        self.stack.close()
        self.house, self.app = house, web.create_app(house)
        self.app.config["SESSION_COOKIE_SECURE"] = False
        self.origin = self.stack.enter_context(serving(self.app))

    def _sign_in(self, house: store.Store, actor: access.Actor) -> dict[str, str]:
        token = f"{actor.login} {actor.role} {house.now}"
        with house.transaction() as tx:
            held = people.memberships_of(tx, actor.person_id or 0)
            here = (actor.department_id, actor.role)
            row = {
                "token_hash": hashlib.sha256(token.encode()).hexdigest(),
                "person_id": actor.person_id,
                "membership_id": next(
                    one["id"] for one in held if (one["department_id"], one["role"]) == here
                ),
                "created_at": tx.now,
                "seen_at": tx.now,
            }
            s = models.sessions
            if tx.first(s.select().where(s.c.token_hash == row["token_hash"])) is None:
                tx.insert(s, row)
        client = self.app.test_client()
        with client.session_transaction() as session:
            session["token"] = session["login"] = token
        cookie = client.get_cookie("zhengcheng")
        assert cookie
        return {"name": cookie.key, "value": cookie.value, "url": self.origin}


def looked_over(page: Page) -> Iterator[str]:
    """What is wrong with the page for somebody on a telephone or with a screen reader."""
    for one in Axe().run(page).response["violations"]:
        if one["impact"] in {"serious", "critical"}:
            yield f"{one['id']} {[node['html'][:120] for node in one['nodes']]}"
    page.set_viewport_size(NARROW)  # pyright: ignore[reportArgumentType]
    wide = page.evaluate("document.documentElement.scrollWidth")
    if wide > NARROW["width"]:
        yield f"scrolls sideways: {wide}"
    page.set_viewport_size(WIDE)  # pyright: ignore[reportArgumentType]


def every_task() -> set[tuple[str, str]]:
    return {(one.process, task) for one in diagrams.drawn().values() for task in one.user_tasks}


def tasks_named(file: Path) -> set[str]:
    return {str(step["complete"]) for step in stories.read(file)["steps"] if "complete" in step}


def told_in_turn(desk: Desk) -> Iterator[Path]:
    """The stories that bring most that is new, until nothing is missing or all are told."""
    waiting = {file: tasks_named(file) for file in SCENARIOS}
    while waiting:
        missing = {task for _process, task in every_task() - desk.done}
        best = max(waiting, key=lambda file: len(waiting[file] & missing))
        if not waiting.pop(best) & missing:
            return
        yield best


def test_every_task_of_every_procedure_is_done_in_the_browser(
    databases: Databases,
    chromium: Browser,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    monkeypatch.setattr(settings, "DATA", tmp_path)
    with ExitStack() as stack:
        desk = Desk(chromium, cases.complete_task, stack)
        refused = stories.ACTS["refused"]

        def refuse(stage: stories.Stage, step: Mapping[str, Any]) -> None:
            desk.quiet = True
            refused(stage, step)
            desk.quiet = False

        monkeypatch.setattr(cases, "complete_task", desk.complete)
        monkeypatch.setitem(stories.ACTS, "refused", refuse)
        for file in told_in_turn(desk):
            told = stories.tell(file, databases.like("told", stories.furnish))
            stack.close()
            assert not told.error, f"{file.stem}: {told.error}; {desk.faults}"
    assert not desk.faults
    assert not every_task() - desk.done
