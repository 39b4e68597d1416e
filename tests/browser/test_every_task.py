"""Every task of every procedure is done once by hand: stories are told, in a real browser.

Each story leaves to the browser the tasks that no story named before it has; it is told no further
than the last of them.
"""

import hashlib
import threading
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from functools import cache
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
from workflows import access, cases, forms, models, people, procedures, settings, store, stories

pytestmark = pytest.mark.browser

SCENARIOS = Path(__file__).parents[1] / "scenarios"
STORIES = (
    "commitment_supervision/a06_published_and_sampled",
    "hearing/late_request_held",
    "credit_repair/reorganisation_failed",
    "rectification/end_not_rectified",
    "record_objection/end_corrected",
    "early_warning/end_promoted",
    "leniency_review/force_majeure",
    "provincial_review/annulled",
    "revocation_correction/changed_in_part",
    "serious_listing/service_announcement",
    "public_challenge/end_founded",
    "apply_measures/end_withdrawn",
    "breach_annulment/end_breach_stands",
    "implement_measure/end_declined",
    "repair_revocation/end_repair_upheld",
    "serious_listing/service_entrusted",
    "warning_interview/notice_not_served",
    "serious_listing/end_notice_failed",
    "serious_listing/service_electronic_without_consent",
    "commitment_supervision/end_breached",
    "serious_listing/subject_goes_on",
    "apply_measures/overdue_answers_are_urged",
    "early_warning/not_served_and_followed",
    "rectification/extended",
    "serious_listing/service_left",
    "credit_repair/withdrawal_too_late",
    "implement_measure/end_implemented",
    "lift_measures/end_lifted",
    "lift_measures/overdue_lifting_is_urged",
    "publication/channel_does_not_take_it",
    "revocation_correction/end_revoked",
)
"""Together they do every task; those that do most come first."""

NARROW, WIDE = {"width": 390, "height": 844}, {"width": 1280, "height": 900}


class AllByHand(Exception):
    """The browser has done what the story leaves to it."""


class Desk:
    """Who does a story's tasks in the browser, each kind once.

    `waiting`: tasks not done yet; `faults`: what a form page owes its readers or refused.
    """

    def __init__(self, chromium: Browser, waiting: set[str]) -> None:
        self.by_command = cases.complete_task
        self.waiting = waiting
        self.faults: list[str] = []
        self._refuse = stories.ACTS["refused"]
        self._chromium = chromium
        self._open = ExitStack()
        self._screen: tuple[Flask, Page] | None = None
        self._quiet = False

    def complete(
        self, house: store.Store, actor: access.Actor, task_id: int, answers: Mapping[str, Any]
    ) -> None:
        """As `cases.complete_task`, by hand where the story leaves the task to the browser."""
        told = threading.current_thread() is threading.main_thread()
        with house.reading() as tx:
            task = tx.one(models.tasks.select().where(models.tasks.c.id == task_id))
        if not told or self._quiet or task["element"] not in self.waiting:
            return self.by_command(house, actor, task_id, answers)
        self.waiting.remove(task["element"])
        if not self._by_hand(house, actor, task, answers):
            self.by_command(house, actor, task_id, answers)
        if not self.waiting:
            raise AllByHand
        return None

    def refuse(self, stage: stories.Stage, step: Mapping[str, Any]) -> None:
        """What a story has refused is not asked for in the browser."""
        self._quiet = True
        self._refuse(stage, step)
        self._quiet = False

    def close(self) -> None:
        """Leave neither server nor page."""
        self._open.close()

    def _by_hand(
        self, house: store.Store, actor: access.Actor, task: store.Row, answers: Mapping[str, Any]
    ) -> bool:
        """Whether the task was done; where it was not, the page said why."""
        page = self._sit_down(house, actor)
        where = f"{task['process']}#{task['element']}"
        page.goto(f"/tasks/{task['id']}", wait_until="domcontentloaded")
        take_up = page.get_by_role("button", name="签收", exact=True)
        if take_up.count():
            with page.expect_navigation(wait_until="domcontentloaded"):
                take_up.click()
        if not page.locator("#filling").count():
            self.faults.append(f"{where}: no form: {page.locator('main').inner_text()[:300]}")
            return False
        self.faults += [f"{where}: {one}" for one in looked_over(page)]
        try:
            hands.fill(page, form_of(house, task), answers)
        except (PlaywrightError, AssertionError) as fault:
            self.faults.append(f"{where}: cannot be filled: {str(fault)[:600]}")
            return False
        with page.expect_navigation(wait_until="domcontentloaded"):
            page.get_by_role("button", name="办结", exact=True).click()
        refused = page.locator("#error-summary")
        if refused.count():
            self.faults.append(f"{where}: {refused.inner_text()}")
        return not refused.count()

    def _sit_down(self, house: store.Store, actor: access.Actor) -> Page:
        """The story's screen, with this person signed in."""
        app, page = self._screen = self._screen or self._switch_on(house)
        client = app.test_client()
        with client.session_transaction() as session:
            session["token"] = session["login"] = signed_in(house, actor)
        cookie = client.get_cookie("zhengcheng")
        assert cookie
        page.context.clear_cookies()
        page.context.add_cookies(
            [{"name": cookie.key, "value": cookie.value, "domain": "127.0.0.1", "path": "/"}]
        )
        return page

    def _switch_on(self, house: store.Store) -> tuple[Flask, Page]:
        """A server for the story and a screen before it."""
        app = web.create_app(house)
        app.config["SESSION_COOKIE_SECURE"] = False
        origin = self._open.enter_context(serving(app))
        context = self._chromium.new_context(
            viewport=WIDE,  # pyright: ignore[reportArgumentType]
            locale="zh-CN",
            base_url=origin,
        )
        self._open.enter_context(context)
        context.set_default_timeout(10_000)
        page = context.new_page()
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        return app, page


