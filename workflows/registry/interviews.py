"""Interviews (约谈): notified in time, held by two of the house, recorded, filed (R-052, R-182).

An interview urges; it takes nothing away. Its record is in the subject's credit record and never
public (INV-22).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from workflows import deadlines, errors, models
from workflows.registry import attachments, commitments, instants, law, listings, values
from workflows.store import Row, Transaction

LAW = "濮信用〔2020〕3号 三（四）20；安信用办〔2023〕5号 三（三）"
NOTICE = "interview_notice"
"""The limit between the service of a notice and the interview."""

KINDS = {"prompt": "提示约谈", "warning": "警示约谈", "officer": "对责任人约谈"}
NOTICED = frozenset({"noticed", "noticed_again"})
ABSENCES = 2
"""Absences without good reason that make a no-show: after a notice and a second notice."""

_i = models.interviews


@dataclass(frozen=True)
class Standing:
    """What decides the kind of an interview (D20): the subject as the registry knows it now."""

    flag: str
    listed: bool
    breached: bool
    missed: bool
    first: bool


@dataclass(frozen=True)
class Held:
    """What was said and by whom. `interviewers`, `recused`: logins of people of the house."""

    at: datetime
    place: str
    interviewers: Sequence[str]
    recused: Sequence[str]
    attendee: str
    attendee_role: str
    authority: str
    statements: str
    requirements: str
    rectify_by: date | None


@dataclass(frozen=True)
class Signature:
    """`outcome`: signed or refused. `evidence`: the record as signed on every page."""

    outcome: str
    reason: str
    witness: str
    evidence: Sequence[str]


def standing(tx: Transaction, subject_id: int) -> Standing:
    """Flag (D02), lists, breaches and earlier interviews of a subject."""
    f, entry = models.flags, models.listings
    flag = tx.first(f.select().where(f.c.subject_id == subject_id, f.c.current))
    listed = tx.first(
        entry.select().where(
            entry.c.subject_id == subject_id,
            entry.c.status.in_([listings.DECIDED, "published"]),
        )
    )
    earlier = of_subject(tx, subject_id)
    return Standing(
        flag=flag["kind"] if flag else "none",
        listed=listed is not None,
        breached=commitments.has_breach(tx, subject_id),
        missed=any(row["status"] == "no_show" for row in earlier),
        first=not any(row["status"] in {"held", "no_show"} for row in earlier),
    )


def open_interview(tx: Transaction, case: values.Fields, cause: str) -> int:
    """Begin the interview of a case; asked again it is the same one."""
    known = tx.first(_of_case(case["id"]))
    if known is not None:
        return known["id"]
    return tx.insert(_i, {"subject_id": case["subject_id"], "case_id": case["id"], "cause": cause})


def schedule(tx: Transaction, case_id: int, kind: str, at: datetime, place: str) -> int:
    """Fix kind, time and place; the notice must be able to come early enough."""
    row = of_case(tx, case_id)
    _check_open(row)
    if kind not in KINDS:
        raise errors.InterviewUnlawful(f"没有名为“{kind}”的约谈种类", article=LAW)
    earliest = notice_end(tx.now)
    if at < earliest:
        raise errors.InterviewUnlawful(
            f"约谈时间 {instants.say_instant(at)} 太早：通知须提前送达，"
            f"最早可以定在 {instants.say_instant(earliest)}",
            article=LAW,
        )
    _write(tx, row, kind=kind, scheduled_at=at, place=place)
    return row["id"]


def attach_notice(tx: Transaction, case_id: int, document_id: int) -> None:
    """Note which notice calls to the interview."""
    _write(tx, of_case(tx, case_id), notice_document_id=document_id)


def notice_end(served_at: datetime) -> datetime:
    """The earliest instant of an interview whose notice is served then (limit interview_notice)."""
    limit = deadlines.find(law.limits(), NOTICE, instants.office_day(served_at))
    return deadlines.compute(limit, served_at, law.calendar()).due_at


def record_notice(tx: Transaction, case_id: int, served_at: datetime) -> bool:
    """Note the service of the notice; False where it came too late for the time it names."""
    row = of_case(tx, case_id)
    _check_open(row)
    if row["scheduled_at"] is None or row["notice_document_id"] is None:
        raise errors.InterviewUnlawful("还没有制发约谈通知书", article=LAW)
    if row["scheduled_at"] < notice_end(served_at):
        return False
    status = "noticed" if row["absences"] == 0 else "noticed_again"
    _write(tx, row, status=status, noticed_at=served_at)
    return True


def record_absence(tx: Transaction, case_id: int, *, excused: bool) -> int:
    """Nobody came; the number of absences without good reason. The second is a no-show.

    Whoever has a good reason is called again as if for the first time.
    """
    row = of_case(tx, case_id)
    _check_noticed(row)
    if tx.now < row["scheduled_at"]:
        raise errors.InterviewUnlawful("约谈时间未到，不能登记缺席", article=LAW)
    absences = row["absences"] + (not excused)
    missed = absences >= ABSENCES
    _write(tx, row, absences=absences, status="no_show" if missed else "drafted")
    return absences


def hold(tx: Transaction, case: values.Fields, held: Held) -> int:
    """Record an interview that took place; raises InterviewUnlawful, FourEyes, EvidenceMissing.

    Two people of the house at least ask, neither of them one who is to withdraw (回避).
    """
    row = of_case(tx, case["id"])
    _check_noticed(row)
    if not row["noticed_at"] <= held.at <= tx.now:
        raise errors.InterviewUnlawful("约谈时间应在通知送达以后、现在以前", article=LAW)
    askers = _interviewers(tx, case, held)
    for said, name in (
        (held.attendee, "被约谈人"),
        (held.attendee_role, "被约谈人的身份"),
        (held.authority, "身份和授权的证明"),
        (held.requirements, "约谈人的要求"),
    ):
        if not said.strip():
            raise errors.EvidenceMissing(f"约谈记录没有写明{name}", article=LAW)
    if held.rectify_by is not None and held.rectify_by <= instants.office_day(held.at):
        raise errors.RectificationUnlawful("整改期限应在约谈之日以后", article=LAW)
    _write(
        tx,
        row,
        status="held",
        held_at=held.at,
        place=held.place or row["place"],
        interviewers=askers,
        attendee=held.attendee,
        attendee_role=held.attendee_role,
        authority=held.authority,
        statements=held.statements,
        requirements=held.requirements,
        rectify_by=held.rectify_by,
    )
    return row["id"]


def attach_record(tx: Transaction, case_id: int, document_id: int) -> None:
    """Note which document is the record of the interview."""
    _write(tx, of_case(tx, case_id), record_document_id=document_id)


def sign_record(tx: Transaction, case_id: int, signature: Signature) -> None:
    """Note how the record was signed; a refusal with its reason and a witness of another name.

    Raises EvidenceMissing, InterviewUnlawful.
    """
    row = of_case(tx, case_id)
    if row["status"] != "held" or row["record_document_id"] is None:
        raise errors.InterviewUnlawful("约谈记录尚未制作，不能签名", article=LAW)
    attachments.check_evidence(tx, case_id, signature.evidence, "约谈记录的逐页签名")
    if signature.outcome == "refused":
        askers = {one["name"] for one in values.read_rows(row["interviewers"])}
        if not signature.reason.strip() or not signature.witness.strip():
            raise errors.EvidenceMissing("拒绝签名的，须注明原因并有见证人签名", article=LAW)
        if signature.witness in askers:
            raise errors.InterviewUnlawful("约谈人不能同时是见证人", article=LAW)
    elif signature.outcome != "signed":
        raise errors.InterviewUnlawful("约谈记录须注明已签名或者拒绝签名", article=LAW)
    _write(
        tx,
        row,
        signature=signature.outcome,
        refusal=signature.reason,
        witness=signature.witness,
        evidence=list(signature.evidence),
    )


def hand_guide(tx: Transaction, case_id: int, at: datetime) -> None:
    """Note when the repair guide was handed over in the interview of the case, if there is one."""
    row = tx.first(_of_case(case_id))
    if row is not None:
        _write(tx, row, guide_handed_at=at)


def file_interview(tx: Transaction, case_id: int) -> int:
    """The signed record enters the subject's credit record (R-182); never the public (INV-22)."""
    row = of_case(tx, case_id)
    if row["status"] != "held" or not row["signature"] or row["record_document_id"] is None:
        raise errors.InterviewUnlawful("约谈记录没有制作或者没有签名，不能归档", article=LAW)
    _write(tx, row, filed_at=tx.now)
    return row["id"]


