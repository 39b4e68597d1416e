"""Documents (文书): checked before they are approved, then numbered, printed, hashed and kept."""

import dataclasses
import hashlib
from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Any

import orjson

from workflows import documents, errors, models
from workflows.registry import hearings, instants, lawful, leniency, records
from workflows.services import contexts
from workflows.services.contexts import listing
from workflows.services.steps import Outputs, Step, Topic
from workflows.store import Row

SEALED_BLOCK = "seal"


def check_document(step: Step) -> Outputs:
    """Raise unless document `kind` could be issued as the case stands (INV-02, -05, -07, -08).

    NoticeIncomplete, DecisionIncomplete or DocumentIncomplete name every missing part; a notice is
    refused too when its list, its basis or a measure is unlawful, before anybody receives it.
    """
    kind = str(step.inputs["kind"])
    if kind == "prior_notice":
        said = listing.announce(step)
        lawful.check_list(step.tx, step.case, said.list_code, step.now)
        lawful.check_basis(step.tx, step.case, said.grounds)
        lawful.check_measures(step.tx, step.case, said.list_code, said.measures, step.now)
        cited = {one for ground in said.grounds for one in records.cited(ground)}
        leniency.check_reviewed(step.tx, step.case, cited, step.now, step.now)
        offered = step.facts.get("hearing_offered") is True
        hearings.check_offered(said.measures, step.now, offered=offered)
    context = contexts.build(step, kind)
    placeholder = {"number": "（制发时编号）", "issued_at": step.now.isoformat()}
    documents.check_blocks(kind, step.bundle, {**context, "document": placeholder})
    step.note("document_checked", article="国办发〔2020〕49号 四（八）", after={"kind": kind})
    return {}


def issue_document(step: Step) -> Outputs:
    """Number, print, hash and keep document `kind`; run twice it gives the same document.

    The number is taken in the transaction that keeps the document: no gaps, no doubles. Raises
    CaseChanged when another document took it meanwhile, so that the job is tried again (INV-23).
    """
    kind = str(step.inputs["kind"])
    context = contexts.build(step, kind)
    content = orjson.loads(orjson.dumps(context))
    step = _as_issuer(step, context)
    known = _find_issued(step, kind, content)
    if known is not None:
        return {"document_id": known["id"], "document_number": known["number"]}
    declaration = documents.declare(_file(step, f"{kind}.yaml"))
    series, year = declaration.series, instants.office_day(step.now).year
    last = peek_number(step, series, year)
    number = documents.write_number(_mark(step), series, year, last + 1)
    printed = documents.render(kind, step.bundle, context, number=number, issued_at=step.now)
    take_number(step, series, year, last)
    document_id = step.tx.insert(
        models.documents,
        {
            "case_id": step.case["id"],
            "scope": step.scope,
            "kind": kind,
            "title": declaration.title,
            "number": number,
            "department_id": step.case["department_id"],
            "status": "issued",
            "sha256": printed.sha256,
            "content_sha256": printed.content_sha256,
            "template_sha256": _template_hash(step, kind),
            "content": content,
            "pages": printed.pages,
            "sealed": any(block.id == SEALED_BLOCK for block in declaration.blocks),
            "addressee": content.get("addressee") or content["party"]["name"],
            "issued_at": step.now,
            "issued_by": step.actor.person_id,
        },
    )
    step.tx.insert(models.document_bytes, {"document_id": document_id, "pdf": printed.pdf})
    contexts.register(step, kind, document_id)
    step.note(
        "document_issued",
        article="GB/T 9704-2012 7",
        after={"kind": kind, "number": number, "document_id": document_id},
        documents=[printed.sha256],
    )
    return {"document_id": document_id, "document_number": number}


def peek_number(step: Step, series: str, year: int) -> int:
    """The last serial used in the department's series of the year, 0 where none was."""
    row = step.tx.first(models.document_numbers.select().where(*_serial(step, series, year)))
    return row["last"] if row else 0


def take_number(step: Step, series: str, year: int, last: int) -> None:
    """Take the serial after `last`; raises CaseChanged where it is gone."""
    n = models.document_numbers
    if last == 0:
        first = {"department_id": step.case["department_id"], "series": series, "year": year}
        step.tx.insert_once(n, first)
    if not step.tx.run(
        n.update().where(*_serial(step, series, year), n.c.last == last).values(last=last + 1)
    ):
        raise errors.CaseChanged("文号刚刚被另一份文书取用，将自动重新编号")


def _as_issuer(step: Step, context: Mapping[str, Any]) -> Step:
    """The step as the organ sees it that issues: another where the context names an `issuer`."""
    issuer = context.get("issuer")
    if issuer is None:
        return step
    return dataclasses.replace(step, case={**step.case, "department_id": issuer})


def _mark(step: Step) -> str:
    """The organ's 机关代字; raises DocumentIncomplete where it has none."""
    organ = lawful.find_organ(step.tx, step.case)
    if not organ["short_name"]:
        raise errors.DocumentIncomplete(
            f"{organ['name']}没有登记机关代字，不能编号", article="GB/T 9704-2012 7.2.5"
        )
    return organ["short_name"]


def _serial(step: Step, series: str, year: int) -> tuple[Any, ...]:
    c = models.document_numbers.c
    return (c.department_id == step.case["department_id"], c.series == series, c.year == year)


def _find_issued(step: Step, kind: str, content: Any) -> Row | None:
    d = models.documents
    rows = step.tx.all(
        d.select()
        .where(
            d.c.case_id == step.case["id"],
            d.c.scope == step.scope,
            d.c.kind == kind,
            d.c.status == "issued",
        )
        .order_by(d.c.id.desc())
    )
    return next((row for row in rows if row["content"] == content), None)


def _file(step: Step, name: str) -> bytes:
    for path, data in step.bundle.items():
        if PurePosixPath(path).name == name:
            return data
    raise errors.DocumentIncomplete(f"流程包中没有 {name}")


def _template_hash(step: Step, kind: str) -> str:
    """sha256 over everything that shapes the document's look and wording."""
    names = {f"{kind}.html", f"{kind}.yaml", *documents.PARTS, "document.css"}
    digest = hashlib.sha256()
    for path in sorted(step.bundle):
        if PurePosixPath(path).name in names:
            digest.update(step.bundle[path])
    return digest.hexdigest()


TOPICS: Mapping[str, Topic] = {
    "check_document": Topic(
        check_document, inputs={"kind": "string"}, article="国办发〔2020〕49号 四（八）"
    ),
    "issue_document": Topic(
        issue_document,
        inputs={
            "kind": "string",
            "objection_id": "number",
            "service_id": "number",
            "commitment_id": "number",
            "hearing_id": "number",
            "review_id": "number",
            "measure_id": "number",
        },
        outputs={"document_id": "number", "document_number": "string"},
        job=True,
        article="GB/T 9704-2012 7",
    ),
}
