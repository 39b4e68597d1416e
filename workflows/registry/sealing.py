"""What only the supervisor may see: kept apart, and everywhere else only a reference to it.

Who reported is known to nobody who handles the report (INV-22). A sealed answer never stands in
facts, history, messages, drafts or documents.
"""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from workflows import errors, models
from workflows.registry import instants, values
from workflows.store import Row, Transaction

LAW = "安信用办〔2023〕5号 三（四）；个人信息保护法第五十一条"
_REFERENCE = re.compile(r"密封第(\d+)号\Z")

_s = models.sealed


def seal(tx: Transaction, case_id: int | None, name: str, value: str) -> str:
    """Keep `value` apart and return the reference that stands for it; '' for nothing.

    A reference to what this case has sealed already stays that reference.
    """
    if not value.strip():
        return ""
    known = _REFERENCE.match(value)
    if known and case_id is not None:
        mine = _s.select().where(_s.c.id == int(known[1]), _s.c.case_id == case_id)
        if tx.first(mine) is not None:
            return value
    sealed_id = tx.insert(
        _s, {"case_id": case_id, "name": name, "value": value, "sealed_at": tx.now}
    )
    return f"密封第{sealed_id}号"


def bind(tx: Transaction, case_id: int, facts: Mapping[str, Any]) -> None:
    """What was sealed while the case was being opened belongs to it."""
    found = (_REFERENCE.match(value) for value in facts.values() if isinstance(value, str))
    ids = [int(one[1]) for one in found if one]
    if ids:
        mine = _s.update().where(_s.c.id.in_(ids), _s.c.case_id.is_(None))
        tx.run(mine.values(case_id=case_id))


def of_case(tx: Transaction, case_id: int) -> list[Row]:
    """What a case has sealed, without what it says."""
    kept = [column for column in _s.c if column.name != "value"]
    mine = _s.select().with_only_columns(*kept).where(_s.c.case_id == case_id)
    return list(tx.all(mine.order_by(_s.c.id)))


def open_seal(tx: Transaction, sealed: Row, by: str, reason: str, now: datetime) -> str:
    """What is sealed; that it was opened, by whom and why is written down first."""
    if len(reason.strip()) < 2:
        raise errors.AnswersRefused({"reason": "请写明拆封的理由，理由将载入历史"})
    told = {"at": instants.write_instant(now), "by": by, "reason": reason.strip()}
    opened = [*values.read_rows(sealed["opened"]), told]
    tx.run(_s.update().where(_s.c.id == sealed["id"]).values(opened=opened))
    return str(sealed["value"])


def find(tx: Transaction, sealed_id: int) -> Row:
    """The sealed row; raises NotFound."""
    return tx.one(_s.select().where(_s.c.id == sealed_id))
