"""What the decision of a provincial review says; the province issues and seals it."""

from collections.abc import Mapping

from workflows import errors
from workflows.registry import instants, notices, objections, reviews, values
from workflows.services import clauses
from workflows.services.steps import Builder, Register, Step
from workflows.store import Row


def review_said(step: Step, row: Row) -> clauses.Context:
    """A review as a decision tells of it."""
    decision = row["decision_document_id"]
    return {
        "requested_on": instants.office_day(row["requested_at"]).isoformat(),
        "result": reviews.RESULTS.get(row["result"], ""),
        "reasons": row["reasons"],
        "consequence": _consequence(row),
        "decision_number": clauses.find_document(step, decision)["number"] if decision else "",
    }


def _review_decision(step: Step) -> clauses.Context:
    row = reviews.find_review(step.tx, int(step.inputs["review_id"]))
    if row["decided_at"] is None or row["reviewed_in"] is None:
        raise errors.DocumentIncomplete("省级复核尚未作出决定", article=reviews.LAW)
    objection = objections.find_objection(step.tx, row["objection_id"])
    notice = notices.current_notice(step.tx, step.case["id"])
    grounds = {str(one["no"]): one for one in values.read_rows(notice["grounds"])} if notice else {}
    return {
        "organ": clauses.organ(step, row["reviewed_in"]),
        "issuer": row["reviewed_in"],
        "case": clauses.case_named(step, []),
        "source": clauses.organ(step)["name"],
        "objection": clauses.objection_said(step, objection),
        "review": {
            **review_said(step, row),
            "channel": row["channel"],
            "grounds": row["grounds"],
            "struck": [
                values.read_text(grounds[number], "text")
                for number in values.read_texts(row["struck"])
                if number in grounds
            ],
        },
    }


def _consequence(row: Row) -> str:
    struck = values.read_texts(row["struck"])
    if struck:
        return f"告知书所列第{'、'.join(struck)}项事由不再作为列入的依据。"
    return "原核实结果不变。"


BUILDERS: Mapping[str, Builder] = {"review_decision": _review_decision}
"""Document → what builds its context."""


def _decided(step: Step, document_id: int) -> None:
    reviews.attach_decision(step.tx, int(step.inputs["review_id"]), document_id)


ISSUED: Mapping[str, Register] = {"review_decision": _decided}
"""Document → what the registry must know of it the moment it exists."""
