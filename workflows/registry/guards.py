"""The due-process guard: no listing unless every step the law asks for is proved by rows.

It reads notices, documents, services, objections, attachments, records and tasks; never a case's
facts. What cannot be proved did not happen: fail closed. Each guard returns, in Chinese, what
meets it, and raises a Refusal naming what is missing and the article that asks for it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from workflows import deadlines, errors, models
from workflows.registry import (
    attachments,
    casefile,
    hearing_proofs,
    hearings,
    instants,
    law,
    lawful,
    leniency,
    notices,
    objections,
    papers,
    pauses,
    proofs,
    records,
    remedies,
    reviews,
    service_of_process,
    values,
)
from workflows.registry.casefile import File
from workflows.store import Row, Transaction

NOTICE_LAW = casefile.NOTICE_LAW
HEARD_LAW = "国办发〔2020〕49号 四（八）；行政处罚法第四十五条"
EYES_LAW = "行政处罚法第六十四条第四项（参照）"
CONTENT_LAW = "国办发〔2020〕49号 四（八）"
LONGEST_MONTHS = 60
"""Where the list's own basis fixes no term: 河南省社会信用条例第十九条, five years."""

INVESTIGATES = frozenset({"caseworker", "legal_reviewer"})
"""Lanes whose people may not also decide (INV-10)."""

DECISION_WORDS: Mapping[str, str] = {
    "grounds": "事由",
    "reasons": "理由",
    "measures": "失信惩戒措施提示",
    "term_months": "列入期限",
    "removal_conditions": "移出条件",
    "removal_procedure": "移出程序",
}


@dataclass(frozen=True)
class Check:
    """One line of the due-process checklist of a case."""

    id: str
    name: str
    met: bool
    detail: str
    article: str


@dataclass(frozen=True)
class Guard:
    """A demand of the law. `about`: what it looks at, the case, who decides, or the decision."""

    id: str
    name: str
    article: str
    check: Callable[[File], str]
    about: str = "case"


def notice_served(file: File) -> str:
    """INV-01a: the current notice has been served, with proof (49号文 四（八）; Henan 28)."""
    notice = casefile.find_notice(file)
    if notice["status"] == "superseded":
        raise errors.NoticeNotServed("事前告知书已被取代，须以新的告知书重新告知")
    served_at = service_of_process.check_served(
        file.tx, notice["document_id"], "事前告知书", file.now
    )
    if notice["status"] != "served" or notice["served_at"] != served_at:
        raise errors.NoticeNotServed("告知书记载的送达时间与送达回证不符", article=NOTICE_LAW)
    return f"{instants.say_instant(served_at)}送达"


def objections_answered(file: File) -> str:
    """INV-01c: every objection so far, late ones too, is answered and the answer served."""
    waiting = objections.pending(file.tx, file.case["id"], file.now)
    if waiting:
        raise errors.ObjectionOpen(f"有 {len(waiting)} 件异议已经收到、尚未登记", article=HEARD_LAW)
    unheard = objections.refused(file.tx, file.case["id"], file.now)
    if unheard:
        raise errors.ObjectionOpen(f"有 {len(unheard)} 件异议未能登记：{unheard[0]['reason']}")
    for objection in file.objections:
        late = "（逾期提出，仍应核实答复）" if objection["late"] else ""
        if objection["answered_at"] is None or not objection["result"]:
            raise errors.ObjectionOpen(
                f"异议 {objection['number']}{late}尚未答复", article=HEARD_LAW
            )
        if objection["answer_served_at"] is None or objection["answer_document_id"] is None:
            raise errors.ObjectionOpen(
                f"异议 {objection['number']}{late}的答复尚未送达", article=HEARD_LAW
            )
        _check_answer(file, objection)
    return f"{len(file.objections)} 件异议均已答复并送达" if file.objections else "没有收到异议"


