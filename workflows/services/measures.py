"""The diagram's words for measures: proposed, told to who carries them out, answered, lifted."""

from collections.abc import Mapping
from typing import Any

from workflows import errors, models
from workflows.registry import (
    attachments,
    instants,
    law,
    lawful,
    listings,
    measures,
    public_view,
    reaching,
    records,
    tables,
    values,
)
from workflows.services import steps
from workflows.services.steps import Check, Outputs, Step, Topic
from workflows.store import Row, Transaction

CATALOGUE_LAW = "国办发〔2020〕49号 五（九）"
PROPORTION_LAW = "国办发〔2020〕49号 五（十）"
LIFT_LAW = "国办发〔2020〕49号 六（十一）；河南省社会信用条例第三十七条第三款"
EFFECT_LAW = "濮信用〔2020〕3号 三（四）21"

GRAVITIES = frozenset({"minor", "general", "serious", "grave"})
RANKS: Mapping[str, int] = {"none": 0, "C": 1, "B": 2, "A": 3}
"""From lightest to heaviest (D10)."""


def review_measures(step: Step) -> Outputs:
    """The measures of the decision: which may be applied today, by whom, how heavily (D09)."""
    listing = _listing(step)
    measures.check_served(step.tx, listing["id"], step.now)
    judged = measures.review(step.tx, listing["id"], step.now)
    known = {code: _measure(code, step) for code in judged}
    usable = [code for code, why in judged.items() if not why]
    refused = [f"{known[code].name}：{why}" for code, why in judged.items() if why]
    step.note(
        "measures_reviewed", article=CATALOGUE_LAW, after={"usable": usable, "refused": refused}
    )
    return {
        "listing_text": _describe(step, listing),
        "usable": len(usable),
        "refused_text": "\n".join(refused) or "没有",
        "targets": [_suggest(step, known[code]) for code in usable],
        "gravity": _gravity(step.tx, listing),
        "corrected": _is_corrected(step.tx, listing),
    }


def propose_measures(step: Step) -> Outputs:
    """Write down what was confirmed; what is too heavy needs its reason (D10, INV-08)."""
    listing = _listing(step)
    targets = [_read_target(step.tx, row) for row in values.read_rows(step.facts.get("targets"))]
    _check_proportion(step, targets)
    ids = measures.propose(step.tx, listing["id"], step.case, targets, step.now)
    step.note("measures_proposed", article=CATALOGUE_LAW, after={"measure_ids": ids})
    return {"measure_ids": ids}


def ask_implementer(step: Step) -> Outputs:
    """Have a case opened in the implementer's office, where it is one of this house (R-028).

    Nobody is asked anything of a measure that stays for another listing (INV-20).
    """
    row = measures.find(step.tx, int(step.inputs["measure_id"]))
    office = measures.answering_office(step.tx, row)
    if office is not None and row["carried_by"] is None:
        reaching.open_case(
            step.tx,
            step.case,
            f"{step.element}-{row['id']}",
            "implement_measure",
            {"measure_id": row["id"], "act": str(step.inputs["act"])},
            subject_id=row["subject_id"],
            department_id=office,
        )
    return {}


def count_measures(step: Step) -> Outputs:
    """How many measures of the listing wait for an answer, are applied, are being lifted."""
    return _counted(step)


def register_answer(step: Step) -> Outputs:
    """An implementer has answered: in its own case already, or here through the caseworker."""
    said = step.facts
    row = measures.find(step.tx, _said_id(said))
    if row["status"] in {"notified", "lifting"}:
        _take_answer(step, row, said)
    return _counted(step)


def urge_implementers(step: Step) -> Outputs:
    """What a person decided of those who have not answered: urged again, or let go (start)."""
    choice, why = str(step.inputs["choice"]), str(step.inputs["reasons"] or "")
    listing = _listing(step)
    waiting = [row for row in measures.of_listing(step.tx, listing["id"]) if _waits(row)]
    for row in waiting:
        if choice == "drop":
            measures.drop(step.tx, row["id"], why, step.now)
        if choice == "confirmed":
            attachments.check_evidence(
                step.tx, step.case["id"], step.facts.get("urge_evidence"), "已经解除"
            )
            measures.lifted(step.tx, row["id"], step.now)
    ids = [row["id"] for row in waiting]
    step.note(
        "implementers_urged",
        article=LIFT_LAW,
        after={"choice": choice, "reasons": why, "measure_ids": ids},
    )
    return _counted(step)


def read_measure(step: Step) -> Outputs:
    """What the implementer is asked, in words; refused where it is asked nothing."""
    row = measures.find(step.tx, int(step.inputs["measure_id"]))
    measures.check_asked(step.tx, row["id"], values.read_text(step.facts, "act"))
    d = models.documents
    letter_id = row["lift_document_id"] or row["notice_document_id"]
    letter = step.tx.first(d.select().where(d.c.id == letter_id))
    said = [
        f"措施：{row['name']}",
        f"依据：{row['basis']}",
        f"通知书：{letter['number'] if letter else ''}",
        _describe(step, listings.find_listing(step.tx, row["listing_id"])),
    ]
    return {"measure_text": "\n".join(said)}


