"""Whatever an office does, in whatever order: the law is kept and every case comes to an end."""

import random
import uuid
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from tests.databases import Databases
from tests.walks import aftermath, diagrams, house, samples, truths, walk
from tests.walks.rows import Rows
from workflows import cases, errors, models, stories

FOUND = sorted((Path(__file__).parent / "found").glob("*.yaml"))
KEYS = diagrams.procedures()
MIXED_STEPS, MIXED_CASES = 30, (8, 4)
"""Of a walk over all procedures; how many cases people open, and have open at once."""

MOST_WALKS = 8
TOLD = ("hearing", "provincial_review", "leniency_review", "serious_listing")
"""Stories that go where so few walks do not come."""


@contextmanager
def walking(databases: Databases, rng: random.Random, **how: object) -> Iterator[walk.Walk]:
    """A walk whose log is told when it fails."""
    under_way = walk.Walk(databases, rng, **how)  # pyright: ignore[reportArgumentType]
    try:
        yield under_way
    except BaseException as fault:
        fault.add_note("\n".join(under_way.log[-40:]))
        raise
    finally:
        under_way.close()


class Habit:
    """Chooses what was chosen least so far, so that every branch is taken soon."""

    def __init__(self) -> None:
        self.chosen: Counter[tuple[str, str, str]] = Counter()

    def __call__(self, form: str, key: str, options: Sequence[str]) -> str | None:
        if not options:
            return None
        least = min(reversed(options), key=lambda one: self.chosen[form, key, one])
        self.chosen[form, key, least] += 1
        return least


@pytest.mark.parametrize("file", FOUND, ids=lambda file: file.stem)
def test_what_a_walk_has_found_stays_mended(file: Path, databases: Databases) -> None:
    told = stories.tell(file, databases.like("told", stories.furnish))
    assert not told.error, told.error


@settings(
    max_examples=8,
    deadline=None,
    derandomize=True,
    suppress_health_check=[
        HealthCheck.too_slow,
        HealthCheck.data_too_large,
        HealthCheck.large_base_example,
        HealthCheck.function_scoped_fixture,
    ],
)
@given(rng=st.randoms(use_true_random=False), steps=st.integers(1, 50))
@pytest.mark.usefixtures("words_only")
def test_the_law_is_kept_whatever_an_office_does(
    databases: Databases, rng: random.Random, steps: int
) -> None:
    with walking(databases, rng) as under_way:
        try:
            for _ in range(steps):
                under_way.step()
            under_way.finish()
        finally:
            note("\n".join(under_way.log))


@pytest.mark.usefixtures("facts_only")
def test_walks_and_stories_reach_every_end_every_task_and_every_branch(
    databases: Databases,
) -> None:
    """What few walks come to, such as a hearing asked for too late, a story comes to."""
    missing = {
        (one.process, place)
        for one in diagrams.with_called("serious_listing")
        for place in one.wanted
    }
    habit = Habit()
    for seed in range(MOST_WALKS):
        rng = random.Random(seed)  # noqa: S311
        with walking(databases, rng, steer=habit, steady=True) as under_way:
            for _ in range(50):
                under_way.step()
            under_way.finish()
            missing -= truths.reached(under_way.store, under_way.rows)
    for folder in TOLD:
        for story in sorted((samples.SCENARIOS / folder).glob("*.yaml")):
            if missing:
                missing -= _reached_by(databases, story)
    assert not missing, sorted(missing)


def _reached_by(databases: Databases, story: Path) -> set[tuple[str, str]]:
    url = databases.like("told", stories.furnish)
    opened = house.tell(url, story, len(stories.read(story)["steps"]))
    try:
        return truths.reached(opened, Rows(url))
    finally:
        opened.close()


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.usefixtures("facts_only")
def test_all_procedures_together_keep_the_law(databases: Databases, key: str, seed: int) -> None:
    """A story of each procedure is broken off somewhere, and an office without a plan goes on."""
    rng = random.Random(f"{key}{seed or ''}")  # noqa: S311
    told = sorted((samples.SCENARIOS / key).glob("*.yaml"))
    story = rng.choice(told)
    most = rng.randrange(1, len(stories.read(story)["steps"]) + 1)
    steady = KEYS.index(key) % 2 == 1
    with walking(databases, rng, steer=Habit(), steady=steady, story=(story, most)) as under_way:
        under_way.procedures = under_way.opened_by_people()
        under_way.most_cases, under_way.most_open = MIXED_CASES
        for _ in range(MIXED_STEPS):
            under_way.step()
        under_way.finish()
        aftermath.check_over(under_way.rows)


@pytest.mark.usefixtures("facts_only")
def test_a_restart_between_any_two_steps_changes_no_row(
    databases: Databases, monkeypatch: pytest.MonkeyPatch
) -> None:
    digests: list[dict[str, str]] = []
    for restarts in (False, True):
        ids = random.Random(7)  # noqa: S311
        monkeypatch.setattr(
            "SpiffWorkflow.task.uuid4", lambda ids=ids: uuid.UUID(int=ids.getrandbits(128))
        )
        rng = random.Random(11)  # noqa: S311
        with walking(databases, rng, restarts=restarts) as under_way:
            for _ in range(50):
                under_way.step()
            under_way.finish()
            digests.append(under_way.rows.digest())
    assert digests[0] == digests[1]


@pytest.mark.usefixtures("facts_only")
def test_whoever_comes_to_be_barred_can_give_a_task_back(databases: Databases) -> None:
    with walking(databases, random.Random(2), steady=True) as under_way:  # noqa: S311
        under_way.open()
        for _ in range(2):
            under_way.go_on(1)
        (task,) = under_way.rows.of("tasks", status="open")
        song = under_way.of("song", task["role"])
        cases.claim_task(under_way.store, song, task["id"])
        t = models.tasks
        with under_way.store.transaction() as tx:
            drafted = t.update().where(t.c.element == "draft_notice")
            tx.run(drafted.values(completed_by=song.person_id))
        with pytest.raises(errors.FourEyes):
            cases.complete_task(under_way.store, song, task["id"], {"approved": "yes"})
        cases.release_task(under_way.store, song, task["id"])
        (task,) = under_way.rows.of("tasks", status="open")
        assert (task["element"], task["assignee_id"]) == ("approve_notice", None)


def test_a_diligent_office_lists_with_real_documents(databases: Databases) -> None:
    def listed(seed: int) -> set[str]:
        """Kinds of documents of a case that came to a listing; none where it did not."""
        with walking(databases, random.Random(seed)) as under_way:  # noqa: S311
            under_way.open()
            under_way.finish()
            case = under_way.rows.of("cases")[0]
            papers = under_way.rows.of("documents", case_id=case["id"])
        return {one["kind"] for one in papers} if case["ended_reason"] == "listed" else set()

    kinds = next(found for found in map(listed, range(2, 12)) if found)
    assert {"prior_notice", "listing_decision", "repair_notice", "service_record"} <= kinds
