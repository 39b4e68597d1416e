"""The stage of a story: its offices, its people, its registry, its database and its clock."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from workflows import errors, identifiers, models, people, store, workdays

CAST: Sequence[tuple[str, str, str, str]] = (
    ("wang", "王承办", "yindu_market", "caseworker"),
    ("chen", "陈承办", "yindu_market", "caseworker"),
    ("liu", "刘承办", "yindu_market", "caseworker"),
    ("li", "李法制", "yindu_market", "legal_reviewer"),
    ("zhao", "赵局长", "yindu_market", "dept_head"),
    ("sun", "孙督导", "yindu_market", "supervisor"),
    ("zhou", "周设计", "yindu_market", "designer"),
    ("qian", "钱主任", "yindu_fgw", "ndrc_lead"),
)
"""Login, name, department and role of the people every story may use without naming them."""

DEFAULT_SUBJECT = {"uscc": "91410505MA44AA0197", "name": "殷都甲商贸有限公司"}

DEPARTMENTS: Sequence[Mapping[str, str]] = (
    {
        "code": "anyang",
        "name": "安阳市人民政府",
        "short_name": "安政",
        "kind": "city",
        "division": "410500",
    },
    {
        "code": "yindu",
        "parent": "anyang",
        "name": "安阳市殷都区人民政府",
        "short_name": "殷政",
        "kind": "county",
        "division": "410505",
    },
    {
        "code": "yindu_fgw",
        "parent": "yindu",
        "name": "安阳市殷都区发展和改革委员会",
        "short_name": "殷发改",
        "kind": "lead",
        "division": "410505",
    },
    {
        "code": "yindu_market",
        "parent": "yindu_fgw",
        "name": "安阳市殷都区市场监督管理局",
        "short_name": "殷市监",
        "kind": "bureau",
        "division": "410505",
        "uscc": "11410505MB0123451B",
        "address": "安阳市殷都区文明大道1号",
        "phone": "0372-0000000",
        "website": "credit.example.gov.cn",
        "government": "安阳市殷都区人民政府",
        "court": "安阳市殷都区人民法院",
    },
)
"""The offices of every story, from the top; the lead office stands above the bureau it leads."""


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
    """Put the offices and the cast on stage; `more` people: {login, name, department, role}."""
    ids: dict[str, int] = {}
    with house.transaction() as tx:
        for row in DEPARTMENTS:
            values = {name: value for name, value in row.items() if name != "parent"}
            parent = ids.get(row.get("parent", ""))
            ids[row["code"]] = people.add_department(tx, parent, **values)
        for login, name, code, role in CAST:
            people.add_person(tx, login, name, None, [(ids[code], role)])
        for person in more:
            roles = [(ids[person.get("department", "yindu_market")], str(person["role"]))]
            people.add_person(tx, str(person["login"]), str(person["name"]), None, roles)


def add_registry(stage: Stage, story: Mapping[str, Any]) -> None:
    """Write the story's `subjects` and `records` rows; one subject is there unless it says so."""
    subjects = story.get("subjects") or [
        {"uscc": "91410505MA44AA0197", "name": "殷都甲商贸有限公司"}
    ]
    ids: dict[str, int] = {}
    with stage.store.transaction() as tx:
        for row in subjects:
            ids[str(row["uscc"])] = tx.insert(models.subjects, _subject_row(row, tx.now))
        records = story.get("records")
        for row in records if records is not None else [{"doc_no": "殷市监罚〔2026〕1号"}]:
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
        "organ_uscc": str(row.get("organ_uscc", "11410505MB0123451B")),
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
