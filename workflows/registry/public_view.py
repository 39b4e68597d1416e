"""What the public sees of a listing, a record or a commitment (D14), and what it must not see.

A view is a title and lines of label and value, the same on every channel (国办发〔2020〕49号
三（四）、（五）; INV-12). Personal data is masked here and nowhere else.
"""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import orjson

from workflows import errors, identifiers, models
from workflows.registry import instants, law, lawful, records, subjects, tables, values
from workflows.store import Row, Transaction

ARTICLE = "国办发〔2020〕49号 三（四）"
TITLES: Mapping[str, str] = {
    "listing": "严重失信主体名单信息",
    "record": "行政处罚信息",
    "commitment": "信用承诺信息",
}
ADULT = 18

_CITIZEN_ID = re.compile(r"(?<!\d)\d{17}[\dXx](?![\dXx])")
_MOBILE = re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)")
_DISTRICT = re.compile(
    r"^(?:.{2,8}?(?:自治区|省))?(?:.{2,10}?(?:自治州|地区|市|盟))?.{1,10}?[区县旗市]"
)


@dataclass(frozen=True)
class About:
    """What a publicity is about: one row of the registry, whose it is and since when."""

    kind: str
    row: Row
    subject: Row
    organ: Row
    document_on: date
    """The day of the document that the information rests on: terms run from it (D13)."""

    @property
    def list_code(self) -> str:
        """The list, or nothing where it is none."""
        return self.row["list_code"] if self.kind == "listing" else ""


def holder(tx: Transaction, about: About) -> str:
    """person, enterprise or minor (D14). Whose age cannot be told counts as a minor.

    Age is that of the day of the earliest document: what was done as a child stays unpublished.
    """
    if not subjects.is_person(about.subject):
        return "enterprise"
    grounds = values.read_rows(about.row["grounds"]) if about.list_code else []
    cited = {one for ground in grounds for one in records.cited(ground)}
    days = [row["decided_on"] for row in records.by_ids(tx, cited)]
    age = subjects.age_on(about.subject, min([*days, about.document_on]))
    return "person" if age is not None and age >= ADULT else "minor"


def show(audience: str, who: str, field: str, value: str, *, has_basis: bool) -> str:
    """A field of a subject as this audience sees it (D14); nothing where it sees none."""
    match tables.masking(audience, who, field, has_basis=has_basis):
        case "full":
            return value
        case "surname":
            return identifiers.mask_name(value)
        case "masked_id":
            return identifiers.mask_citizen_id(value)
        case "district":
            return to_district(value)
        case _:
            return ""


def to_district(address: str) -> str:
    """`安阳市殷都区钢城路9号` → `安阳市殷都区`; an address that names no district shows nothing."""
    found = _DISTRICT.match(address)
    return found[0] if found else ""


def compose(
    tx: Transaction, about: About, summary: str, personal_basis: str, ends_on: date
) -> dict[str, Any]:
    """The public view: {title, lines: [{label, value}]}; lines that say nothing are left out."""
    who, has_basis = holder(tx, about), bool(personal_basis)
    party = about.subject
    shown = {
        field: show("public", who, field, party[field], has_basis=has_basis)
        for field in ("name", "id_no", "address", "legal_rep")
    }
    lines = [
        ("主体名称", shown["name"]),
        ("统一社会信用代码", shown["id_no"]),
        ("所在区县", shown["address"]),
        ("法定代表人", shown["legal_rep"]),
        *_particulars(tx, about, summary),
        ("公示截止日期", say_day(ends_on)),
    ]
    return {
        "title": TITLES[about.kind],
        "lines": [{"label": name, "value": said} for name, said in lines if said],
    }


def digest(content: Any, ends_on: date) -> str:
    """sha256 of what every channel shows and until when (INV-12)."""
    kept = {"content": content, "ends_on": ends_on.isoformat()}
    return hashlib.sha256(orjson.dumps(kept, option=orjson.OPT_SORT_KEYS)).hexdigest()


