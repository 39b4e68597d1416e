"""The decision on a repair (准予、不予): by a named person who has not handled the application.

Nothing is granted but on what rows prove; nothing is refused without reasons, what is missing and
the day of the next chance (国办发〔2020〕49号 六; INV-10, INV-15).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from workflows import errors
from workflows.registry import instants, repairable, repairs, values
from workflows.store import Row, Transaction


@dataclass(frozen=True)
class Decision:
    """What a named person decides: `missing` and `again_on` where repair is refused."""

    by: int | None
    reasons: str
    deviation: str = ""
    missing: Sequence[str] = ()
    again_on: date | None = None


def grant(
    tx: Transaction,
    case: values.Fields,
    repair: Row,
    found: repairable.Assessment,
    decision: Decision,
    now: datetime,
) -> None:
    """准予修复, by a named person who has not handled the application, where all is met.

    The only function that writes `granted`. Raises RepairBarred for what the law does not leave to
    anybody's discretion, FourEyes, RefusalUnreasoned for a deviation without reasons.
    """
    _check_decider(tx, case, repair, decision.by)
    earliest = repairs.say_day(found.earliest_on)
    demands = {
        found.unrepairable: bool(found.unrepairable),
        "所据文书已被撤销，应当撤销更正": found.base_revoked,
        "义务尚未履行完毕": not found.performed,
        "不良影响尚未消除": not found.effects_removed,
        f"最短公示期尚未届满，最早可于{earliest}修复": not found.term_reached,
        "没有作出信用承诺": not found.commitment_given,
        "申请尚未核实": not repair["findings"],
    }
    unmet = [said for said, is_unmet in demands.items() if is_unmet]
    if unmet:
        raise errors.RepairBarred("；".join(unmet), article=repairs.LAW)
    _check_deviation(repair, "grant", decision.deviation)
    if len(decision.reasons.strip()) < 2:
        raise errors.RefusalUnreasoned("没有写明理由", article=repairs.LAW)
    repairs.move(tx, repair, "granted", now, **_told(decision, now))


def refuse(
    tx: Transaction, case: values.Fields, repair: Row, decision: Decision, now: datetime
) -> None:
    """不予修复: never without reasons, what is missing, and the day of the next chance (INV-15)."""
    _check_decider(tx, case, repair, decision.by)
    lacking = {
        "理由": len(decision.reasons.strip()) >= 2,
        "尚缺的条件": bool(values.read_texts(list(decision.missing))),
        "最早可以再次申请的日期": decision.again_on is not None,
    }
    unsaid = [name for name, is_said in lacking.items() if not is_said]
    if unsaid:
        raise errors.RefusalUnreasoned(f"缺少{'、'.join(unsaid)}", article=repairs.LAW)
    if decision.again_on and decision.again_on < instants.office_day(now):
        raise errors.RefusalUnreasoned(
            f"最早可以再次申请的日期 {decision.again_on} 已经过去", article=repairs.LAW
        )
    _check_deviation(repair, "refuse", decision.deviation)
    missing = list(decision.missing)
    told = _told(decision, now)
    repairs.move(tx, repair, "refused", now, missing=missing, earliest_on=decision.again_on, **told)


def _check_decider(tx: Transaction, case: values.Fields, repair: Row, by: int | None) -> None:
    """INV-10: who decides has not registered, checked or verified the application."""
    repairs.check_named(by)
    if by in repairs.hands(tx, case["id"]) | {repair["verified_by"]}:
        raise errors.FourEyes("办理过本申请的人不得作出决定", article=repairs.EYES_LAW)


def _check_deviation(repair: Row, decision: str, deviation: str) -> None:
    """A decision that differs from D12 says why."""
    agrees = (repair["recommended"] == "grant") == (decision == "grant")
    if not agrees and len(deviation.strip()) < 2:
        raise errors.RefusalUnreasoned("决定与决策表的建议不同，须写明理由", article=repairs.LAW)


def _told(decision: Decision, now: datetime) -> dict[str, Any]:
    return {
        "reasons": decision.reasons,
        "deviation": decision.deviation,
        "decided_by": decision.by,
        "decided_at": now,
    }
