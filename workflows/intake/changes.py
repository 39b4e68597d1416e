"""A row of news → what it changes in the registry and whom it reaches, or why not (变动信息).

Three kinds in one table: a subject's status, a document annulled, a court's list.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import BinaryIO

from workflows import errors, models
from workflows.intake import cells, reading, subjects, verdicts
from workflows.intake.verdicts import Verdict
from workflows.registry import changes
from workflows.store import Transaction

NAMES = {
    "KIND": "变动类型",
    "USCC": "统一社会信用代码",
    "CONTENT": "变动内容",
    "DOC_NO": "文书号",
    "ORGAN_USCC": "作出机关代码",
    "CHANGED_ON": "变动日期",
    "BASIS": "依据文书",
}
LAYOUT = reading.Layout(
    names=NAMES,
    required=("KIND", "CHANGED_ON", "BASIS"),
    aliases={
        "类型": "KIND",
        "社会信用代码": "USCC",
        "变动后状态": "CONTENT",
        "原文书号": "DOC_NO",
        "机关代码": "ORGAN_USCC",
        "日期": "CHANGED_ON",
        "依据": "BASIS",
    },
)
STATUS, REVOKED, COURT = "主体状态", "文书撤销", "法院名单"
COURT_ACTS = {"列入": "added", "删除": "deleted"}
STATUSES = (*subjects.STATUSES, *changes.BANKRUPTCY)


@dataclass(frozen=True)
class Change:
    """One piece of news. `content`: the status, or what the court did; '' for a revocation."""

    row_no: int
    kind: str
    uscc: str
    content: str
    doc_no: str
    organ_uscc: str
    changed_on: date
    basis: str
    raw: dict[str, str] = field(repr=False)


def read_changes(stream: BinaryIO, today: date) -> Iterator[Change | cells.Rejected]:
    """Every row of the file in its order; raises FileRefused before the first row."""
    return (understand(row, today) for row in reading.open_table(stream, LAYOUT).rows)


def understand(row: reading.Row, today: date) -> Change | cells.Rejected:
    """The news a row tells, or every reason why it cannot be taken."""
    seen = cells.Cells(row, NAMES)
    raw = cells.without_personal_numbers(row, ())
    if seen.reasons:
        return cells.Rejected(row.number, tuple(seen.reasons), raw)
    kind = seen.required("KIND")
    content = seen.optional("CONTENT")
    uscc = seen.uscc("USCC")
    changed_on = _day(seen, today)
    basis = seen.required("BASIS", "国办发〔2020〕49号 二（二）")
    doc_no = seen.optional("DOC_NO")
    _check(seen, kind, content, uscc, doc_no)
    organ = seen.uscc("ORGAN_USCC")
    if seen.reasons or changed_on is None:
        return cells.Rejected(row.number, tuple(seen.reasons), raw)
    return Change(row.number, kind, uscc, content, doc_no, organ, changed_on, basis, raw)


def _day(seen: cells.Cells, today: date) -> date | None:
    text = seen.required("CHANGED_ON")
    day = seen.day("CHANGED_ON", text) if text else None
    if day is not None and day > today:
        seen.reject("CHANGED_ON", "in_future", f"“{day}”还没有到")
    return day


def _check(seen: cells.Cells, kind: str, content: str, uscc: str, doc_no: str) -> None:
    """What each kind of news must say."""
    if kind not in {STATUS, REVOKED, COURT, ""}:
        seen.reject("KIND", "kind_unknown", f"“{kind}”应为{STATUS}、{REVOKED}或者{COURT}")
    if kind in {STATUS, COURT} and not uscc and not seen.reasons:
        seen.reject("USCC", "missing", "未填写，请按登记证照补填")
    if kind in {REVOKED, COURT} and not doc_no:
        seen.reject("DOC_NO", "missing", "未填写，请填写被撤销文书的文号或者法院案号")
    offered = {STATUS: STATUSES, COURT: tuple(COURT_ACTS)}.get(kind, ())
    if offered and content not in offered:
        seen.reject("CONTENT", "content_unknown", f"“{content}”应为：{'、'.join(offered)}")


def take_changes(
    tx: Transaction, import_id: int, rows: Sequence[Change | cells.Rejected]
) -> list[Verdict]:
    """One batch of news, in its order; each says which cases were told."""
    tx.queue_at("registry")
    told = [_take(tx, row) for row in rows]
    verdicts.keep(tx, import_id, told)
    return told


def _take(tx: Transaction, row: Change | cells.Rejected) -> Verdict:
    if isinstance(row, cells.Rejected):
        return Verdict(row.row_no, "rejected", row.reasons, row.raw)
    try:
        told = _ACTS[row.kind](tx, row)
    except errors.NotFound as missing:
        reason = cells.Reason("DOC_NO", "not_found", missing.message)
        return Verdict(row.row_no, "rejected", (reason,), row.raw)
    if told is None:
        reason = cells.Reason("CONTENT", "duplicate", "登记簿中已经如此记载")
        return Verdict(row.row_no, "duplicate", (reason,), row.raw)
    said = f"已登记，并转告{len(told)}件在办案件" if told else "已登记；没有在办案件与此有关"
    return Verdict(row.row_no, "warning", (cells.Reason("", "told", said),), None)


def _status(tx: Transaction, row: Change) -> list[int] | None:
    subject_id = _find_subject(tx, row.uscc)
    return changes.change_status(tx, subject_id, row.content, row.changed_on, row.basis)


def _revoked(tx: Transaction, row: Change) -> list[int] | None:
    return changes.revoke_document(tx, row.doc_no, row.organ_uscc, row.changed_on, row.basis)


def _court(tx: Transaction, row: Change) -> list[int] | None:
    subject_id, act = _find_subject(tx, row.uscc), COURT_ACTS[row.content]
    return changes.change_court_list(tx, subject_id, act, row.doc_no, row.changed_on)


def _find_subject(tx: Transaction, uscc: str) -> int:
    s = models.subjects
    row = tx.first(s.select().where(s.c.id_scheme == "uscc", s.c.id_no == uscc))
    if row is None:
        raise errors.NotFound(f"主体库中没有“{uscc}”")
    return row["id"]


_ACTS: Mapping[str, Callable[[Transaction, Change], list[int] | None]] = {
    STATUS: _status,
    REVOKED: _revoked,
    COURT: _court,
}