def write_out(content: Any) -> str:
    """The view as plain text, one line for each field: what a person checks."""
    [view] = values.read_rows([content]) or [{}]
    lines = [f"{one['label']}：{one['value']}" for one in values.read_rows(view.get("lines"))]
    return "\n".join([str(view.get("title", "")), *lines])


def check_words(about: About, content: Any, *, has_basis: bool) -> None:
    """Raise NotPublishable where the words give away a number or a name that D14 keeps back."""
    text = write_out(content)
    found = [
        name
        for name, pattern in (("公民身份号码", _CITIZEN_ID), ("手机号码", _MOBILE))
        if pattern.search(identifiers.normalise_width(text))
    ]
    kept_back = [] if has_basis else [("法定代表人姓名", about.subject["legal_rep"])]
    if subjects.is_person(about.subject):
        kept_back = [("当事人姓名", about.subject["name"])]
    found += [name for name, word in kept_back if len(word) > 1 and word in text]
    if found:
        raise errors.NotPublishable(f"公示内容中有{'、'.join(found)}，请删去", article=ARTICLE)


def suggest_summary(about: About) -> str:
    """The facts as the decision words them, for a person to make fit for the public."""
    if about.kind == "record":
        return about.row["facts"] or about.row["behaviour"]
    if about.kind == "commitment":
        return "\n".join(_texts(about.row["clauses"]))
    grounds = values.read_rows(about.row["grounds"])
    return "\n".join(f"{one.get('no')}．{values.read_text(one, 'text')}" for one in grounds)


def say_day(day: date) -> str:
    """`2026年3月9日`."""
    return f"{day.year}年{day.month}月{day.day}日"


def _particulars(tx: Transaction, about: About, summary: str) -> list[tuple[str, str]]:
    row = about.row
    if about.kind == "record":
        return [
            ("违法事实", summary),
            ("处罚依据", row["basis"]),
            ("处罚内容", row["content"] or "、".join(values.read_texts(row["categories"]))),
            ("决定书文号", row["doc_no"]),
            ("决定机关", row["organ"]),
            ("决定日期", say_day(row["decided_on"])),
        ]
    if about.kind == "commitment":
        end = row["period_end"]
        return [
            ("承诺内容", summary),
            ("签署日期", say_day(row["signed_on"])),
            ("承诺期限至", say_day(end) if end else ""),
            ("受理质疑、举报的单位", about.organ["name"]),
        ]
    rule = law.describe_list(row["list_code"])
    return [
        ("名单", rule.name if rule else row["list_code"]),
        ("列入事由", summary),
        ("列入依据", f"《{rule.basis}》{rule.article}" if rule else ""),
        ("失信惩戒措施", "、".join(_measures(row))),
        ("决定书文号", _number(tx, row["decision_document_id"])),
        ("决定机关", about.organ["name"]),
        ("列入日期", say_day(row["term_start"])),
        ("列入期限至", say_day(row["term_end"])),
    ]


def _measures(listing: Row) -> list[str]:
    day = instants.office_day(listing["decided_at"])
    codes = values.read_texts(listing["measures"])
    return [found.name for code in codes if (found := law.find_measure(code, day))]


def _number(tx: Transaction, document_id: int | None) -> str:
    d = models.documents
    row = tx.first(d.select().with_only_columns(d.c.number).where(d.c.id == document_id))
    return row["number"] if row else ""


def _texts(clauses: Any) -> Sequence[str]:
    rows = values.read_rows(clauses)
    return [values.read_text(one, "text") for one in rows] if rows else values.read_texts(clauses)


def organ_of(tx: Transaction, case_id: int) -> Row:
    """The department of a case."""
    case = tx.one(models.cases.select().where(models.cases.c.id == case_id))
    return lawful.find_organ(tx, case)
