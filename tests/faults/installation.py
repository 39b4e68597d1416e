"""A real installation: web and worker processes that can be struck and started again."""

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from typing import Any

from tests.faults.waiting import until
from workflows import settings

WEB = (
    *("gunicorn", "web:create_app()", "--workers", "2", "--threads", "8"),
    *("--graceful-timeout", "20", "--log-level", "warning"),
)
WORKER = ("zhengcheng", "worker")

Zygote = subprocess.Popen[str]
Begin = Callable[[str, Sequence[str]], AbstractContextManager["Installation"]]
"""Begins an installation over the database at an address, with the processes of these names."""


@contextmanager
def zygote(log: Path) -> Iterator[Zygote]:
    """What all processes are forked from."""
    piped: Any = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    command = [sys.executable, "-m", "tests.faults.zygote"]
    with log.open("ab") as said:
        started: Zygote = subprocess.Popen(command, cwd=settings.ROOT, stderr=said, **piped)
    yield started
    started.communicate()


class Installation:
    """Processes of one installation by name; each may be killed and is then started again."""

    def __init__(self, parent: Zygote, url: str, folder: Path) -> None:
        self.parent = parent
        self.folder = folder
        self.log = folder / "processes.log"
        self.log.touch()
        (folder / "data").mkdir(exist_ok=True)
        self.port = _free_port()
        self.running: dict[str, int] = {}
        self.environment = {
            "ZHENGCHENG_DATA": str(folder / "data"),
            "ZHENGCHENG_DATABASE_URL": url,
            "ZHENGCHENG_INSECURE_COOKIES": "1",
        }

    def start(self, name: str) -> None:
        """Start 'web…' or 'worker…'."""
        web = (*WEB, "--bind", f"127.0.0.1:{self.port}")
        command = web if name.startswith("web") else WORKER
        asked, answer = self.parent.stdin, self.parent.stdout
        assert asked
        assert answer
        asked.write(json.dumps([self.environment, str(self.log), command]) + "\n")
        asked.flush()
        self.running[name] = int(answer.readline())

    def kill(self, name: str) -> None:
        """Strike the process with all it has started, as when its machine loses power."""
        pid = self.running[name]
        _strike(pid)
        until(lambda: not _lives(pid), 10, f"{name} cannot be killed")

    def kill_child(self, name: str) -> None:
        """Strike one process that this one has started, if there is any."""
        for child in self.children(name)[-1:]:
            with suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)

    def children(self, name: str) -> list[int]:
        """The processes that this one has started."""
        pid = self.running[name]
        with suppress(OSError):
            return [*map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split())]
        return []

    def holds(self, name: str) -> Path:
        """A file by which a test and the processes' steps tell each other to wait."""
        return self.folder / "data" / name

    def tell(self, name: str, number: signal.Signals) -> None:
        """Send a signal to one process."""
        os.kill(self.running[name], number)

    def lives(self, name: str) -> bool:
        """Whether the process is still there."""
        return _lives(self.running[name])

    def answers(self) -> bool:
        """Whether the web takes connections."""
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0


@contextmanager
def running(parent: Zygote, folder: Path, url: str, names: Sequence[str]) -> Iterator[Installation]:
    """An installation whose processes are started; none of them is left at the end."""
    made = Installation(parent, url, folder)
    try:
        for name in names:
            made.start(name)
        if "web" in names:
            until(made.answers, 60, "the web does not answer")
        yield made
    finally:
        for pid in made.running.values():
            _strike(pid)


def _strike(leader: int) -> None:
    with suppress(ProcessLookupError):
        os.killpg(leader, signal.SIGKILL)


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
