"""Rows as understood → the registry: new ones kept, known ones told apart, each with its verdict.

What is already there is looked up in the same write transaction that adds to it, one import at a
time, so that two at once cannot both find a row absent. Nothing is remembered from batch to batch:
a row of the registry knows which row of which file it came with.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from workflows import models
from workflows.intake import cells, changes, penalties, subjects
from workflows.intake import verdicts as verdicts_of
from workflows.intake.verdicts import Verdict
from workflows.registry import changes as news
from workflows.store import Transaction

REGISTRY = "registry"
"""Where imports queue."""

Key = tuple[str, str]
Parties = dict[Key, tuple[int, str]]
"""(id scheme, number) → row of the registry, name."""


def take_penalties(
    tx: Transaction, import_id: int, rows: Sequence[penalties.Penalty | cells.Rejected]
) -> list[Verdict]:
    """One batch of a file of penalties, in its order. The registry remembers the rows before it."""
    tx.queue_at(REGISTRY)
    given = [row for row in rows if isinstance(row, penalties.Penalty)]
    parties = _find_parties(tx, given)
    kept = _kept_decisions(tx, given)
    fresh: list[penalties.Penalty] = []
    verdicts: list[Verdict] = []
    for row in rows:
        if isinstance(row, cells.Rejected):
            verdicts.append(Verdict(row.row_no, "rejected", row.reasons, row.raw))
        elif row.key in kept:
            verdicts.append(_compare(row, kept[row.key], import_id))
        else:
            here = {"party": row.party, "import_id": import_id, "row_no": row.row_no}
            kept[row.key] = {**here, **_decision(row)}
            fresh.append(row)
            verdicts.append(_accept(row, parties))
    _add_parties(tx, fresh, parties)
    tx.insert_many(models.records, [_record(tx, import_id, row, parties) for row in fresh])
    verdicts_of.keep(tx, import_id, verdicts)
    return verdicts


def _find_parties(tx: Transaction, given: Sequence[penalties.Penalty]) -> Parties:
    s = models.subjects
    schemes, numbers = {row.id_scheme for row in given}, {row.id_no for row in given}
    found = tx.all(
        s.select()
        .with_only_columns(s.c.id, s.c.id_scheme, s.c.id_no, s.c.name)
        .where(s.c.id_scheme.in_(schemes), s.c.id_no.in_(numbers))
    )
    return {(one["id_scheme"], one["id_no"]): (one["id"], one["name"]) for one in found}


def _add_parties(tx: Transaction, fresh: Sequence[penalties.Penalty], parties: Parties) -> None:
    """Parties unknown to the registry enter it as the decision names them."""
    unknown = {row.party: row for row in reversed(fresh) if row.party not in parties}
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
    if unknown:
        parties |= _find_parties(tx, list(unknown.values()))


def _accept(row: penalties.Penalty, parties: Parties) -> Verdict:
    warnings = list(row.warnings)
    _, name = parties.get(row.party, (0, row.subject_name))
    if name != row.subject_name:
        text = f"行政相对人名称“{row.subject_name}”与主体库中的“{name}”不同，请核对"
        warnings.append(cells.Reason("CF_XDR_MC", "name_differs", text))
    return Verdict(row.row_no, "warning" if warnings else "accepted", warnings)


def _compare(row: penalties.Penalty, kept: Mapping[str, Any], import_id: int) -> Verdict:
    here = kept["import_id"] == import_id
    where = f"本文件第 {kept['row_no']} 行" if here else f"已入库的第 {kept['id']} 号记录"
    said = _decision(row)
    differing = [name for field, name in _DECISION.items() if kept[field] != said[field]]
    if kept["party"] != row.party:
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


def _record(
    tx: Transaction, import_id: int, row: penalties.Penalty, parties: Parties
) -> dict[str, Any]:
    return {
        "subject_id": parties[row.party][0],
        "import_id": import_id,
        "row_no": row.row_no,
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
    tx: Transaction, given: Sequence[penalties.Penalty]
) -> dict[Key, Mapping[str, Any]]:
    """By key, the decisions the store has under any of the document numbers given."""
    r, s = models.records, models.subjects
    told = (r.c[field] for field in _DECISION)
    found = tx.all(
        r.select()
        .with_only_columns(
            *(r.c.id, r.c.import_id, r.c.row_no, r.c.doc_no, r.c.organ_uscc),
            *(s.c.id_scheme, s.c.id_no),
            *told,
        )
        .select_from(r.join(s, r.c.subject_id == s.c.id))
        .where(r.c.doc_no.in_({row.doc_no for row in given}))
    )
    return {
        (one["doc_no"], one["organ_uscc"]): {**one, "party": (one["id_scheme"], one["id_no"])}
        for one in found
    }


def take_subjects(
    tx: Transaction, import_id: int, rows: Sequence[subjects.Subject | cells.Rejected]
) -> list[Verdict]:
    """One batch of a registry extract, in its order. A subject knows which row told of it."""
    tx.queue_at(REGISTRY)
    table = models.subjects
    known = _known_subjects(tx, rows)
    fresh: list[dict[str, Any]] = []
    changed: list[dict[str, Any]] = []
    named: list[dict[str, Any]] = []
    gone: list[Mapping[str, Any]] = []
    verdicts: list[Verdict] = []
    for row in rows:
        if isinstance(row, cells.Rejected):
            verdicts.append(Verdict(row.row_no, "rejected", row.reasons, row.raw))
            continue
        here = {"import_id": import_id, "row_no": row.row_no}
        old = known.get(row.uscc)
        if old is None:
            fresh.append({**_registered(tx, row), **here})
            known[row.uscc] = fresh[-1]
            verdicts.append(
                Verdict(row.row_no, "warning" if row.warnings else "accepted", row.warnings)
            )
        elif old["import_id"] == import_id:
            verdicts.append(_repeat(row, old))
        else:
            differing = _differing(row, old)
            (changed if differing else named).append({"told_id": old["id"], **here})
            if differing:
                changed[-1] |= _updated(tx, row, old)
                if row.status != old["status"] and row.status in news.TOLD:
                    gone.append({"id": old["id"], "status": row.status})
            known[row.uscc] = {**old, **_said(row), **here}
            verdicts.append(_renewed(row, differing))
    tx.insert_many(table, fresh)
    for rows_told in (changed, named):
        if rows_told:
            tx.run(table.update().where(table.c.id == models.given("told_id")), rows_told)
    for one in gone:
        news.tell_status(
            tx, one["id"], one["status"], tx.now.date(), f"主体登记信息第{import_id}批"
        )
    verdicts_of.keep(tx, import_id, verdicts)
    return verdicts


def _known_subjects(
    tx: Transaction, rows: Sequence[subjects.Subject | cells.Rejected]
) -> dict[str, Mapping[str, Any]]:
    s = models.subjects
    codes = {row.uscc for row in rows if isinstance(row, subjects.Subject)}
    found = tx.all(
        s.select()
        .with_only_columns(s.c.id, s.c.id_no, s.c.import_id, s.c.row_no)
        .add_columns(*(s.c[field] for field in _REGISTERED))
        .where(s.c.id_scheme == "uscc", s.c.id_no.in_(codes))
    )
    return {one["id_no"]: one for one in found}


def _repeat(row: subjects.Subject, kept: Mapping[str, Any]) -> Verdict:
    where = f"本文件第 {kept['row_no']} 行"
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


def _updated(tx: Transaction, row: subjects.Subject, kept: Mapping[str, Any]) -> dict[str, Any]:
    """The registrar's word replaces what was known."""
    said = {**{field: kept[field] for field in _REGISTERED}, **_said(row)}
    said["pairs"] = models.pairs(said["name"])
    return {**said, "source": "subjects", "raw": row.raw, "updated_at": tx.now}


def _renewed(row: subjects.Subject, differing: Sequence[str]) -> Verdict:
    """A known subject: nothing new, or what was replaced."""
    if not differing:
        reason = cells.Reason("USCC", "duplicate", "与主体库中的登记信息相同")
        return Verdict(row.row_no, "duplicate", (reason,), row.raw)
    reason = cells.Reason("USCC", "updated", f"登记信息已更新：{'、'.join(differing)}")
    return Verdict(row.row_no, "warning", (*row.warnings, reason))


TAKERS: dict[str, Callable[[Transaction, int, list[Any]], list[Verdict]]] = {
    "penalties": take_penalties,
    "subjects": take_subjects,
    "changes": changes.take_changes,
}
"""Kind of import → who takes its batches in: (transaction, import's id, rows) → verdicts."""
