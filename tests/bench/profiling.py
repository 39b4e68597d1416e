"""Where the time goes: `python -m tests.bench.profiling [web|step|timer] [sqlite|postgresql]`.

`web`: posts to the application in this process; `step`: the commands alone; `timer`: timers run
by the worker, five to a "case". Prints the dearest
functions by their own time and with what they call, per step.
"""

import argparse
import cProfile
import io
import os
import pstats
import sys
from collections.abc import Callable
from time import perf_counter

from tests.bench import places, timers, workload
from workflows import cases, clock, logs

CASES = 100


def main() -> None:
    """Warm up, then profile a hundred cases."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("what", choices=("web", "step", "timer"), nargs="?", default="web")
    asked.add_argument("kind", choices=("sqlite", "postgresql"), nargs="?", default="sqlite")
    given = asked.parse_args()
    with places.a_place() as place, (place.folder / "log").open("wb") as log:
        logs.start(clock.OfficeClock().now, log)
        run = {"web": _web, "step": _step, "timer": _timer}[given.what](place, given.kind)
        for _case in range(10):
            run()
        begun = perf_counter()
        for _case in range(CASES):
            run()
        took = perf_counter() - begun
        watched = cProfile.Profile()
        watched.enable()
        for _case in range(CASES):
            run()
        watched.disable()
    told = io.StringIO()
    told.write(f"{took / CASES / workload.POSTS * 1000:.2f} ms a step without the profiler\n")
    told.write(f"the profile is of {CASES * workload.POSTS} steps\n")
    for order, most in (("tottime", 35), ("cumtime", 70)):
        pstats.Stats(watched, stream=told).strip_dirs().sort_stats(order).print_stats(most)
    sys.stdout.write(told.getvalue())


def _step(place: places.Place, kind: str) -> Callable[[], object]:
    house = workload.open_house(place.new_url(kind))
    who = workload.actor(house)
    return lambda: workload.run_one(house, who)


def _timer(place: places.Place, kind: str) -> Callable[[], object]:
    house = timers.gather(place.new_url(kind), 2 * (CASES + 10) * workload.POSTS)
    timers.break_loose(house)
    ids = cases.due_jobs(house, house.now, 1_000_000)

    def run() -> None:
        for _timer in range(workload.POSTS):
            cases.run_job(house, ids.pop())

    return run


def _web(place: places.Place, kind: str) -> Callable[[], object]:
    os.environ["ZHENGCHENG_DATA"] = str(place.new_folder("data"))  # noqa: TID251 before web reads it
    import web
    from tests.bench import browsers

    house = workload.open_house(place.new_url(kind), signing=True)
    client = web.create_app(house).test_client()
    page = client.get("/sign-in").text
    fields = {"login": workload.LOGINS[0], "password": workload.PASSWORD, "next": "/tasks"}
    client.post("/sign-in", data={**fields, "csrf_token": browsers.TOKEN.findall(page)[0]})
    token = browsers.TOKEN.findall(client.get("/tasks").text)[0]
    sent = {"csrf_token": token, "_action": "submit"}

    def run() -> None:
        opening = f"/subjects/{workload.SUBJECT}/open/{workload.KEY}"
        where = client.post(opening, data={**workload.OPENING, **sent}).location
        case_id = int((where or "").rpartition("/")[2])
        for _element, posted in workload.STEPS:
            task_id = workload.open_task(house, case_id)["id"]
            client.post(f"/tasks/{task_id}", data={**posted, **sent})
        with client.session_transaction() as session:
            session.pop("_flashes", None)  # no page shows them

    return run


if __name__ == "__main__":
    main()
