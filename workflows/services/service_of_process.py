"""The diagram's words for service of process (送达)."""

from collections.abc import Mapping

from workflows.registry import attachments, instants, service_of_process, values
from workflows.registry.service_of_process import Attempt
from workflows.services import steps
from workflows.services.steps import Outputs, Step, Topic


def open_service(step: Step) -> Outputs:
    """Open a service of the issued document."""
    document_id = int(step.inputs["document_id"])
    service_id = service_of_process.open_service(step.tx, step.case["id"], document_id)
    step.note("service_opened", after={"document_id": document_id, "service_id": service_id})
    return {"service_id": service_id}


def record_attempt(step: Step) -> Outputs:
    """Write an attempt into the 送达回证; say whether, when and by which rule it served (D07)."""
    service_id = int(step.inputs["service_id"])
    attempt = _read_attempt(step)
    effect = service_of_process.record_attempt(
        step.tx,
        service_id,
        attempt,
        whereabouts_unknown=attempt.result == "announced" and _is_untraceable(step),
    )
    service = service_of_process.find_service(step.tx, service_id)
    tries = service_of_process.attempts(step.tx, service["document_id"])
    served = effect.served_at is not None
    failed = {one["method"] for one in tries} - ({attempt.method} if served else set[str]())
    step.note(
        "service_attempted",
        article=effect.article,
        after={
            "method": attempt.method,
            "result": attempt.result,
            "at": instants.write_instant(attempt.at),
            "rule": effect.rule,
            "served_at": instants.write_instant(effect.served_at) if effect.served_at else None,
        },
        documents=[*attempt.evidence, *attempt.consent_evidence],
    )
    return {
        "attempt_count": len(tries),
        "served": served,
        "served_at": instants.write_instant(effect.served_at) if effect.served_at else None,
        "all_failed": not served and failed >= service_of_process.MUST_FAIL_FIRST,
    }


def close_service(step: Step) -> Outputs:
    """The announcement has run its course: deemed served (民事诉讼法第九十五条)."""
    effect = service_of_process.close_service(step.tx, int(step.inputs["service_id"]))
    served_at = effect.served_at and instants.write_instant(effect.served_at)
    step.note("service_deemed", article=effect.article, after={"served_at": served_at})
    return {"served": True, "served_at": served_at}


def _read_attempt(step: Step) -> Attempt:
    facts, method = step.facts, str(step.inputs["method"])
    at = facts.get("posted_at") if method == "announcement" else facts.get("at")
    remarks = {
        "拒收事由": values.read_text(facts, "refusal") if method == "left" else "",
        "邮件号码": values.read_text(facts, "tracking_no") if method == "mail" else "",
        "受委托机关": values.read_text(facts, "entrusted_organ") if method == "entrusted" else "",
        "发布渠道": "、".join(values.read_texts(facts.get("channels")))
        if method == "announcement"
        else "",
        "备注": values.read_text(facts, "remarks"),
    }
    signed = str(step.inputs["result"]) in {"signed", "signed_by_other", "received"}
    servers = (values.read_text(facts, key) for key in ("server_1", "server_2"))
    consent = facts.get("consent_evidence") if method == "electronic" else None
    return Attempt(
        method=method,
        result=str(step.inputs["result"]),
        at=instants.read_instant(at, "送达时间"),
        place=values.read_text(facts, "place"),
        receiver=values.read_text(facts, "receiver") if signed else "",
        relation=values.read_text(facts, "relation") if signed else "",
        witness=values.read_text(facts, "witness") if method == "left" else "",
        servers=tuple(name for name in servers if name),
        evidence=tuple(values.read_texts(facts.get("evidence"))),
        consent_evidence=tuple(values.read_texts(consent)),
        remarks="；".join(f"{name}：{said}" for name, said in remarks.items() if said),
    )


def _is_untraceable(step: Step) -> bool:
    """Whereabouts unknown, with something to prove it."""
    if step.facts.get("whereabouts_unknown") is not True:
        return False
    proof = step.facts.get("whereabouts_evidence")
    attachments.check_evidence(step.tx, step.case["id"], proof, "受送达人下落不明")
    return True


TOPICS: Mapping[str, Topic] = {
    "open_service": Topic(
        open_service,
        inputs={"document_id": "number"},
        outputs={"service_id": "number"},
        article="行政处罚法第六十一条",
    ),
    "record_attempt": Topic(
        record_attempt,
        inputs={"service_id": "number", "method": "string", "result": "string"},
        outputs={
            "attempt_count": "number",
            "served": "boolean",
            "served_at": steps.INSTANT,
            "all_failed": "boolean",
        },
        article="民事诉讼法第八十七条至第九十五条",
    ),
    "close_service": Topic(
        close_service,
        inputs={"service_id": "number"},
        outputs={"served": "boolean", "served_at": steps.INSTANT},
        article="民事诉讼法第九十五条",
    ),
}