def window_ended(file: File) -> str:
    """INV-01b: the window has run out, or was waived over a signature; recomputed here (INV-21).

    With what has stopped or lengthened it: while it stands still it has not run out.
    """
    notice = casefile.find_notice(file)
    if notice["served_at"] is None or notice["window_end"] is None:
        raise errors.WindowOpen("期限尚未起算", article=NOTICE_LAW)
    waived = _waiver(file, notice)
    if waived:
        return waived
    try:
        known = pauses.of_window(file.tx, notice, file.now)
        end = notices.window_end(
            notice["served_at"], notice["limit_id"], law.limits(), law.calendar(), known, file.now
        )
    except errors.LimitUnknown as unknown:
        raise errors.WindowOpen(f"无法核算期限：{unknown.detail}", article=NOTICE_LAW) from unknown
    if deadlines.is_stopped(known, file.now):
        raise errors.WindowOpen("期限正在中止或者中断，恢复以后继续计算", article=NOTICE_LAW)
    end = max(end, notice["window_end"])
    if file.now < end:
        raise errors.WindowOpen(
            f"期限至 {instants.say_end(end)} 届满", article=NOTICE_LAW, window_end=end
        )
    return f"期限已于 {instants.say_end(end)} 届满"


def notice_complete(file: File) -> str:
    """INV-02: the notice says grounds, basis, measures, rights, how, where and until when."""
    notice = casefile.find_notice(file)
    rights, organ = casefile.said_of(file, "rights"), casefile.said_of(file, "organ")
    grounds, basis = values.read_rows(notice["grounds"]), values.read_rows(notice["basis"])
    demands = {
        "拟列入事由": grounds and all(values.read_text(one, "text") for one in grounds),
        "依据": basis and all(values.read_text(one, "article") for one in basis),
        "惩戒措施提示": notice["measures"],
        "陈述申辩和异议的期限": rights.get("window_days") and notice["limit_id"],
        "提出的方式": rights.get("channels"),
        "提出的地址": values.read_text(organ, "address"),
    }
    missing = [name for name, is_said in demands.items() if not is_said]
    if missing:
        raise errors.NoticeIncomplete(f"缺少{'、'.join(missing)}", article=NOTICE_LAW)
    return "必备内容齐全"


def document_sound(file: File) -> str:
    """INV-23: number, seal, template version, and bytes that are those which were issued."""
    return papers.check_sound(file.tx, casefile.find_notice(file)["document_id"], "事前告知书")


def list_lawful(file: File) -> str:
    """INV-06: the list is registered, in force today, on a sufficient basis, and ours to use."""
    code = casefile.list_code(file)
    return lawful.check_list(file.tx, file.case, code, file.now)


def basis_in_force(file: File) -> str:
    """INV-07: each ground cites an effective document, not withdrawn, not stayed."""
    cited = lawful.check_basis(file.tx, file.case, casefile.grounds_at_issue(file))
    return f"所据 {cited} 件法律文书均为有效"


def measures_lawful(file: File) -> str:
    """INV-08: each measure is in the catalogue, not blocked, and made for this list and subject."""
    decided = values.read_texts((file.decision or {}).get("measures"))
    codes = decided or values.read_texts(casefile.find_notice(file)["measures"])
    lawful.check_measures(file.tx, file.case, casefile.list_code(file), codes, file.now)
    offered = casefile.said_of(file, "rights").get("hearing") is True
    hearings.check_offered(codes, file.now, offered=offered)
    return f"{len(codes)} 项措施均在目录之内"


def leniency_reviewed(file: File) -> str:
    """INV-18: a minor, force majeure, no fault, slight behaviour: only after a review."""
    cited = {one for ground in casefile.grounds_at_issue(file) for one in records.cited(ground)}
    issued_at = file.document["issued_at"] if file.document else file.now
    return leniency.check_reviewed(file.tx, file.case, cited, issued_at, file.now)


def hearings_settled(file: File) -> str:
    """INV-01d: a hearing asked for in time was held, given up or missed without reason."""
    return hearing_proofs.check_settled(file.tx, file.case, file.notice, file.now)


def reviews_settled(file: File) -> str:
    """INV-01e: every provincial review is decided and its result served."""
    return reviews.check_settled(file.tx, file.case, file.now)


def reviewed_after_hearing(file: File) -> str:
    """INV-11: after a hearing somebody has reviewed the legality (行政处罚法第五十八条)."""
    return hearing_proofs.check_reviewed_since(file.tx, file.case["id"], file.now)


def not_stayed(file: File) -> str:
    """INV-07: no order to stay stands (行政复议法第四十二条; filing alone stays nothing)."""
    return remedies.check_not_stayed(file.tx, file.now, case_id=file.case["id"])


