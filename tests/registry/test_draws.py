"""A draw can be done again by anybody from what was kept, and nobody chooses its seed."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.registry import told
from workflows import errors, models
from workflows.registry import draws

POOLS = st.lists(st.integers(1, 10_000), unique=True, max_size=40)
SEEDS = st.text(alphabet="0123456789abcdef", min_size=1, max_size=64)


@given(SEEDS, POOLS, st.integers(0, 50))
def test_the_same_record_gives_the_same_draw_whatever_the_order(
    seed: str, pool: list[int], count: int
) -> None:
    drawn = draws.draw(seed, pool, count)
    assert drawn == draws.draw(seed, list(reversed(pool)), count)
    assert set(drawn) <= set(pool)
    assert len(drawn) == min(count, len(pool))
    assert draws.hash_pool(pool) == draws.hash_pool(sorted(pool))


@given(SEEDS, POOLS, st.integers(1, 20))
def test_who_is_drawn_from_fewer_was_among_those_drawn_from_more(
    seed: str, pool: list[int], count: int
) -> None:
    assert set(draws.draw(seed, pool, count - 1)) <= set(draws.draw(seed, pool, count))


@given(st.integers(0, 1000))
def test_a_fifth_rounded_up_and_at_least_one_is_drawn(size: int) -> None:
    share = draws.share(date(2026, 5, 1))
    wanted = share.of(size)
    assert wanted <= size
    assert size == 0 or wanted >= 1
    assert wanted * 100 >= min(size * 100, size * share.share_percent)


def test_there_is_no_share_before_the_rules_begin() -> None:
    with pytest.raises(errors.LawFaulty, match=r"sampling\.yaml"):
        draws.share(date(2019, 12, 31))


@dataclass
class Spoilt:
    row: dict[str, Any]

    def with_(self, **changes: Any) -> Any:
        return {**self.row, **changes}


def commitment(tx: Any, desk: told.Desk, status: str = "supervised", days: int = 300) -> int:
    return tx.insert(
        models.commitments,
        {
            "subject_id": 1,
            "case_id": desk.case_id,
            "status": status,
            "period_end": (told.DECIDING + timedelta(days=days)).date(),
            "history": [],
        },
    )


def test_one_draw_a_month_for_the_department_with_seed_pool_hash_and_exclusions(
    desk: told.Desk,
) -> None:
    with desk.at(told.DECIDING) as tx:
        ids = [commitment(tx, desk) for _ in range(7)]
        public = commitment(tx, desk, "published")
        over = commitment(tx, desk, days=-1)
        row = draws.of_month(tx, desk.case(tx), told.DECIDING)
    assert row["pool"] == ids
    assert {one["id"] for one in row["excluded"]} == {public, over}
    assert all(one["reason"] for one in row["excluded"])
    assert len(row["drawn"]) == 2
    assert len(row["seed"]) == 64
    assert draws.is_true(row)
    with desk.at(told.DECIDING + timedelta(days=5)) as tx:
        commitment(tx, desk)
        again = draws.of_month(tx, desk.case(tx), tx.now)
    assert (again["id"], again["seed"], again["drawn"]) == (row["id"], row["seed"], row["drawn"])
    with desk.at(told.DECIDING + timedelta(days=31)) as tx:
        later = draws.of_month(tx, desk.case(tx), tx.now)
    assert later["period"] == "2026-04"
    assert later["seed"] != row["seed"]
    assert len(later["pool"]) == 8


def test_whoever_changes_a_kept_draw_is_found_out(desk: told.Desk) -> None:
    with desk.at(told.DECIDING) as tx:
        for _ in range(20):
            commitment(tx, desk)
        kept = Spoilt(dict(draws.of_month(tx, desk.case(tx), told.DECIDING)))
    left = next(one for one in kept.row["pool"] if one not in kept.row["drawn"])
    assert draws.is_true(kept.with_())
    assert not draws.is_true(kept.with_(drawn=[*kept.row["drawn"][1:], left]))
    assert not draws.is_true(kept.with_(pool=kept.row["pool"][1:]))
    assert not draws.is_true(kept.with_(pool_sha256="0" * 64))
    assert not draws.is_true(kept.with_(seed="f" * 64))


def test_an_empty_pool_draws_nobody(desk: told.Desk) -> None:
    with desk.at(told.DECIDING) as tx:
        row = draws.of_month(tx, desk.case(tx), told.DECIDING)
    assert (row["pool"], row["drawn"]) == ([], [])
    assert draws.is_true(row)
