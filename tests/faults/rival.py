"""One of two processes that do something at once: `python -m tests.faults.rival <database url>`.

Reads commands as lines of JSON, one list [name, case or job id, …] each; answers each with a line:
the refusal's name, or "".
"""

import json
import sys
from collections.abc import Callable
from datetime import datetime

from tests.faults import errands
from workflows import cases, errors, services, store

DO: dict[str, Callable[..., object]] = {
    "complete": errands.complete,
    "send": errands.send,
    "run_job": cases.run_job,
}


def main(url: str, at: str) -> None:
    services.TOPICS = errands.TOPICS
    house = store.travelling(url, datetime.fromisoformat(at))
    answers, sys.stdout = sys.stdout, sys.stderr  # the log is no answer
    answers.write("ready\n")
    answers.flush()
    for line in sys.stdin:
        name, *given = json.loads(line)
        said = ""
        try:
            DO[name](house, *given)
        except errors.ZhengchengError as refusal:
            said = type(refusal).__name__
        answers.write(json.dumps(said) + "\n")
        answers.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
