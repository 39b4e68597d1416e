"""One of two processes that do something at once: `python -m tests.faults.rival`.

Reads commands as lines of JSON, [database url, instant, what, case or job id, …]; answers each with
a line: the refusal's name, or "".
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


def main() -> None:
    services.TOPICS = errands.TOPICS
    answers, sys.stdout = sys.stdout, sys.stderr  # the log is no answer
    houses: dict[str, store.Store] = {}
    for line in sys.stdin:
        url, at, what, *given = json.loads(line)
        if url not in houses:
            houses[url] = store.travelling(url, datetime.fromisoformat(at))
        said = ""
        try:
            DO[what](houses[url], *given)
        except errors.ZhengchengError as refusal:
            said = type(refusal).__name__
        answers.write(json.dumps(said) + "\n")
        answers.flush()


if __name__ == "__main__":
    main()
