"""A change that a person tells of: a subject's status, a document annulled, a court's list."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from workflows import access, errors, procedures
from workflows.access import Actor
from workflows.cases import answering
from workflows.registry import changes, records
from workflows.store import Store, Transaction

COURT_ACTS = {"列入": "added", "删除": "deleted"}


def register_change(
    store: Store, actor: Actor, subject_id: int, answers: Mapping[str, Any]
) -> list[int]:
    """Write one change (forms/shared/change.form) into the registry and tell the cases concerned.

    Returns the cases told. Raises NotAllowed, NotFound, AnswersRefused by field.
    """
    access.check_role(actor, access.IMPORTS, "登记变动")
    form = procedures.house_form("shared/change")
    case = {"id": None, "department_id": actor.department_id, "subject_id": subject_id}
    with store.transaction() as tx:
        said = answering.clean(tx, case, form, answers, {})
        changed_on = date.fromisoformat(said["changed_on"])
        if changed_on > tx.now.date():
            raise errors.AnswersRefused({"changed_on": "变动日期不能晚于今天"})
        told = _write(tx, subject_id, said, changed_on)
    if told is None:
        raise errors.AnswersRefused({"kind": "登记簿中已经如此记载，不必重复登记"})
    return told


def _write(
    tx: Transaction, subject_id: int, said: Mapping[str, Any], changed_on: date
) -> list[int] | None:
    if said["kind"] == "主体状态":
        return changes.change_status(tx, subject_id, said["status"], changed_on, said["basis"])
    if said["kind"] == "文书撤销":
        [record] = records.by_ids(tx, [said["record"]])
        number, organ = record["doc_no"], record["organ_uscc"]
        return changes.revoke_document(tx, number, organ, changed_on, said["basis"])
    act = COURT_ACTS[said["act"]]
    return changes.change_court_list(tx, subject_id, act, said["entry"], changed_on)