def answer_measure(step: Step) -> Outputs:
    """The implementer's own answer, kept and told to whoever asked (INV-08, INV-09)."""
    measure_id = int(step.inputs["measure_id"])
    row, facts = measures.find(step.tx, measure_id), step.facts
    said = {name: facts.get(name) for name in ("answer", "own_basis", "starts_on", "reason")}
    _take_answer(step, row, said)
    asking = step.case.get("cause_id")
    told = {**said, "measure_id": str(measure_id)}
    if asking is not None:
        reaching.tell(step.tx, [int(asking)], "measure_answered", told)
    return {}


def note_effect(step: Step) -> Outputs:
    """What came of the measure, for the statistics (R-184, R-185)."""
    measure_id, effect = int(step.inputs["measure_id"]), str(step.inputs["effect"])
    measures.note_effect(step.tx, measure_id, effect)
    step.note(
        "effect_noted", article=EFFECT_LAW, after={"measure_id": measure_id, "effect": effect}
    )
    return {}


def read_lifting(step: Step) -> Outputs:
    """Which implementers are to be written to: measures end, or stay for another listing."""
    listing = _listing(step)
    measures.check_ended(step.tx, listing["id"])
    ids = measures.to_lift(step.tx, listing["id"])
    rows = [measures.find(step.tx, one) for one in ids]
    said = [f"{row['name']}（{row['implementer']}）{_lifting_word(row)}" for row in rows]
    return {
        "measure_ids": ids,
        "to_lift": len(ids),
        "lift_text": "\n".join([_describe(step, listing), *said]),
    }


def check_answered(tx: Transaction, case_id: int, said: Mapping[str, Any]) -> None:
    """Refuse at the door an answer that is not for the caseworker to register, or is unlawful."""
    row = measures.find(tx, _said_id(said))
    case = tx.one(models.cases.select().where(models.cases.c.id == case_id))
    asked = values.read_rows([values.read_rows([case["facts"]])[0].get("")])[0]
    if asked.get("listing_id") != row["listing_id"]:
        raise errors.NotExpected("该措施不属于本案的列名")
    if measures.answering_office(tx, row) is not None:
        raise errors.NotExpected(f"{row['implementer']}在自己的任务中答复，不由承办人登记")
    if row["status"] == "notified":
        measures.check_answer(tx, row["id"], tx.now, **_read_answer(said))
    elif row["status"] != "lifting":
        raise errors.NotExpected(f"“{row['name']}”{measures.STATUSES[row['status']]}")


def _take_answer(step: Step, row: Row, said: Mapping[str, Any]) -> None:
    if row["status"] == "lifting":
        measures.lifted(step.tx, row["id"], step.now)
    else:
        measures.answer(step.tx, row["id"], step.now, **_read_answer(said))
    kept = measures.find(step.tx, row["id"])
    step.note(
        "measure_answered",
        article=LIFT_LAW if kept["status"] == "lifted" else CATALOGUE_LAW,
        after={
            "measure_id": row["id"],
            "status": kept["status"],
            "own_basis": kept["own_basis"],
            "starts_on": kept["starts_on"].isoformat() if kept["starts_on"] else None,
            "reason": kept["reason"],
        },
    )


def _read_answer(said: Mapping[str, Any]) -> dict[str, Any]:
    if said.get("answer") != "implement":
        return {"reason": values.read_text(said, "reason")}
    return {
        "own_basis": values.read_text(said, "own_basis"),
        "starts_on": instants.read_day(said.get("starts_on"), "实施日期"),
    }


def _said_id(said: Mapping[str, Any]) -> int:
    measure_id = values.read_id(said.get("measure_id"))
    if measure_id is None:
        raise errors.NotExpected("没有写明是哪一项措施")
    return measure_id


def _counted(step: Step) -> Outputs:
    rows = measures.of_listing(step.tx, _listing(step)["id"])
    return {
        "waiting": sum(row["status"] == "notified" for row in rows),
        "applied": sum(row["status"] == "in_force" for row in rows),
        "lifting": sum(row["status"] == "lifting" for row in rows),
        "asked_at": instants.write_instant(step.now),
    }


def _waits(row: Row) -> bool:
    return row["status"] in {"notified", "lifting"}


def _listing(step: Step) -> Row:
    listing_id = values.read_id(step.facts.get("listing_id"))
    if listing_id is None:
        raise errors.NotExpected("没有写明是哪一项列名")
    listing = listings.find_listing(step.tx, listing_id)
    if listing["subject_id"] != step.case["subject_id"]:
        raise errors.NotExpected("该列名不属于本案主体")
    return listing


