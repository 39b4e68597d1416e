"""Random draws (随机抽取) that anybody can do again: seed, pool and result are kept (R-053).

The seed comes from the machine's own source of chance, nobody chooses it; the pool is fixed and
hashed before the seed is used. Whoever has the row finds the same result.
"""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from workflows import errors, models, settings
from workflows.registry import instants, values
from workflows.store import Row, Transaction

LAW = "安信用办〔2023〕5号 三（四）"
METHOD = "sha256(种子:编号) 由小到大排列，取前若干名"

_d = models.draws


@dataclass(frozen=True)
class Share:
    """How much of a pool is drawn: percent, rounded up, and never fewer than `least`."""

    share_percent: int
    least: int
    basis: str
    confidence: str
    valid_from: date
    valid_to: date | None

    def of(self, size: int) -> int:
        """How many of a pool of `size`."""
        return min(size, max(self.least, -(-size * self.share_percent // 100)))


def draw(seed: str, pool: Sequence[int], count: int) -> list[int]:
    """The `count` members of `pool` that the seed picks; the order of the pool does not matter."""
    ranked = sorted(pool, key=lambda one: hashlib.sha256(f"{seed}:{one}".encode()).hexdigest())
    return sorted(ranked[:count])


def hash_pool(pool: Sequence[int]) -> str:
    """sha256 over the ids in order."""
    return hashlib.sha256(",".join(str(one) for one in sorted(pool)).encode()).hexdigest()


def of_month(tx: Transaction, case: values.Fields, now: datetime) -> Row:
    """The draw of the case's department for this month, held now where nobody has held it yet.

    The pool is every commitment of the department that is under supervision; what stays out is
    told with its reason.
    """
    period = f"{instants.office_day(now):%Y-%m}"
    known = _find(tx, case["department_id"], period)
    if known is not None:
        return known
    pool, excluded = _pool(tx, case["department_id"], instants.office_day(now))
    seed = secrets.token_hex(32)
    row = {
        "case_id": case["id"],
        "department_id": case["department_id"],
        "period": period,
        "seed": seed,
        "pool": pool,
        "pool_sha256": hash_pool(pool),
        "excluded": excluded,
        "drawn": draw(seed, pool, share(instants.office_day(now)).of(len(pool))),
        "method": METHOD,
        "drawn_at": now,
    }
    tx.insert_once(_d, row)
    held = _find(tx, case["department_id"], period)
    if held is None:
        raise errors.CaseChanged
    return held


def is_true(row: Row) -> bool:
    """Whether the draw, done again from what was kept, gives what was kept."""
    pool, drawn = list(row["pool"]), list(row["drawn"])
    return row["pool_sha256"] == hash_pool(pool) and drawn == draw(row["seed"], pool, len(drawn))


def share(day: date) -> Share:
    """The share in force on a day; raises LawFaulty where there is none."""
    for one in _shares(settings.LAW / "sampling.yaml"):
        if one.valid_from <= day and (one.valid_to is None or day <= one.valid_to):
            return one
    raise errors.LawFaulty(f"sampling.yaml 没有 {day} 有效的抽查比例")


def _pool(tx: Transaction, department_id: int, day: date) -> tuple[list[int], list[dict[str, Any]]]:
    c, k = models.commitments, models.cases
    rows = tx.all(
        c.join(k, c.c.case_id == k.c.id)
        .select()
        .with_only_columns(c.c.id, c.c.status, c.c.period_end)
        .where(k.c.department_id == department_id, c.c.status.in_(["published", "supervised"]))
        .order_by(c.c.id)
    )
    pool: list[int] = []
    excluded: list[dict[str, Any]] = []
    for row in rows:
        if row["status"] != "supervised":
            excluded.append({"id": row["id"], "reason": "尚未纳入践诺监督"})
        elif row["period_end"] is not None and row["period_end"] < day:
            excluded.append({"id": row["id"], "reason": "承诺期限已经届满"})
        else:
            pool.append(row["id"])
    return pool, excluded


def _find(tx: Transaction, department_id: int, period: str) -> Row | None:
    mine = _d.select().where(_d.c.department_id == department_id, _d.c.period == period)
    return tx.first(mine)


@lru_cache
def _shares(path: Path) -> tuple[Share, ...]:
    try:
        written = yaml.safe_load(path.read_text("utf-8"))
        return tuple(Share(**row) for row in written["sampling"])
    except (yaml.YAMLError, KeyError, TypeError, ValueError) as fault:
        raise errors.LawFaulty(f"{path.name} 不能读取：{fault}") from fault
