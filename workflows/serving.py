"""Starts the processes of an installation: the web application and the worker beside it."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Sequence
from types import FrameType

import structlog

from workflows import (
    cases,
    errors,
    logs,
    metrics,
    migrations,
    people,
    queueing,
    scheduler,
    settings,
)
from workflows.store import open_store

GRACE_SECONDS = 30

log = structlog.get_logger()


def check_port(host: str, port: int) -> None:
    """Raise PortTaken where another program listens already."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as fault:
            raise errors.PortTaken(f"{host}:{port}，请用--port另选一个") from fault


def serve(host: str, port: int, *, secure: bool, processes: int, worker: bool) -> None:
    """Run the web application in `processes` processes, and a worker beside it, until one ends."""
    store = open_store()
    migrations.migrate(store)
    numbers = tempfile.TemporaryDirectory(prefix="zhengcheng-numbers-")
    environment = {
        "ZHENGCHENG_SECRET_KEY": settings.SECRET_KEY or people.signing_key(store),
        "PROMETHEUS_MULTIPROC_DIR": numbers.name,
        **({} if secure else {"ZHENGCHENG_INSECURE_COOKIES": "1"}),
    }
    store.close()
    web = [
        *(sys.executable, "-m", "gunicorn", "web:create_app()", "--bind", f"{host}:{port}"),
        *("--workers", str(processes), "--threads", "8", "--graceful-timeout", "20"),
        *("--log-level", "warning"),
    ]
    children = [_start(web, environment)]
    if worker:
        children.append(_start([sys.executable, "-m", "workflows", "worker"], environment))
    ended = _stop_asked()
    while not ended.wait(0.5):
        if any(child.poll() is not None for child in children):
            break
    for child in children:
        child.terminate()
    for child in children:
        _wait_for(child)
    numbers.cleanup()


def work(metrics_port: int = 0) -> None:
    """Run due jobs until told to stop; what is under way is finished first, the rest given back.

    `metrics_port`: answer Prometheus there, where no web process of this machine does.
    """
    store = open_store()
    logs.start(lambda: store.now)
    if metrics_port:
        metrics.serve_alone(metrics_port)
    migrations.migrate(store)
    stopping = _stop_asked()
    cases.get_ready(store)
    running = scheduler.start(store, stopping)
    log.info("worker_started")
    if queueing.is_used(store):
        queueing.work(store, stopping)
    stopping.wait()
    scheduler.stop(running)
    store.close()


def run_tests(words: Sequence[str]) -> int:
    """Run the tests of the checkout with pytest's own words; returns its exit code."""
    command = [sys.executable, "-m", "pytest", *words]
    return subprocess.call(command, cwd=settings.ROOT)  # noqa: S603


def _stop_asked() -> threading.Event:
    """An event that is set when the process is told to stop."""
    asked = threading.Event()

    def ask(number: int, frame: FrameType | None) -> None:
        del number, frame
        asked.set()

    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, ask)
    return asked


def _wait_for(child: "subprocess.Popen[bytes]") -> None:
    """Let it finish what it has in hand; what takes longer is taken up by the next one."""
    try:
        child.wait(timeout=GRACE_SECONDS)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()


def _start(command: list[str], environment: dict[str, str]) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(command, env=os.environ | environment)  # noqa: S603, TID251
