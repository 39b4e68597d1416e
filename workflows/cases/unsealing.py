"""密封信息: who reported; the supervisor alone opens it, and why goes into the history."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from workflows import access, errors, models
from workflows.access import Actor
from workflows.cases import history, opening
from workflows.registry import instants, sealing, values
from workflows.store import Row, Store, Transaction

NAMES: Mapping[str, str] = {
    "challenger_name": "质疑人姓名",
    "challenger_contact": "质疑人的联系方式",
}


@dataclass(frozen=True)
class Seal:
    """Something sealed, without what it says. `opened`: when, by whom and why."""

    id: int
    name: str
    sealed_at: datetime
    opened: tuple[tuple[datetime, str, str], ...]


def seals_of(store: Store, actor: Actor, case_id: int) -> tuple[Seal, ...]:
    """What a case has sealed; raises NotAllowed, NotFound."""
    with store.reading() as tx:
        opening.read_case(tx, actor, case_id)
        access.check_role(actor, access.UNSEALS, "查看密封信息")
        return tuple(_seal(row) for row in sealing.of_case(tx, case_id))


def open_seal(store: Store, actor: Actor, case_id: int, sealed_id: int, reason: str) -> str:
    """What is sealed. That it was opened, by whom and why is kept with it and in the history.

    Raises NotAllowed, NotFound, AnswersRefused for no reason, CaseChanged (INV-22).
    """
    with store.transaction() as tx:
        case = dict(opening.read_case(tx, actor, case_id))
        access.check_role(actor, access.UNSEALS, "拆封密封信息")
        row = sealing.find(tx, sealed_id)
        if row["case_id"] != case_id:
            raise errors.NotFound
        said = sealing.open_seal(tx, row, actor.name, reason, tx.now)
        after = {"seal": sealed_id, "name": row["name"], "reason": reason.strip()}
        _note(tx, actor, case, history.Event("seal_opened", article=sealing.LAW, after=after))
        return said


def _seal(row: Row) -> Seal:
    return Seal(
        id=row["id"],
        name=NAMES.get(row["name"], row["name"]),
        sealed_at=row["sealed_at"],
        opened=tuple(
            (instants.read_instant(one["at"], "拆封时间"), str(one["by"]), str(one["reason"]))
            for one in values.read_rows(row["opened"])
        ),
    )


def _note(tx: Transaction, actor: Actor, case: dict[str, Any], event: history.Event) -> None:
    """Seal the event into the history of the case, unless somebody else has just written there."""
    c = models.cases
    as_read = case["version"]
    tx.insert_many(models.events, history.chain(case, [event], actor, tx.now))
    kept = {name: case[name] for name in ("last_seq", "last_hash", "last_at")}
    mine = c.update().where(c.c.id == case["id"], c.c.version == as_read)
    if not tx.run(mine.values(version=as_read + 1, **kept)):
        raise errors.CaseChanged