def cancel(tx: Transaction, case_id: int) -> None:
    """The interview is called off before it is held."""
    row = of_case(tx, case_id)
    _check_open(row)
    _write(tx, row, status="cancelled")


def of_case(tx: Transaction, case_id: int) -> Row:
    """The interview of a case; raises InterviewUnlawful where there is none."""
    row = tx.first(_of_case(case_id))
    if row is None:
        raise errors.InterviewUnlawful("本案没有约谈", article=LAW)
    return row


def of_subject(tx: Transaction, subject_id: int) -> Sequence[Row]:
    """Every interview of a subject, oldest first."""
    return tx.all(_i.select().where(_i.c.subject_id == subject_id).order_by(_i.c.id))


def askers_of(tx: Transaction, department_id: int) -> Sequence[Row]:
    """Who of an office may hold an interview: login and name, each once."""
    m, p = models.memberships, models.people
    return tx.all(
        m.join(p, m.c.person_id == p.c.id)
        .select()
        .with_only_columns(p.c.id, p.c.login, p.c.name)
        .where(
            m.c.department_id == department_id,
            m.c.role.in_(["caseworker", "dept_head", "legal_reviewer"]),
            p.c.active,
        )
        .distinct()
        .order_by(p.c.id)
    )


def _interviewers(tx: Transaction, case: values.Fields, held: Held) -> list[dict[str, Any]]:
    known = {row["login"]: row for row in askers_of(tx, case["department_id"])}
    chosen = list(dict.fromkeys(held.interviewers))
    if len(chosen) < 2:
        raise errors.InterviewUnlawful("约谈人不得少于两名", article="行政处罚法第四十二条（参照）")
    strangers = [login for login in chosen if login not in known]
    if strangers:
        raise errors.InterviewUnlawful(f"约谈人 {'、'.join(strangers)} 不是本机关的办案人员")
    barred = [known[login]["name"] for login in chosen if login in held.recused]
    if barred:
        raise errors.FourEyes(
            f"{'、'.join(barred)}应当回避，不得担任约谈人", article="行政处罚法第四十三条（参照）"
        )
    return [{"login": login, "name": known[login]["name"]} for login in chosen]


def _check_open(row: Row) -> None:
    if row["status"] not in {"drafted", *NOTICED}:
        raise errors.InterviewUnlawful("约谈已经进行、取消或者已经记为未到", article=LAW)


def _check_noticed(row: Row) -> None:
    if row["status"] not in NOTICED:
        raise errors.InterviewUnlawful("约谈通知书没有按期送达", article=LAW)


def _of_case(case_id: int) -> Any:
    return _i.select().where(_i.c.case_id == case_id).order_by(_i.c.id.desc()).limit(1)


def _write(tx: Transaction, row: Row, **said: Any) -> None:
    tx.run(_i.update().where(_i.c.id == row["id"]).values(**said))
