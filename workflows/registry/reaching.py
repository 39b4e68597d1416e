"""From one case to others: a case that opens another, and news that reach the cases concerned.

Both leave rows in the transaction at hand, a job each, so that nothing is lost and nothing happens
twice: the other case is opened or told in a transaction of its own.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from workflows import models
from workflows.registry import values
from workflows.store import Transaction

_j, _m = models.jobs, models.case_messages


def open_case(
    tx: Transaction,
    cause: values.Fields,
    element: str,
    procedure: str,
    facts: Mapping[str, Any],
    *,
    subject_id: int | None = None,
    department_id: int | None = None,
    record_ids: Sequence[int] = (),
) -> None:
    """Have a case of `procedure` opened because `element` of the case `cause` says so.

    `facts` are fields of the procedure's start form. Subject and department are those of the
    cause unless told. What cannot be opened becomes an incident of the cause.
    """
    number = sum(1 for _ in tx.all(_openings(cause["id"])))
    tx.insert(
        _j,
        {
            "case_id": cause["id"],
            "kind": "opening",
            "unique_key": f"{cause['id']}:opening:{element}:{number}",
            "element": element,
            "payload": {
                "procedure": procedure,
                "facts": dict(facts),
                "subject_id": subject_id or cause["subject_id"],
                "department_id": department_id or cause["department_id"],
                "record_ids": list(record_ids),
            },
            "due_at": tx.now,
        },
    )


def tell(tx: Transaction, case_ids: Iterable[int], message: str, said: Mapping[str, Any]) -> None:
    """Leave a message in each of the open cases; it is delivered at once where one waits for it.

    `said` are the fields of the message's form. A case that does not wait for it keeps it.
    """
    for case_id in case_ids:
        message_id = tx.insert(
            _m,
            {
                "case_id": case_id,
                "message": message,
                "values": dict(said),
                "status": "pending",
                "received_at": tx.now,
            },
        )
        tx.insert(
            _j,
            {
                "case_id": case_id,
                "kind": "message",
                "unique_key": f"{case_id}:message:told-{message_id}",
                "token": f"told-{message_id}",
                "payload": {"message_id": message_id},
                "due_at": tx.now,
            },
        )


def cases_of_subject(tx: Transaction, subject_id: int, procedures: Iterable[str]) -> list[int]:
    """The open cases of a subject under these procedures."""
    c = models.cases.c
    rows = tx.all(
        models.cases.select()
        .with_only_columns(c.id)
        .where(
            c.subject_id == subject_id,
            c.procedure_key.in_(sorted(procedures)),
            c.status != "ended",
        )
        .order_by(c.id)
    )
    return [row["id"] for row in rows]


def read_fact(case: values.Fields, name: str) -> Any:
    """A fact of the whole case as it stands, None where it has none of that name."""
    stored = values.read_rows([case["facts"]])
    root = values.read_rows([one.get("") for one in stored])
    return root[0].get(name) if root else None


def _openings(case_id: int) -> Any:
    asked = _j.select().with_only_columns(_j.c.id)
    return asked.where(_j.c.case_id == case_id, _j.c.kind == "opening")