def signed_in(house: store.Store, actor: access.Actor) -> str:
    """The token of a session of this person, begun now."""
    token = f"{actor.login} {actor.role} {house.now}"
    s = models.sessions
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
        if tx.first(s.select().where(s.c.token_hash == row["token_hash"])) is None:
            tx.insert(s, row)
    return token


def form_of(house: store.Store, task: store.Row) -> forms.Form:
    with house.reading() as tx:
        case = tx.one(models.cases.select().where(models.cases.c.id == task["case_id"]))
        return procedures.deployed(tx, case["procedure_id"]).forms[task["form"]]


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


def every_task() -> list[str]:
    return sorted(task for one in diagrams.drawn().values() for task in one.user_tasks)


@cache
def left_to_the_browser() -> dict[str, set[str]]:
    """The tasks that each story does and none before it."""
    found: dict[str, set[str]] = {}
    before: set[str] = set()
    for name in STORIES:
        found[name] = tasks_of(SCENARIOS / f"{name}.yaml") - before
        before |= found[name]
    return found


def tasks_of(file: Path) -> set[str]:
    """What is done in the story's own steps, not in those of the story that it comes after."""
    story = stories.read(file)
    first = stories.read(file.parent / story["after"])["steps"] if "after" in story else []
    return {str(one["complete"]) for one in story["steps"][len(first) :] if "complete" in one}


def test_the_stories_together_do_every_task_of_every_procedure() -> None:
    left = left_to_the_browser()
    assert sorted(task for tasks in left.values() for task in tasks) == every_task()
    assert all(left.values()), "a story that leaves nothing to the browser is told in vain"


@pytest.mark.parametrize("name", STORIES)
def test_the_tasks_of_a_story_are_done_in_the_browser(
    databases: Databases,
    chromium: Browser,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    name: str,
) -> None:
    file = SCENARIOS / f"{name}.yaml"
    where = databases.like(*stories.beginning(file))
    desk = Desk(chromium, set(left_to_the_browser()[name]))
    monkeypatch.setattr(settings, "DATA", tmp_path)
    monkeypatch.setattr(cases, "complete_task", desk.complete)
    monkeypatch.setitem(stories.ACTS, "refused", desk.refuse)
    try:
        told = stories.tell(file, where)
    except AllByHand:
        assert not desk.faults
    else:
        pytest.fail(f"{told.error}; not done: {desk.waiting}; {desk.faults}")
    finally:
        desk.close()