def _measure(code: str, step: Step) -> law.Measure:
    known = [one for one in law.measures() if one.code == code]
    found = law.find_measure(code, instants.office_day(step.now)) or (known[-1] if known else None)
    if found is None:
        raise errors.MeasureUnlawful(f"“{code}”不在措施目录中", article=CATALOGUE_LAW)
    return found


def _describe(step: Step, listing: Row) -> str:
    rule = law.describe_list(listing["list_code"])
    d = models.documents
    paper = step.tx.first(d.select().where(d.c.id == listing["decision_document_id"]))
    number = f"（{paper['number']}）" if paper else ""
    name = rule.name if rule else listing["list_code"]
    return f"列入{name}{number}，列入期限至{public_view.say_day(listing['term_end'])}"


def _suggest(step: Step, measure: law.Measure) -> dict[str, str]:
    """Who would carry a measure out: the deciding office, where it may."""
    own = lawful.find_organ(step.tx, step.case)
    may = not lawful.refuse_implementer(measure, own["name"])
    return {
        "measure": measure.code,
        "department": str(own["id"]) if may else "",
        "implementer": "" if may else measure.implementer,
    }


def _read_target(tx: Transaction, row: Mapping[str, Any]) -> measures.Target:
    code, office = values.read_text(row, "measure"), values.read_text(row, "department")
    if not office:
        return measures.Target(code, values.read_text(row, "implementer"))
    d = models.departments
    found = tx.one(d.select().where(d.c.id == values.read_id(office)))
    return measures.Target(code, found["name"], found["id"])


def _check_proportion(step: Step, targets: list[measures.Target]) -> None:
    """Raise MeasureUnlawful for what is heavier than proportionate without a reason (D10)."""
    listing = _listing(step)
    gravity = _gravity(step.tx, listing)
    most = tables.proportionality(gravity, corrected=_is_corrected(step.tx, listing))
    chosen = [_measure(target.code, step) for target in targets]
    heavy = [one.name for one in chosen if RANKS[one.cls] > RANKS[most]]
    if heavy and not values.read_text(step.facts, "measure_reasons"):
        raise errors.MeasureUnlawful(
            f"{'、'.join(heavy)}重于与情节相当的措施，须写明理由", article=PROPORTION_LAW
        )


def _gravity(tx: Transaction, listing: Row) -> str:
    """How grave the case was found to be; where nobody said, serious: it was listed."""
    case = tx.one(models.cases.select().where(models.cases.c.id == listing["case_id"]))
    root = values.read_rows([one.get("") for one in values.read_rows([case["facts"]])])
    said = values.read_text(root[0], "gravity") if root else ""
    return said if said in GRAVITIES else "serious"


def _is_corrected(tx: Transaction, listing: Row) -> bool:
    grounds = values.read_rows(listing["grounds"])
    cited = records.by_ids(tx, {one for ground in grounds for one in records.cited(ground)})
    return bool(cited) and all(row["corrected"] for row in cited)


def _lifting_word(row: Row) -> str:
    return "因另一名单继续实施，不解除" if row["carried_by"] else "应当解除"


_COUNTS = {
    "waiting": "number",
    "applied": "number",
    "lifting": "number",
    "asked_at": steps.INSTANT,
}

TOPICS: Mapping[str, Topic] = {
    "review_measures": Topic(
        review_measures,
        outputs={
            "listing_text": "string",
            "usable": "number",
            "refused_text": "string",
            "targets": "list",
            "gravity": "string",
            "corrected": "boolean",
        },
        article=CATALOGUE_LAW,
    ),
    "propose_measures": Topic(
        propose_measures, outputs={"measure_ids": "list"}, article=CATALOGUE_LAW
    ),
    "ask_implementer": Topic(
        ask_implementer, inputs={"measure_id": "any", "act": "string"}, article=CATALOGUE_LAW
    ),
    "count_measures": Topic(count_measures, outputs=_COUNTS, article=CATALOGUE_LAW),
    "register_answer": Topic(register_answer, outputs=_COUNTS, article=CATALOGUE_LAW),
    "urge_implementers": Topic(
        urge_implementers,
        inputs={"choice": "string", "reasons": "string"},
        outputs=_COUNTS,
        article=LIFT_LAW,
    ),
    "read_measure": Topic(
        read_measure,
        inputs={"measure_id": "number"},
        outputs={"measure_text": "string"},
        article=CATALOGUE_LAW,
    ),
    "answer_measure": Topic(answer_measure, inputs={"measure_id": "number"}, article=CATALOGUE_LAW),
    "note_effect": Topic(
        note_effect, inputs={"measure_id": "number", "effect": "string"}, article=EFFECT_LAW
    ),
    "read_lifting": Topic(
        read_lifting,
        outputs={"measure_ids": "list", "to_lift": "number", "lift_text": "string"},
        article=LIFT_LAW,
    ),
}

CHECKS: Mapping[str, Check] = {"measure_answered": check_answered}
"""Message → what refuses it at the door."""
