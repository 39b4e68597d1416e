"""Starts the processes of installations in no time: everything is read once, then forked.

Reads lines of JSON, [environment, log file, [program, argument, …]]; answers each with the new
process's id. The programs are those of the command line: `zhengcheng …` and `gunicorn …`. Each
leads a group of its own, so that a machine can be struck whole. `python -m tests.faults.zygote`
"""

import importlib
import json
import os
import signal
import sys
from collections.abc import Callable, Mapping, Sequence

from gunicorn.app import wsgiapp

import web
from tests.faults import errands
from workflows import __main__ as command_line
from workflows import queueing, services, settings, store

PROGRAMS: Mapping[str, Callable[[], None]] = {
    "zhengcheng": command_line.main,
    "gunicorn": lambda: wsgiapp.WSGIApplication("%(prog)s").run(),
}


def serve() -> None:
    """Fork a process for each line until there are no more."""
    assert web.create_app  # read before the forks
    services.TOPICS = errands.TOPICS
    queueing.HEARTBEAT_SECONDS, queueing.DEAD_AFTER_SECONDS = 1, 3
    queueing.AGAIN_AFTER_SECONDS = 1
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for line in sys.stdin:
        environment, log, command = json.loads(line)
        child = os.fork()
        if not child:
            _become(environment, log, command)
        sys.stdout.write(f"{child}\n")
        sys.stdout.flush()


def _become(environment: Mapping[str, str], log: str, command: Sequence[str]) -> None:
    os.setsid()
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    nothing, said = os.open(os.devnull, os.O_RDONLY), os.open(log, os.O_WRONLY | os.O_APPEND)
    for wanted, given in ((0, nothing), (1, said), (2, said)):
        os.dup2(given, wanted)
    os.environ.update(environment)  # noqa: TID251
    importlib.reload(settings)
    store.open_store.__defaults__ = (settings.DATABASE_URL,)
    sys.argv = list(command)
    try:
        PROGRAMS[command[0]]()
    except SystemExit as ended:
        os._exit(ended.code if isinstance(ended.code, int) else 1)
    os._exit(0)


if __name__ == "__main__":
    serve()
