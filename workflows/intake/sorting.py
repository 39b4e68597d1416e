"""Rows as understood → the registry: new ones kept, known ones told apart, each with its verdict.

What is already there is looked up in the same write transaction that adds to it, so that two
imports at once cannot both find a row absent.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from workflows import models
from workflows.intake import cells, penalties, subjects
from workflows.store import Transaction

Key = tuple[str, str]


@dataclass(frozen=True)
class Verdict:
    """What became of one row."""

    row_no: int
    verdict: Literal["accepted", "warning", "duplicate", "rejected"]
    reasons: Sequence[cells.Reason] = ()
    raw: dict[str, str] | None = None


class Penalties:
    """Takes batches of one file of penalties; remembers its keys, so that a row can be named."""

    def __init__(self) -> None:
        self.first_rows: dict[Key, int] = {}
        self.subjects: dict[Key, tuple[int, str]] = {}
        """(id scheme, number) → row of the registry, name."""

    def take(
        self, tx: Transaction, import_id: int, rows: list[penalties.Penalty | cells.Rejected]
    ) -> list[Verdict]:
        """One batch, in its order."""
        tx.begin()
        given = [row for row in rows if isinstance(row, penalties.Penalty)]
        self._find_subjects(tx, given)
        kept = _kept_decisions(tx, given)
        fresh: list[penalties.Penalty] = []
        verdicts: list[Verdict] = []
        for row in rows:
            if isinstance(row, cells.Rejected):
                verdicts.append(Verdict(row.row_no, "rejected", row.reasons, row.raw))
            elif row.key in kept:
                verdicts.append(self._compare(row, kept[row.key]))
            else:
                kept[row.key] = {"party": (row.id_scheme, row.id_no), **_decision(row)}
                fresh.append(row)
                verdicts.append(self._accept(row))
            if isinstance(row, penalties.Penalty) and verdicts[-1].verdict != "rejected":
                self.first_rows.setdefault(row.key, row.row_no)
        self._add_subjects(tx, fresh)
        tx.insert_many(models.records, [self._record(tx, import_id, row) for row in fresh])
        _note(tx, import_id, verdicts)
        return verdicts

    def _find_subjects(self, tx: Transaction, given: list[penalties.Penalty]) -> None:
        missing = {row.id_no for row in given if (row.id_scheme, row.id_no) not in self.subjects}
        table = models.subjects
        columns = table.c.id, table.c.id_scheme, table.c.id_no, table.c.name
        for one in tx.all(
            table.select().with_only_columns(*columns).where(table.c.id_no.in_(missing))
        ):
            self.subjects[one["id_scheme"], one["id_no"]] = one["id"], one["name"]

    def _add_subjects(self, tx: Transaction, fresh: list[penalties.Penalty]) -> None:
        """Parties unknown to the registry enter it as the decision names them."""
        unknown = {
            party: row
            for row in reversed(fresh)
            if (party := (row.id_scheme, row.id_no)) not in self.subjects
        }
        tx.insert_many(
            models.subjects,
            [
                {
                    "id_scheme": row.id_scheme,
                    "id_no": row.id_no,
                    "name": row.subject_name,
                    "kind": row.subject_kind,
                    "track": row.governance_track,
                    "division": row.id_no[2:8] if row.id_scheme == "uscc" else "",
                    "legal_rep": row.legal_rep,
                    "source": "penalty",
                    "created_at": tx.now,
                    "updated_at": tx.now,
                }
                for row in unknown.values()
            ],
        )
        self._find_subjects(tx, list(unknown.values()))

    def _accept(self, row: penalties.Penalty) -> Verdict:
        warnings = list(row.warnings)
        _, name = self.subjects.get((row.id_scheme, row.id_no), (0, row.subject_name))
        if name != row.subject_name:
            text = f"行政相对人名称“{row.subject_name}”与主体库中的“{name}”不同，请核对"
            warnings.append(cells.Reason("CF_XDR_MC", "name_differs", text))
        return Verdict(row.row_no, "warning" if warnings else "accepted", warnings)

    def _compare(self, row: penalties.Penalty, kept: Mapping[str, Any]) -> Verdict:
        here = self.first_rows.get(row.key)
        where = f"本文件第 {here} 行" if here else f"已入库的第 {kept['id']} 号记录"
        differing = [
            name for field, name in _DECISION.items() if kept[field] != _decision(row)[field]
        ]
        if kept["party"] != (row.id_scheme, row.id_no):
            differing.insert(0, "行政相对人")
        if differing:
            text = (
                f"文号“{row.doc_no}”和处罚机关与{where}相同，内容却不同（{'、'.join(differing)}），"
                "请核对文号，或者只保留正确的一行"
            )
            reason = cells.Reason("CF_WSH", "conflict", text)
            return Verdict(row.row_no, "rejected", (reason,), row.raw)
        reason = cells.Reason("CF_WSH", "duplicate", f"与{where}是同一份处罚决定，没有重复收录")
        return Verdict(row.row_no, "duplicate", (reason,), row.raw)

    def _record(self, tx: Transaction, import_id: int, row: penalties.Penalty) -> dict[str, Any]:
        subject_id, _ = self.subjects[row.id_scheme, row.id_no]
        return {
            "subject_id": subject_id,
            "import_id": import_id,
            "kind": "penalty",
            "doc_no": row.doc_no,
            "organ": row.organ,
            "organ_uscc": row.organ_uscc,
            **_decision(row),
            "publicity_to": row.publicity_to,
            "raw": row.raw,
            "changes": [list(change) for change in row.changes],
            "created_at": tx.now,
        }


_DECISION = {
    "behaviour": "违法行为类型",
    "facts": "违法事实",
    "basis": "处罚依据",
    "categories": "处罚类别",
    "content": "处罚内容",
    "fine_fen": "罚款金额",
    "confiscation_fen": "没收金额",
    "decided_on": "处罚决定日期",
    "valid_to": "处罚有效期",
}
"""What the decision says. Source, publicity and spelling of the row are no part of it."""


def _decision(row: penalties.Penalty) -> dict[str, Any]:
    said = {field: getattr(row, field) for field in _DECISION}
    return {**said, "categories": list(row.categories)}


def _kept_decisions(
    tx: Transaction, given: list[penalties.Penalty]
) -> dict[Key, Mapping[str, Any]]:
    """By key, the decisions the store has under any of the document numbers given."""
    table = models.records
    numbers = {row.doc_no for row in given}
    found = tx.all(table.select().where(table.c.doc_no.in_(numbers)))
    parties = {
        one["id"]: (one["id_scheme"], one["id_no"])
        for one in tx.all(
            models.subjects.select().where(
                models.subjects.c.id.in_({one["subject_id"] for one in found})
            )
        )
    }
    return {
        (one["doc_no"], one["organ_uscc"]): {**one, "party": parties[one["subject_id"]]}
        for one in found
    }


class Subjects:
    """Takes batches of one registry extract; remembers its rows, so that one can be named."""

    def __init__(self) -> None:
        self.first_rows: dict[str, int] = {}

    def take(
        self, tx: Transaction, import_id: int, rows: list[subjects.Subject | cells.Rejected]
    ) -> list[Verdict]:
        """One batch, in its order."""
        tx.begin()
        table = models.subjects
        codes = {row.uscc for row in rows if isinstance(row, subjects.Subject)}
        known: dict[str, Mapping[str, Any]] = {
            one["id_no"]: {**one}
            for one in tx.all(
                table.select().where(table.c.id_scheme == "uscc", table.c.id_no.in_(codes))
            )
        }
        fresh: list[dict[str, Any]] = []
        verdicts: list[Verdict] = []
        for row in rows:
            if isinstance(row, cells.Rejected):
                verdicts.append(Verdict(row.row_no, "rejected", row.reasons, row.raw))
                continue
            if row.uscc in self.first_rows:
                verdicts.append(self._repeat(row, known[row.uscc]))
            elif row.uscc in known:
                verdicts.append(_update(tx, row, known[row.uscc]))
                known[row.uscc] = {**known[row.uscc], **_said(row)}
            else:
                known[row.uscc] = _registered(tx, row)
                fresh.append(_registered(tx, row))
                verdicts.append(
                    Verdict(row.row_no, "warning" if row.warnings else "accepted", row.warnings)
                )
            self.first_rows.setdefault(row.uscc, row.row_no)
        tx.insert_many(table, fresh)
        _note(tx, import_id, verdicts)
        return verdicts

    def _repeat(self, row: subjects.Subject, kept: Mapping[str, Any]) -> Verdict:
        where = f"本文件第 {self.first_rows[row.uscc]} 行"
        differing = _differing(row, kept)
        if differing:
            text = f"“{row.uscc}”与{where}相同，内容却不同（{'、'.join(differing)}），请只保留一行"
            reason = cells.Reason("USCC", "conflict", f"统一社会信用代码{text}")
            return Verdict(row.row_no, "rejected", (reason,), row.raw)
        reason = cells.Reason("USCC", "duplicate", f"与{where}重复")
        return Verdict(row.row_no, "duplicate", (reason,), row.raw)


_REGISTERED = {
    "name": "名称",
    "legal_rep": "法定代表人",
    "division": "行政区划代码",
    "status": "登记状态",
    "address": "登记地址",
    "phone": "联系电话",
    "industry": "行业",
}


def _said(row: subjects.Subject) -> dict[str, str]:
    """What the row says; an empty cell says nothing."""
    return {field: said for field in _REGISTERED if (said := getattr(row, field))}


def _registered(tx: Transaction, row: subjects.Subject) -> dict[str, Any]:
    return {
        **dict.fromkeys(_REGISTERED, ""),
        "division": row.uscc[2:8],
        **_said(row),
        "id_scheme": "uscc",
        "id_no": row.uscc,
        "kind": row.kind,
        "track": row.governance_track,
        "source": "subjects",
        "raw": row.raw,
        "created_at": tx.now,
        "updated_at": tx.now,
    }


def _differing(row: subjects.Subject, kept: Mapping[str, Any]) -> list[str]:
    return [
        f"{_REGISTERED[field]} {kept[field] or '空'}→{said}"
        for field, said in _said(row).items()
        if said != kept[field]
    ]


def _update(tx: Transaction, row: subjects.Subject, kept: Mapping[str, Any]) -> Verdict:
    """The registrar's word replaces what was known, and the receipt says what it replaced."""
    differing = _differing(row, kept)
    if not differing:
        reason = cells.Reason("USCC", "duplicate", "与主体库中的登记信息相同")
        return Verdict(row.row_no, "duplicate", (reason,), row.raw)
    tx.run(
        models.subjects.update()
        .where(models.subjects.c.id == kept["id"])
        .values(**_said(row), source="subjects", raw=row.raw, updated_at=tx.now)
    )
    reason = cells.Reason("USCC", "updated", f"登记信息已更新：{'、'.join(differing)}")
    return Verdict(row.row_no, "warning", (*row.warnings, reason))


def _note(tx: Transaction, import_id: int, verdicts: list[Verdict]) -> None:
    """Keep what somebody should read: every verdict but a plain acceptance."""
    tx.insert_many(
        models.import_rejects,
        [
            {
                "import_id": import_id,
                "row_no": one.row_no,
                "verdict": one.verdict,
                "reasons": [list(reason) for reason in one.reasons],
                "raw": one.raw,
            }
            for one in verdicts
            if one.verdict != "accepted"
        ],
    )
