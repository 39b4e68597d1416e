"""What several machines do at one instant happens once, and nobody sees it half done."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest

from tests.cases import office
from workflows import cases, designing, store
from workflows.cases import history
from workflows.registry import screening


@pytest.fixture
def machines(house: store.Store) -> Iterator[list[store.Store]]:
    """Three machines on one database."""
    others = [store.Store(house.url, house.clock) for _ in range(3)]
    yield others
    for one in others:
        one.close()


def test_two_designers_deploy_at_once_and_get_a_version_each(
    house: store.Store, machines: list[store.Store]
) -> None:
    texts = [office.form({"key": "text", "label": label}) for label in "甲乙丙"]

    def deploy(machine: store.Store, text: bytes) -> int:
        bundle = {**office.bundle(), "forms/permit/note.form": text}
        return designing.deploy_bundle(machine, bundle, "permit")

    with ThreadPoolExecutor(3) as crowd:
        versions = list(crowd.map(deploy, machines, texts))
    assert sorted(versions) == [1, 2, 3]


def test_a_screening_asked_for_on_all_machines_is_one(
    house: store.Store, machines: list[store.Store]
) -> None:
    def ask(machine: store.Store) -> int:
        with machine.transaction() as tx:
            return screening.request(tx, date(2026, 3, 2))

    with ThreadPoolExecutor(3) as crowd:
        assert len(set(crowd.map(ask, machines))) == 1


def test_a_case_that_goes_on_while_it_is_verified_is_not_taken_for_changed(
    house: store.Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.deploy(house)
    case_id = office.open_permit(house)
    real, left = history.seal, iter([True])

    def seal(row: store.Row, previous: str) -> str:
        if next(left, False):
            office.complete(house, case_id, "apply", "wang", title="标题")
        return real(row, previous)

    monkeypatch.setattr(history, "seal", seal)
    assert cases.verify_case(house, case_id) is None
