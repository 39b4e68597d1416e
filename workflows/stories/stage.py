"""The stage of a story: its offices, its people, its registry, its database and its clock."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import yaml

from workflows import errors, identifiers, models, people, settings, store, workdays

OFFICE = settings.ROOT / "workflows" / "samples" / "office.yaml"
"""The offices and people that every story may use without naming them."""

DEFAULT_SUBJECT = {"uscc": "91410505MA44AA018A", "name": "殷都甲商贸有限公司"}


class StoryFailed(errors.ZhengchengError):
    """案例未通过。"""


@dataclass
class Stage:
    """The database, clock and cases of one story while it is told."""

    store: store.Store
    cases: dict[str, int] = field(default_factory=dict[str, int])
    current: str = ""
    folder: Path = Path()

    @property
    def case_id(self) -> int:
        """The case that the next step is about."""
        if self.current not in self.cases:
            raise StoryFailed("还没有打开任何案件")
        return self.cases[self.current]


def set_stage(house: store.Store, more: Sequence[Mapping[str, Any]] = ()) -> None:
    """Put the offices and the cast on stage; `more` people as in `add_people`."""
    office = yaml.safe_load(OFFICE.read_text("utf-8"))
    with house.transaction() as tx:
        people.furnish(tx, office)
    add_people(house, more)


def add_people(house: store.Store, more: Sequence[Mapping[str, Any]]) -> None:
    """People beside the cast: {login, name, department, role(s)}; unsaid, of 殷都区市场监管局."""
    d = models.departments
    with house.transaction() as tx:
        ids = {row["code"]: row["id"] for row in tx.all(d.select())}
        for person in more:
            home = ids[person.get("department", "yindu_market")]
            roles = [(home, str(role)) for role in person.get("roles") or [person["role"]]]
            people.add_person(tx, str(person["login"]), str(person["name"]), None, roles)


def add_registry(stage: Stage, story: Mapping[str, Any]) -> None:
    """Write the story's `subjects` and `records` rows; one subject is there unless it says so."""
    s = models.subjects
    with stage.store.transaction() as tx:
        ids = {row["id_no"]: row["id"] for row in tx.all(s.select().order_by(s.c.id))}
        for row in story.get("subjects") or ([] if ids else [DEFAULT_SUBJECT]):
            ids[str(row["uscc"])] = tx.insert(models.subjects, _subject_row(row, tx.now))
        records = story.get("records")
        first = [] if stage.cases else [{"doc_no": "殷市监罚〔2026〕1号"}]
        for row in first if records is None else records:
            subject_id = ids[str(row.get("uscc", next(iter(ids))))]
            tx.insert(models.records, _record_row(row, subject_id, tx.now))


def _subject_row(row: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    kind = identifiers.subject_type(str(row["uscc"]))
    return {
        "id_scheme": "uscc",
        "id_no": str(row["uscc"]),
        "name": str(row["name"]),
        "kind": str(row.get("kind", kind.kind)),
        "track": str(row.get("track", kind.governance_track)),
        "status": str(row.get("status", "存续")),
        "division": str(row.get("division", "410505")),
        "address": str(row.get("address", "安阳市殷都区钢城路9号")),
        "legal_rep": str(row.get("legal_rep", "甄实")),
        "source": "story",
        "created_at": now,
        "updated_at": now,
    }


def _record_row(row: Mapping[str, Any], subject_id: int, now: datetime) -> dict[str, Any]:
    def day(name: str, default: date | None = None) -> date | None:
        value = row.get(name, default)
        return date.fromisoformat(value) if isinstance(value, str) else value

    return {
        "subject_id": subject_id,
        "kind": str(row.get("kind", "penalty")),
        "doc_no": identifiers.normalise_document_number(str(row["doc_no"])),
        "organ": str(row.get("organ", "安阳市殷都区市场监督管理局")),
        "organ_uscc": str(row.get("organ_uscc", "11410505865654214Y")),
        "behaviour": str(row.get("behaviour", "销售不合格产品")),
        "facts": str(row.get("facts", "销售不合格产品，货值金额五万元。")),
        "basis": str(row.get("basis", "《产品质量法》第四十九条")),
        "categories": row.get("categories", ["罚款"]),
        "fine_fen": row.get("fine_fen", 10_000_000),
        "decided_on": day("decided_on", date(2026, 2, 24)),
        "valid_to": day("valid_to"),
        "publicity_to": day("publicity_to", date(2029, 2, 24)),
        "status": str(row.get("status", "public")),
        "corrected": bool(row.get("corrected", False)),
        "created_at": now,
    }


def instant(value: Any) -> datetime:
    """An instant as stories write it: office time unless it carries an offset."""
    if isinstance(value, date) and not isinstance(value, datetime):
        value = datetime.combine(value, time())
    at = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    return (
        at.replace(tzinfo=workdays.OFFICE) if at.tzinfo is None else at.astimezone(workdays.OFFICE)
    )