def decider_unbiased(file: File) -> str:
    """INV-10: a named person decides, who has neither handled nor reviewed the case."""
    if file.decider_id is None:
        raise errors.FourEyes("列入决定须由具名的负责人作出，系统不得自动作出", article=EYES_LAW)
    p, t = models.people.c, models.tasks.c
    person = file.tx.first(models.people.select().where(p.id == file.decider_id, p.active))
    if person is None:
        raise errors.FourEyes("决定人不是本机关在职人员", article=EYES_LAW)
    done = file.tx.all(
        models.tasks.select().where(
            t.case_id == file.case["id"],
            t.completed_by.is_not(None),
            t.ended_at.is_(None) | (t.ended_at <= file.now),
        )
    )
    investigators = {row["completed_by"] for row in done if row["role"] in INVESTIGATES}
    if not investigators:
        raise errors.FourEyes("案卷中没有承办人，无法核对承办与决定是否分离", article=EYES_LAW)
    if file.decider_id in investigators | {one["verifier_id"] for one in file.objections}:
        raise errors.FourEyes(f"{person['name']}承办或者审核过本案", article=EYES_LAW)
    return f"由{person['name']}决定"


def within_notice(file: File) -> str:
    """INV-03: the decision rests on grounds and basis that were announced and not struck."""
    decision, notice = file.decision or {}, casefile.find_notice(file)
    if file.listing is None or decision.get("list_code") != file.listing["list_code"]:
        raise errors.BeyondNotice("决定列入的名单与告知的名单不同", article=NOTICE_LAW)
    announced = set(values.read_numbers(notice["grounds"]))
    decided = set(values.read_numbers(decision.get("grounds")))
    if not decided:
        raise errors.BeyondNotice("决定没有写明所依据的事由", article=NOTICE_LAW)
    if decided - announced:
        raise errors.BeyondNotice(f"事由 {_join(decided - announced)} 未经告知", article=NOTICE_LAW)
    struck = decided & notices.struck_numbers(file.tx, notice, file.objections)
    if struck:
        raise errors.BeyondNotice(
            f"事由 {_join(struck)} 已因异议成立而不再成立", article="行政处罚法第四十五条"
        )
    if _cited(decision.get("basis")) - _cited(notice["basis"]):
        raise errors.BeyondNotice("决定引用了未经告知的依据", article=NOTICE_LAW)
    return f"依据事由 {_join(decided)}"


def not_aggravated(file: File) -> str:
    """INV-04: no measure beyond those announced (行政处罚法第四十五条第二款)."""
    decision = file.decision or {}
    added = set(values.read_texts(decision.get("measures"))) - set(
        values.read_texts(casefile.find_notice(file)["measures"])
    )
    if added:
        raise errors.Aggravated(
            f"措施 {_join(added)} 未经告知", article="行政处罚法第四十五条第二款"
        )
    rule = law.find_list(str(decision.get("list_code")), instants.office_day(file.now))
    longest = (rule.term_months if rule else None) or LONGEST_MONTHS
    months = decision.get("term_months")
    if isinstance(months, int | float) and months > longest:
        raise errors.Aggravated(
            f"列入期限 {months:g} 个月超过 {longest} 个月", article=rule.term_basis if rule else ""
        )
    return "未超出告知的惩戒措施"


def decision_complete(file: File) -> str:
    """INV-05: grounds, basis, measures, conditions and procedure of removal, relief."""
    decision = file.decision or {}
    missing = [
        name for key, name in DECISION_WORDS.items() if not values.is_said(decision.get(key))
    ]
    months = decision.get("term_months")
    if values.is_said(months) and not _is_term(months):
        missing.append("列入期限（应为正整数月）")
    if not casefile.find_notice(file)["basis"]:
        missing.append("依据")
    d = models.departments.c
    organ = file.tx.one(models.departments.select().where(d.id == file.case["department_id"]))
    missing += [
        name
        for column, name in (("government", "救济（复议机关）"), ("court", "救济（管辖法院）"))
        if not organ[column]
    ]
    if missing:
        raise errors.DecisionIncomplete(f"缺少{'、'.join(missing)}", article=CONTENT_LAW)
    return "必备内容齐全"


