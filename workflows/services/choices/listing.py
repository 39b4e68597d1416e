"""What the forms of a listing offer: lists, measures, colleagues, records, grounds."""

from collections.abc import Mapping

from workflows import models
from workflows.registry import (
    instants,
    law,
    lawful,
    leniency,
    notices,
    objections,
    records,
    subjects,
    values,
)
from workflows.services.steps import Case, Choices, Source
from workflows.store import Transaction

DRAFTS = frozenset({"draft_case", "draft_notice"})
"""Who drafted may not verify an objection to the draft (INV-10)."""


def _law_lists(tx: Transaction, _case: Case) -> Choices:
    """Every list of the catalogue; one that may not be used says so, and the gate says why."""
    day = instants.office_day(tx.now)
    latest = {rule.code: rule for rule in law.lists()}
    offered: Choices = []
    for code, known in latest.items():
        rule = law.find_list(code, day)
        mark = "（已失效）" if rule is None else "（只能由人民法院决定）" if rule.court_only else ""
        offered.append((code, f"{(rule or known).name}{mark}"))
    return offered


def _law_measures(tx: Transaction, case: Case) -> Choices:
    """The measures that may be used against this subject on this list (D09)."""
    code = _list_code(case)
    organ = lawful.find_organ(tx, case)
    subject = subjects.find_subject(tx, case["subject_id"])
    light = case.get("id") is not None and leniency.is_light(tx, case["id"])
    offered = {
        one.code: f"{one.name}（{one.basis}{one.article}）"
        for one in law.measures()
        if not lawful.refuse_measure(one.code, code, organ, subject, tx.now)
        and not (light and lawful.beyond_leniency(one.code, tx.now))
    }
    return list(offered.items())


def _colleagues(tx: Transaction, case: Case) -> Choices:
    """Caseworkers of the department who did not draft the case."""
    m, p, t = models.memberships, models.people, models.tasks
    drafted = tx.all(
        t.select().where(t.c.case_id == case.get("id"), t.c.element.in_(sorted(DRAFTS)))
    )
    barred = {row["completed_by"] for row in drafted}
    rows = tx.all(
        m.join(p, m.c.person_id == p.c.id)
        .select()
        .with_only_columns(p.c.id, p.c.login, p.c.name)
        .where(m.c.department_id == case["department_id"], m.c.role == "caseworker", p.c.active)
        .order_by(p.c.id)
    )
    return [(row["login"], row["name"]) for row in rows if row["id"] not in barred]


def _subject_records(tx: Transaction, case: Case) -> Choices:
    """The subject's effective documents, newest first."""
    rows = [row for row in records.of_subject(tx, case["subject_id"]) if records.is_in_force(row)]
    return [
        (str(row["id"]), f"{row['doc_no']}（{row['organ']}，{row['decided_on']}）")
        for row in reversed(rows)
    ]


def _grounds(tx: Transaction, case: Case) -> Choices:
    """The announced grounds that still stand."""
    notice = notices.current_notice(tx, case["id"]) if case.get("id") else None
    if notice is None:
        return []
    heard = objections.of_case(tx, case["id"])
    return [
        (str(one["no"]), f"{one['no']}．{values.read_text(one, 'text')}")
        for one in notices.standing_grounds(tx, notice, heard)
    ]


def _measures_noticed(tx: Transaction, case: Case) -> Choices:
    """The measures that were announced: a decision may not go beyond them (INV-04)."""
    notice = notices.current_notice(tx, case["id"]) if case.get("id") else None
    codes = values.read_texts(notice["measures"]) if notice else []
    day = instants.office_day(tx.now)
    named = {code: law.find_measure(code, day) for code in codes}
    return [(code, one.name if one else code) for code, one in named.items()]


def _list_code(case: Case) -> str:
    stored = values.read_rows([case.get("facts")])
    root = values.read_rows([one.get("") for one in stored])
    return values.read_text(root[0], "list_code") if root else ""


SOURCES: Mapping[str, Source] = {
    "law_lists": _law_lists,
    "law_measures": _law_measures,
    "colleagues": _colleagues,
    "subject_records": _subject_records,
    "grounds": _grounds,
    "measures_noticed": _measures_noticed,
}
"""valuesKey → what it offers."""
