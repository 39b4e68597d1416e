"""A real installation: web and worker processes over a database, that can be struck and restarted."""

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from tests.faults.waiting import until
from workflows import settings

WEB = (
    *("gunicorn", "web:create_app()", "--workers", "2", "--threads", "8"),
    *("--graceful-timeout", "20", "--log-level", "warning"),
)
WORKER = ("zhengcheng", "worker")


class Installation:
    """Processes of one installation by name; each may be killed and is then started again."""

    def __init__(self, url: str, folder: Path) -> None:
        self.folder = folder
        self.log = folder / "processes.log"
        self.log.touch()
        self.port = _free_port()
        self.running: dict[str, int] = {}
        settled = {
            "ZHENGCHENG_DATA": str(folder / "data"),
            "ZHENGCHENG_DATABASE_URL": url,
            "ZHENGCHENG_INSECURE_COOKIES": "1",
        }
        piped: Any = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
        with self.log.open("ab") as log:
            self.zygote = subprocess.Popen(
                [sys.executable, "-m", "tests.faults.zygote"],
                cwd=settings.ROOT,
                env=os.environ | settled,  # noqa: TID251
                stderr=log,
                **piped,
            )

    def start(self, name: str) -> None:
        """Start 'web…' or 'worker…'."""
        command = WORKER
        if name.startswith("web"):
            command = (*WEB, "--bind", f"127.0.0.1:{self.port}")
        assert self.zygote.stdin is not None and self.zygote.stdout is not None
        self.zygote.stdin.write(json.dumps([str(self.log), *command]) + "\n")
        self.zygote.stdin.flush()
        self.running[name] = int(self.zygote.stdout.readline())

    def kill(self, name: str) -> None:
        """Strike the process with all it has started, as when its machine loses power."""
        pid = self.running[name]
        _kill(-pid)
        until(lambda: not _lives(pid), 10, f"{name} cannot be killed")

    def kill_child(self, name: str) -> bool:
        """Strike one process that this one has started; False where there is none."""
        children = self.children(name)
        if children:
            _kill(children[-1])
        return bool(children)

    def children(self, name: str) -> list[int]:
        """The processes that this one has started."""
        return _children(self.running[name])

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

    def said(self) -> str:
        """What the processes have written."""
        return self.log.read_text("utf-8", "replace")

    def end(self) -> None:
        """Leave no process behind."""
        for pid in self.running.values():
            _kill(-pid)
        self.zygote.communicate()


@contextmanager
def running(url: str, folder: Path, names: Sequence[str]) -> Iterator[Installation]:
    """An installation whose processes are started; none of them is left at the end."""
    made = Installation(url, folder)
    try:
        for name in names:
            made.start(name)
        if any(name.startswith("web") for name in names):
            until(made.answers, 60, "the web does not answer")
        yield made
    finally:
        made.end()


def _kill(pid: int) -> None:
    with suppress(ProcessLookupError):
        (os.killpg if pid < 0 else os.kill)(abs(pid), signal.SIGKILL)


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def _children(pid: int) -> list[int]:
    with suppress(OSError):
        return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return []


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
