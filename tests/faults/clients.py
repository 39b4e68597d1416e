"""People at their browsers: they send, and write down what was answered and what was not."""

import http.client
import random
import re
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from urllib.parse import urlencode

from tests.faults import errands
from tests.faults.checking import Ledger
from workflows import errors, models
from workflows.store import Row, Store

TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
REFUSED, UNAVAILABLE = {403, 404, 409, 422}, 503


class Unsent(Exception):
    """Nobody listens."""


class Unanswered(Exception):
    """It was sent, and the answer never came."""


@dataclass
class Answer:
    """A status, a page, and where it leads."""

    status: int
    page: str
    to: str


class Browser:
    """One person's browser; a new connection for each request."""

    def __init__(self, port: int, login: str) -> None:
        self.port, self.login = port, login
        self.cookie = self.token = ""

    def sign_in(self) -> None:
        """Sign in by password; raises Unsent, Unanswered."""
        given = {"login": self.login, "password": errands.PASSWORD}
        token = _token(self.ask("/sign-in"))
        self.ask("/sign-in", {**given, "csrf_token": token})
        self.token = _token(self.ask("/subjects/1/open/errand"))

    def ask(self, path: str, fields: Mapping[str, str] | None = None) -> Answer:
        """Get a page, or post a form; raises Unsent, Unanswered."""
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            line.connect()
        except OSError as refused:
            raise Unsent from refused
        headers = {"Sec-Fetch-Site": "same-origin"}
        if self.cookie:
            headers["Cookie"] = self.cookie
        body = None
        if fields is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
            body = urlencode({"csrf_token": self.token, **fields})
        try:
            line.request("GET" if body is None else "POST", path, body, headers)
            said = line.getresponse()
            page = said.read().decode()
        except (OSError, http.client.HTTPException) as broken:
            raise Unanswered from broken
        finally:
            line.close()
        if cookie := said.getheader("Set-Cookie"):
            self.cookie = cookie.partition(";")[0]
        return Answer(said.status, page, said.getheader("Location", ""))


@dataclass
class Crowd:
    """Several people who work until they are told to stop."""

    house: Store
    port: int
    seed: int
    ledger: Ledger = field(default_factory=Ledger)
    stopping: threading.Event = field(default_factory=threading.Event)
    counting: threading.Lock = field(default_factory=threading.Lock)
    failures: list[str] = field(default_factory=list[str])
    unavailable: int = 0
    """How often somebody was told that the database cannot be used."""
    waiting: int = 0
    """How many are waiting for an answer of the web or of the database."""
    threads: list[threading.Thread] = field(default_factory=list[threading.Thread])
    tasks: list[Row] = field(default_factory=list[Row])
    """Those that were open when last looked at."""

    def start(self, number: int) -> None:
        """Begin to work, so many of them."""
        for place in range(number):
            self.threads.append(threading.Thread(target=self._work, args=(place,)))
            self.threads[-1].start()

    def stop(self) -> None:
        """Let everybody finish what they are at."""
        self.stopping.set()
        for thread in self.threads:
            thread.join(60)
            assert not thread.is_alive()

    @property
    def accepted(self) -> int:
        """How many requests were accepted so far."""
        return len(self.ledger.accepted)

    def _work(self, place: int) -> None:
        chance = random.Random(f"{self.seed}-{place}")  # noqa: S311
        browser = Browser(self.port, errands.HANDS[place % len(errands.HANDS)])
        sent = 0
        while not self.stopping.is_set():
            try:
                if not browser.token:
                    browser.sign_in()
                    continue
            except (Unsent, Unanswered):
                self.stopping.wait(0.02)
                continue
            sent += 1
            self._send(browser, chance, f"{place}-{sent}")

    def _send(self, browser: Browser, chance: random.Random, mark: str) -> None:
        path = self._choose(chance)
        try:
            with self._is_waiting():
                answer = browser.ask(path, {"mark": mark, "_action": "submit"})
        except Unsent:
            self.stopping.wait(0.02)
            return
        except Unanswered:
            self.ledger.unanswered.add(mark)
            return
        if answer.to.startswith("/cases/"):
            self.ledger.accepted.add(mark)
        elif answer.status == UNAVAILABLE:
            self.ledger.unanswered.add(mark)
            self.unavailable += 1
        else:
            self.ledger.refused.add(mark)
            if answer.status not in REFUSED:
                self.failures.append(f"{path}：{answer.status} {_text(answer.page)}")

    def _choose(self, chance: random.Random) -> str:
        """Open a case, send a note, or complete an open task; of few, so that people collide."""
        with suppress(errors.DatabaseUnavailable), self._is_waiting():
            self.tasks = self._open_tasks()
        tasks = self.tasks
        if len(tasks) < 4 or chance.random() < 0.2:
            return f"/subjects/1/open/{errands.KEY}"
        task = chance.choice(tasks)
        if task["element"] == "file" and chance.random() < 0.3:
            return f"/cases/{task['case_id']}/messages/note"
        if task["element"] == "check" and chance.random() < 0.2:
            return f"/cases/{task['case_id']}/messages/withdrawal"
        return f"/tasks/{task['id']}"

    @contextmanager
    def _is_waiting(self) -> Iterator[None]:
        with self.counting:
            self.waiting += 1
        try:
            yield
        finally:
            with self.counting:
                self.waiting -= 1

    def _open_tasks(self) -> list[Row]:
        t = models.tasks
        wanted = t.select().with_only_columns(t.c.id, t.c.case_id, t.c.element)
        with self.house.reading() as tx:
            return list(tx.all(wanted.where(t.c.status == "open").order_by(t.c.id).limit(12)))


def _token(answer: Answer) -> str:
    found = TOKEN.search(answer.page)
    if found is None:
        raise Unanswered
    return found[1]


def _text(page: str) -> str:
    return " ".join(re.sub("<[^>]+>", " ", page).split())[:300]
