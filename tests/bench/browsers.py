"""The load: browsers that post what a person's browser posts, over kept-alive connections.

A step is one POST of a completed form; its redirect is not followed. An instance is five steps:
opening and four completions. With us a browser signs in and reads a page for its forgery token
before the clock starts, as a person does in the morning; which task is next it asks the database
itself (as a person who has the task list open knows it). The naive application names the next task
in its redirect.
"""

import contextlib
import http.client
import re
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from time import perf_counter
from urllib.parse import urlencode

import psycopg

from tests.bench import places, workload

NEXT = "SELECT id FROM tasks WHERE case_id = {mark} AND status = 'open'"
SERVER_HOLDS = 1.5
"""Seconds after which a connection is not trusted any more: gunicorn hangs up after two."""
TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


@dataclass
class Load:
    """What one browser, or several, saw."""

    seconds: float = 0.0
    steps: int = 0
    completions: list[float] = field(default_factory=list[float])
    """Seconds of each completion of a task."""

    @property
    def instances_per_second(self) -> float:
        """Steps done, as instances."""
        return self.steps / workload.POSTS / self.seconds


class Browser:
    """One kept-alive connection with the cookies of its person."""

    def __init__(self, port: int) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self.cookie = ""
        self.used = perf_counter()

    def get(self, path: str) -> str:
        """Read a page, keeping its cookie."""
        return self._ask("GET", path, None, keeps_cookie=True)[1]

    def post(self, path: str, fields: dict[str, str], *, keeps_cookie: bool = False) -> str:
        """Post a form; returns where the answer leads.

        A step's cookie only carries the flash message of the page it leads to: not kept, since
        that page is not read.
        """
        where, page = self._ask("POST", path, fields, keeps_cookie=keeps_cookie)
        if not where:
            raise places.BenchFailed(
                f"POST {path} was not accepted: {re.sub('<[^>]+>', '', page)[:2000]}"
            )
        return where

    def _ask(
        self, verb: str, path: str, fields: dict[str, str] | None, *, keeps_cookie: bool
    ) -> tuple[str, str]:
        headers = {"Cookie": self.cookie} if self.cookie else {}
        body = None
        if fields is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
            body = urlencode(fields).encode()
        if perf_counter() - self.used > SERVER_HOLDS:
            self.connection.close()  # the next request opens it again
        self.connection.request(verb, path, body, headers)
        answer = self.connection.getresponse()
        page = answer.read().decode()
        self.used = perf_counter()
        cookie = answer.getheader("Set-Cookie")
        if cookie and keeps_cookie:
            self.cookie = cookie.partition(";")[0]
        return answer.getheader("Location", ""), page


class OurPerson:
    """Signs in once, then runs cases."""

    def __init__(self, port: int, url: str, login: str) -> None:
        self.browser = Browser(port)
        self.next_task = _ask_database(url)
        page = self.browser.get("/sign-in")
        signing = {"login": login, "password": workload.PASSWORD, "next": "/tasks"}
        token = TOKEN.findall(page)[0]
        self.browser.post("/sign-in", {**signing, "csrf_token": token}, keeps_cookie=True)
        self.token = TOKEN.findall(self.browser.get("/tasks"))[0]

    def run(self) -> Iterator[float]:
        """Run one case; yields the seconds of each step, opening first."""
        sent = {"csrf_token": self.token, "_action": "submit"}
        opening = f"/subjects/{workload.SUBJECT}/open/{workload.KEY}"
        begun = perf_counter()
        where = self.browser.post(opening, {**workload.OPENING, **sent})
        yield perf_counter() - begun
        case_id = int(where.rpartition("/")[2])
        for _element, posted in workload.STEPS:
            task_id = self.next_task(case_id)
            begun = perf_counter()
            self.browser.post(f"/tasks/{task_id}", {**posted, **sent})
            yield perf_counter() - begun


class NaivePerson:
    """Runs cases of the naive application."""

    def __init__(self, port: int) -> None:
        self.browser = Browser(port)

    def run(self) -> Iterator[float]:
        """Run one case; yields the seconds of each step, opening first."""
        begun = perf_counter()
        where = self.browser.post("/cases", workload.OPENING)
        yield perf_counter() - begun
        for _element, posted in workload.STEPS:
            begun = perf_counter()
            where = self.browser.post(where, posted)
            yield perf_counter() - begun


Person = OurPerson | NaivePerson


def drive(persons: list[Person], seconds: float, pause: float = 0.0) -> Load:
    """Let every person run case after case for so long, at the same time.

    `pause`: seconds a person rests after each step.
    """
    loads = [Load() for _ in persons]
    faults: list[BaseException] = []
    gate = threading.Barrier(len(persons))

    def work(person: Person, load: Load) -> None:
        try:
            gate.wait()
            _work(person, load, seconds, pause)
        except BaseException as fault:  # noqa: BLE001 told by the thread that waits
            faults.append(fault)

    threads = [
        threading.Thread(target=work, args=pair) for pair in zip(persons, loads, strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if faults:
        raise faults[0]
    done = Load(seconds=max(load.seconds for load in loads))
    for load in loads:
        done.steps += load.steps
        done.completions += load.completions
    return done


def _work(person: Person, load: Load, seconds: float, pause: float) -> None:
    begun = perf_counter()
    while load.seconds < seconds:
        for number, took in enumerate(person.run()):
            load.steps += 1
            if number:
                load.completions.append(took)
            if pause:
                time.sleep(pause)
        load.seconds = perf_counter() - begun


def _ask_database(url: str) -> Callable[[int], int]:
    if url.startswith("sqlite"):
        lite = sqlite3.connect(url.removeprefix("sqlite:///"), check_same_thread=False)
        lite.isolation_level = None
        return lambda case_id: lite.execute(NEXT.format(mark="?"), (case_id,)).fetchone()[0]
    server = psycopg.connect(url.replace("+psycopg", "", 1), autocommit=True)

    def ask(case_id: int) -> int:
        found = server.execute(NEXT.format(mark="%s"), (case_id,)).fetchone()
        return found[0] if found else 0

    return ask


def close(persons: list[Person]) -> None:
    """Hang up."""
    for person in persons:
        with contextlib.suppress(OSError):
            person.browser.connection.close()