GUARDS: tuple[Guard, ...] = (
    Guard("INV-01a", "事前告知书已送达", NOTICE_LAW, notice_served),
    Guard("INV-01c", "异议均已答复并送达", HEARD_LAW, objections_answered),
    Guard("INV-01b", "期限届满或者书面放弃", NOTICE_LAW, window_ended),
    Guard("INV-01d", "听证均已办结", hearings.LAW, hearings_settled),
    Guard("INV-01e", "省级复核均已办结", reviews.WAITS, reviews_settled),
    Guard("INV-02", "告知书内容齐全", NOTICE_LAW, notice_complete),
    Guard("INV-23", "告知书编号、印章、散列值无误", "GB/T 9704-2012 7", document_sound),
    Guard("INV-06", "名单合法有效", lawful.LIST_LAW, list_lawful),
    Guard("INV-07", "所据法律文书有效", lawful.BASIS_LAW, basis_in_force),
    Guard("INV-08", "惩戒措施在目录之内", lawful.MEASURE_LAW, measures_lawful),
    Guard("INV-07b", "没有停止执行的命令", remedies.LAW, not_stayed),
    Guard("INV-18", "从宽情形已经审查", leniency.LAW, leniency_reviewed),
    Guard("INV-11", "听证以后已经法制审核", hearings.REVIEW_LAW, reviewed_after_hearing),
    Guard("INV-10", "承办、审核与决定分离", EYES_LAW, decider_unbiased, "decider"),
    Guard("INV-03", "决定不超出告知", NOTICE_LAW, within_notice, "decision"),
    Guard("INV-04", "不因申辩加重", "行政处罚法第四十五条第二款", not_aggravated, "decision"),
    Guard("INV-05", "决定内容齐全", CONTENT_LAW, decision_complete, "decision"),
)
"""In the order in which they are told: what has to wait comes first."""


def check_listing(
    tx: Transaction,
    case: values.Fields,
    decider_id: int | None,
    decision: Mapping[str, Any] | None,
    now: datetime,
) -> None:
    """Raise the first thing missing for a listing (INV-01 … -08, -10, -23), with its article.

    Without a `decision` only what the case must have before anyone may decide is checked.
    """
    file = casefile.gather(tx, case, now, decider_id, decision)
    for guard in GUARDS:
        if guard.about == "case" or decision is not None:
            guard.check(file)


def due_process(tx: Transaction, case: values.Fields, now: datetime) -> list[Check]:
    """The checklist of a case: each demand, whether it is met, why, and the article behind it.

    A decided case is told as it stood when it was decided: what changed later is another matter.
    """
    file = casefile.gather(tx, case, now)
    listing = file.listing
    if listing is None or listing["decided_by"] is None:
        return [_tell(guard, file) for guard in GUARDS if guard.about == "case"]
    then = casefile.gather(tx, case, listing["decided_at"], listing["decided_by"])
    return [_tell(guard, then) for guard in GUARDS if guard.about != "decision"]


def _tell(guard: Guard, file: File) -> Check:
    try:
        detail = guard.check(file)
        return Check(guard.id, guard.name, met=True, detail=detail, article=guard.article)
    except errors.Refusal as refusal:
        detail = refusal.detail or refusal.message
        article = refusal.article or guard.article
        return Check(guard.id, guard.name, met=False, detail=detail, article=article)


def _is_term(months: Any) -> bool:
    whole = isinstance(months, int | float) and not isinstance(months, bool)
    return whole and months >= 1 and months % 1 == 0


def _cited(basis: Any) -> set[tuple[str, str]]:
    rows = values.read_rows(basis)
    return {(values.read_text(one, "title"), values.read_text(one, "article")) for one in rows}


def _check_answer(file: File, objection: Row) -> None:
    what = f"异议 {objection['number']} 的答复"
    try:
        served_at = proofs.check_delivered(file.tx, objection["answer_document_id"], what, file.now)
    except errors.Refusal as refusal:
        raise errors.ObjectionOpen(refusal.detail, article=HEARD_LAW) from refusal
    if served_at != objection["answer_served_at"]:
        raise errors.ObjectionOpen(f"{what}的送达时间与送达回证不符", article=HEARD_LAW)


def _waiver(file: File, notice: Row) -> str:
    """What the signed waiver says, or nothing; one without its paper is refused, not ignored."""
    waiver = notice["waiver"]
    if not waiver:
        return ""
    try:
        signed_on = instants.read_day(waiver.get("signed_on"), "书面放弃的签署日期")
        attachments.check_bytes(file.tx, file.case["id"], waiver.get("evidence"), "书面放弃")
        notices.check_signed_on(signed_on, notice["served_at"], file.now)
    except errors.Refusal as refusal:
        raise errors.WindowOpen(refusal.detail, article=NOTICE_LAW) from refusal
    return f"当事人于 {signed_on} 书面放弃陈述申辩权利"


def _join(words: Any) -> str:
    return "、".join(sorted(str(one) for one in words))
