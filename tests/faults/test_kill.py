"""Web and worker processes killed at random instants under load; nothing is lost or doubled."""

import random
import sys

from tests.faults.checking import check, is_idle
from tests.faults.clients import Crowd
from tests.faults.installation import Begin
from tests.faults.waiting import until
from workflows import store

KILLS, KILLS_IN_FULL = 10, 200
PEOPLE = 4


def test_whatever_is_killed_under_load_loses_nothing_and_doubles_nothing(
    today: store.Store, begin: Begin, full: bool, seed: int
) -> None:
    workers = ["worker"] if today.file else ["worker", "worker2"]
    chance = random.Random(seed)  # noqa: S311
    with begin(today.url, ["web", *workers]) as office:
        crowd = Crowd(today, office.port, seed)
        crowd.start(PEOPLE)
        try:
            for _ in range(KILLS_IN_FULL if full else KILLS):
                goal = crowd.accepted + chance.randrange(1, 12)
                until(lambda goal=goal: crowd.accepted >= goal, 60, "nothing goes on")
                crowd.stopping.wait(chance.random() / 20)
                struck = chance.choice(["web", "web child", *workers])
                if struck == "web child":
                    office.kill_child("web")
                    continue
                office.kill(struck)
                office.start(struck)
        finally:
            crowd.stop()
        until(lambda: is_idle(today), 60, "the workers do not finish")
        failed = crowd.failures
    check(today, crowd.ledger)
    assert failed == []
    sys.stderr.write(f"{crowd.accepted}件受理，{len(crowd.ledger.unanswered)}件未答复\n")
