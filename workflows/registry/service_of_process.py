"""Service of process (送达): what was tried, what proves it, when the law deems it served (D07).

No proof, no date; no date, no window. The rules are 民事诉讼法 (2023) 第八十七条至第九十五条 and
行政处罚法 第六十一条.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from workflows import deadlines, errors, models, workdays
from workflows.registry import attachments, instants, law, values
from workflows.store import Row, Transaction

METHODS: Mapping[str, str] = {
    "electronic": "电子送达",
    "direct": "直接送达",
    "left": "留置送达",
    "mail": "邮寄送达",
    "entrusted": "委托送达",
    "announcement": "公告送达",
}
RESULTS: Mapping[str, str] = {
    "signed": "受送达人签收",
    "signed_by_other": "同住成年家属、收发部门等代收",
    "refused": "拒收",
    "left": "已留置",
    "arrived": "已到达特定系统",
    "received": "回执已签收",
    "returned": "退回",
    "not_found": "下落不明",
    "absent": "无人",
    "failed": "未能送达",
    "announced": "已公告",
}

ANNOUNCEMENT_LIMIT = "announcement_period"
MUST_FAIL_FIRST = frozenset({"direct", "mail"})
"""Tried in vain before an announcement: the ways open against anyone. Electronic service needs
consent, leaving needs a refusal, entrusting needs distance."""


@dataclass(frozen=True)
class Rule:
    """A row of D07. `needs` are fields of the attempt, `a|b` either; `waits`: for 30 days."""

    id: str
    article: str
    needs: tuple[str, ...] = ()
    waits: bool = False


RULES: Mapping[tuple[str, str], Rule] = {
    ("direct", "signed"): Rule("D07-1", "民事诉讼法第八十八条", ("receiver",)),
    ("direct", "signed_by_other"): Rule("D07-2", "民事诉讼法第八十八条", ("receiver", "relation")),
    ("left", "left"): Rule("D07-3", "民事诉讼法第八十九条", ("witness|evidence",)),
    ("electronic", "arrived"): Rule(
        "D07-4", "行政处罚法第六十一条第二款；民事诉讼法第九十条", ("consent_evidence",)
    ),
    ("mail", "received"): Rule("D07-5", "民事诉讼法第九十一条"),
    ("mail", "signed"): Rule("D07-5", "民事诉讼法第九十一条"),
    ("mail", "signed_by_other"): Rule("D07-5", "民事诉讼法第九十一条", ("receiver", "relation")),
    ("entrusted", "signed"): Rule("D07-6", "民事诉讼法第九十一条", ("receiver",)),
    ("entrusted", "signed_by_other"): Rule(
        "D07-6", "民事诉讼法第九十一条", ("receiver", "relation")
    ),
    ("announcement", "announced"): Rule("D07-7", "民事诉讼法第九十五条", waits=True),
}
"""Which method with which result serves. Everything else has not reached the addressee."""

SERVERS = 2
"""Officers on every service (行政处罚法第四十二条)."""

FIELDS = ("at", "place", "receiver", "relation", "witness", "remarks")
NEEDED_NAMES: Mapping[str, str] = {
    "receiver": "签收人",
    "relation": "代收人与受送达人的关系",
    "witness": "见证人",
    "witness|evidence": "见证人或者拍照、录像",
    "consent_evidence": "受送达人签名的电子送达确认书",
}


@dataclass(frozen=True)
class Attempt:
    """One attempt as recorded."""

    method: str
    result: str
    at: datetime
    place: str = ""
    receiver: str = ""
    relation: str = ""
    witness: str = ""
    servers: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()
    consent_evidence: tuple[str, ...] = ()
    remarks: str = ""


@dataclass(frozen=True)
class Effect:
    """What the law makes of an attempt. `served_at` in the future: the announcement still runs."""

    served_at: datetime | None
    rule: str
    article: str


def judge(
    attempt: Attempt, limits: Sequence[deadlines.Limit], calendar: workdays.Calendar
) -> Effect:
    """Say when `attempt` served the document (D07); pure. Raises EvidenceMissing without proof.

    A returned letter, a refusal without leaving, an empty house serve nothing: `served_at` None.
    """
    if attempt.method not in METHODS or attempt.result not in RESULTS:
        raise errors.NotExpected(f"送达方式“{attempt.method}”、结果“{attempt.result}”不在规定范围")
    rule = RULES.get((attempt.method, attempt.result))
    if rule is None:
        return Effect(None, "D07-0", "民事诉讼法第八十七条")
    missing = [NEEDED_NAMES[need] for need in rule.needs if not _has(attempt, need)]
    if not (attempt.evidence or attempt.consent_evidence):
        missing.append("送达的证据材料")
    if len(attempt.servers) < SERVERS:
        missing.append("两名送达人")
    if missing:
        raise errors.EvidenceMissing(
            f"{METHODS[attempt.method]}（{RESULTS[attempt.result]}）须有{'、'.join(missing)}",
            article=rule.article,
        )
    if not rule.waits:
        return Effect(attempt.at, rule.id, rule.article)
    limit = deadlines.find(limits, ANNOUNCEMENT_LIMIT, instants.office_day(attempt.at))
    return Effect(deadlines.compute(limit, attempt.at, calendar).due_at, rule.id, rule.article)


def check_announcement(
    tries: Sequence[tuple[str, bool]], *, whereabouts_unknown: bool = False
) -> None:
    """Raise AnnouncementTooEarly unless an announcement is allowed (民事诉讼法第九十五条).

    `tries`: the method of every earlier attempt and whether it served.
    """
    failed = {method for method, served in tries if not served}
    untried = MUST_FAIL_FIRST - failed
    if untried and not whereabouts_unknown:
        named = "、".join(METHODS[method] for method in sorted(untried))
        raise errors.AnnouncementTooEarly(
            f"受送达人并非下落不明，且尚未以{named}方式送达未果", article="民事诉讼法第九十五条"
        )


def open_service(tx: Transaction, case_id: int, document_id: int) -> int:
    """A new service of an issued document; an earlier one that reached nobody is closed."""
    s, d = models.services.c, models.documents.c
    document = tx.one(models.documents.select().where(d.id == document_id, d.case_id == case_id))
    if document["status"] != "issued" or not document["number"]:
        raise errors.DocumentIncomplete("文书未编号或者已撤回，不得送达")
    tx.run(
        models.services.update()
        .where(s.document_id == document_id, s.status == "open")
        .values(status="failed")
    )
    return tx.insert(
        models.services, {"case_id": case_id, "document_id": document_id, "status": "open"}
    )


def record_attempt(
    tx: Transaction, service_id: int, attempt: Attempt, *, whereabouts_unknown: bool = False
) -> Effect:
    """Write the attempt and, where it serves, the day of service with its rule (D07).

    Raises EvidenceMissing, AnnouncementTooEarly, NotExpected (time before the document or not yet
    come, service already ended).
    """
    service = find_service(tx, service_id)
    if service["status"] != "open":
        raise errors.NotExpected("本次送达已经结束")
    _check_time(tx, service, attempt.at)
    earlier = attempts(tx, service["document_id"])
    if (attempt.method, attempt.result) == ("announcement", "announced"):
        unknown = whereabouts_unknown or any(one["result"] == "not_found" for one in earlier)
        tries = [(one["method"], (one["method"], one["result"]) in RULES) for one in earlier]
        check_announcement(tries, whereabouts_unknown=unknown)
    effect = judge(attempt, *_law())
    proofs = [*attempt.evidence, *attempt.consent_evidence]
    if proofs:
        attachments.check_evidence(tx, service["case_id"], proofs, "送达")
    number = sum(one["service_id"] == service_id for one in earlier) + 1
    _insert_attempt(tx, service_id, attempt, number)
    if effect.served_at is not None and effect.served_at <= tx.now:
        _mark_served(tx, service_id, attempt, effect)
        return effect
    return replace(effect, served_at=None)


def close_service(tx: Transaction, service_id: int) -> Effect:
    """End an announcement whose period has run: the day it is deemed served; raises NotExpected."""
    service = find_service(tx, service_id)
    last = _last_attempt(tx, service_id)
    if service["status"] != "open" or last is None:
        raise errors.NotExpected("没有正在进行的公告送达")
    attempt = read_attempt(last)
    effect = judge(attempt, *_law())
    if effect.served_at is None or effect.served_at > tx.now:
        raise errors.NotExpected("公告期尚未届满，不得视为送达", article="民事诉讼法第九十五条")
    _mark_served(tx, service_id, attempt, effect)
    return effect


def check_served(tx: Transaction, document_id: int, what: str, now: datetime) -> datetime:
    """When the document was served, proved again from the attempt and the evidence.

    Raises NoticeNotServed where there is no service, no evidence, or a date the law does not give.
    Fail closed: whatever cannot be proved has not been served (行政处罚法第六十一条).
    """
    s = models.services.c
    service = tx.first(
        models.services.select()
        .where(s.document_id == document_id, s.status == "served")
        .order_by(s.id.desc())
        .limit(1)
    )
    if service is None or service["served_at"] is None:
        raise errors.NoticeNotServed(f"{what}没有送达回证", article="行政处罚法第六十一条")
    last = _last_attempt(tx, service["id"])
    if last is None:
        raise errors.NoticeNotServed(f"{what}的送达没有送达经过记录")
    attempt = read_attempt(last)
    try:
        effect = judge(attempt, *_law())
        attachments.check_bytes(tx, service["case_id"], last["evidence"], f"{what}送达")
    except errors.Refusal as refusal:
        raise errors.NoticeNotServed(
            refusal.detail, article=refusal.article or "行政处罚法第六十一条"
        ) from refusal
    if effect.served_at is None or effect.served_at > now:
        raise errors.NoticeNotServed(
            f"{what}以{METHODS[attempt.method]}方式（{RESULTS[attempt.result]}）未送达",
            article=effect.article,
        )
    if effect.served_at != service["served_at"]:
        raise errors.NoticeNotServed(f"{what}记载的送达时间与送达经过不符", article=effect.article)
    return effect.served_at


def find_service(tx: Transaction, service_id: int) -> Row:
    """The service; raises NotFound."""
    return tx.one(models.services.select().where(models.services.c.id == service_id))


def attempts(tx: Transaction, document_id: int) -> Sequence[Row]:
    """Every attempt to serve a document, over all its services, oldest first."""
    s, a = models.services, models.service_attempts
    return tx.all(
        a.join(s, a.c.service_id == s.c.id)
        .select()
        .with_only_columns(*a.c)
        .where(s.c.document_id == document_id)
        .order_by(a.c.id)
    )


def read_attempt(row: Row) -> Attempt:
    """The attempt in a row; consent to electronic service is kept among the evidence."""
    evidence = tuple(values.read_texts(row["evidence"]))
    return Attempt(
        method=row["method"],
        result=row["result"],
        at=row["at"],
        place=row["place"],
        receiver=row["receiver"],
        relation=row["relation"],
        witness=row["witness"],
        servers=tuple(values.read_texts(row["servers"])),
        evidence=evidence,
        consent_evidence=evidence if row["method"] == "electronic" else (),
        remarks=row["remarks"],
    )


def _has(attempt: Attempt, need: str) -> bool:
    return any(bool(getattr(attempt, one)) for one in need.split("|"))


def _law() -> tuple[tuple[deadlines.Limit, ...], workdays.Calendar]:
    return law.limits(), law.calendar()


def _check_time(tx: Transaction, service: Row, at: datetime) -> None:
    if at > tx.now:
        raise errors.NotExpected(f"送达时间 {instants.say_instant(at)} 晚于现在，请核对")
    d = models.documents.c
    document = tx.one(models.documents.select().where(d.id == service["document_id"]))
    issued_minute = document["issued_at"].replace(second=0, microsecond=0)  # forms know minutes
    if at < issued_minute:
        raise errors.NotExpected(
            f"送达时间 {instants.say_instant(at)} 早于文书制发时间"
            f" {instants.say_instant(document['issued_at'])}，请核对"
        )


def _insert_attempt(tx: Transaction, service_id: int, attempt: Attempt, number: int) -> None:
    tx.insert(
        models.service_attempts,
        {
            "service_id": service_id,
            "no": number,
            "method": attempt.method,
            "result": attempt.result,
            **{name: getattr(attempt, name) for name in FIELDS},
            "servers": list(attempt.servers),
            "evidence": list(dict.fromkeys([*attempt.evidence, *attempt.consent_evidence])),
        },
    )


def _mark_served(tx: Transaction, service_id: int, attempt: Attempt, effect: Effect) -> None:
    evidence = list(dict.fromkeys([*attempt.evidence, *attempt.consent_evidence]))
    tx.run(
        models.services.update()
        .where(models.services.c.id == service_id)
        .values(
            status="served",
            method=attempt.method,
            served_at=effect.served_at,
            receiver=attempt.receiver,
            evidence=evidence,
            rule=effect.rule,
        )
    )


def _last_attempt(tx: Transaction, service_id: int) -> Row | None:
    a = models.service_attempts.c
    return tx.first(
        models.service_attempts.select()
        .where(a.service_id == service_id)
        .order_by(a.id.desc())
        .limit(1)
    )
