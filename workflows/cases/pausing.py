"""中止、中断、延长: a named head of department stops the clock of a limit, or gives it more time.

Each order has a ground, an article and its evidence (民事诉讼法第八十六条, 河南省社会信用条例第四
十一条第三款), and the history says what became of each limit. One that has passed stays passed, but
for the time to answer a notice, which may be given again (顺延).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import NoReturn

from workflows import access, deadlines, errors, models, procedures, workdays
from workflows.access import Actor
from workflows.cases import clocks, opening
from workflows.cases.handling import Handling
from workflows.registry import attachments, listings, notices, pauses
from workflows.store import Row, Store, Transaction

LONGEST = 366
"""So many days or workdays an extension may give at most."""

REQUEST = "extension_request"
"""The limit for asking to be given a missed limit again, from the end of the obstacle (DP-S5)."""

STOPS = ("suspension", "interruption")


@dataclass(frozen=True)
class Reasons:
    """What an order rests on: `evidence` are sha256 of files of the case."""

    ground: str
    article: str = ""
    evidence: Sequence[str] = field(default_factory=tuple[str, ...])
    document_no: str = ""


def pause_limits(
    store: Store,
    actor: Actor,
    case_id: int,
    kind: str,
    limits: Sequence[str] | None,
    reasons: Reasons,
    *,
    starts_at: datetime | None = None,
) -> int:
    """Stop the clock of these limits (id or family; None: every one) and return the pause's id.

    `kind`: suspension keeps what remains, after an interruption the limit runs anew. `starts_at`:
    when the obstacle began, now unless told; not before the limits named began, nor the case.
    Raises AnswersRefused, NotAllowed, NotExpected (nothing runs), LimitUnknown, LimitPaused,
    LimitPassed, CaseSuspended, CaseEnded.
    """
    access.check_role(actor, access.PAUSES, "中止、中断期限")
    if kind not in STOPS:
        raise errors.AnswersRefused({"kind": "请选择中止或者中断"})
    if limits is not None and not limits:
        raise errors.AnswersRefused({"limits": "请选择期限"})
    with store.transaction() as tx:
        handling = _take_up(tx, actor, case_id)
        order = _order(handling, kind, limits, reasons, starts_at or tx.now)
        _check_may_stop(handling, order)
        return _begin(handling, order)


def resume_limits(
    store: Store, actor: Actor, case_id: int, pause_id: int, reasons: Reasons
) -> None:
    """The obstacle is gone: the limits go on from now with what remained, or run anew.

    It ends when it is told to end, never before, so that nobody's limit has passed unawares.
    Raises AnswersRefused without a reason, NotAllowed, NotExpected where it has ended already.
    """
    access.check_role(actor, access.RESUMES, "恢复计算期限")
    with store.transaction() as tx:
        handling = _take_up(tx, actor, case_id)
        before = handling.stops.rows
        pause = next((one for one in before if one["id"] == pause_id), None)
        if pause is None:
            raise errors.NotFound
        _check_reasons(handling, reasons, wanted=("ground",))
        ground = reasons.ground.strip()
        if not pauses.is_open(pause) or not pauses.end(tx, pause_id, ground, actor.person_id):
            raise errors.NotExpected("这一中止或者中断已经恢复")
        handling.stops.renew(before)
        handling.stops.evidence = list(reasons.evidence)
        handling.save()


def extend_limit(
    store: Store,
    actor: Actor,
    case_id: int,
    limit: str,
    reasons: Reasons,
    *,
    length: int,
    unit: str,
    obstacle_ended_on: date | None = None,
) -> int:
    """Give a limit that runs `length` more workdays or days (`unit`); returns the pause's id.

    The time to answer a notice may be given again after it has passed, where the obstacle that made
    the subject miss it ended no longer ago than the law allows (民事诉讼法第八十六条; DP-S5):
    `obstacle_ended_on`. Raises AnswersRefused, NotAllowed, NotExpected, LimitUnknown, LimitPaused,
    LimitPassed.
    """
    access.check_role(actor, access.PAUSES, "延长期限")
    with store.transaction() as tx:
        handling = _take_up(tx, actor, case_id)
        _check_length(length, unit)
        order = _order(handling, "extension", [limit], reasons, tx.now, length, unit)
        found = _named(handling, [limit])
        running = [row for row in found if _runs(row, tx.now)]
        if not running and any(row["status"] in pauses.STOPPED for row in found):
            raise errors.LimitPaused("恢复计算以后才能延长")
        if running:
            return _begin(handling, order)
        return _grant_again(handling, order, found[-1], obstacle_ended_on)


def _take_up(tx: Transaction, actor: Actor, case_id: int) -> Handling:
    case = opening.read_case(tx, actor, case_id)
    if case["department_id"] != actor.department_id:
        raise errors.NotAllowed("须由办理本案的部门进行")
    return opening.take_up(tx, case, actor)


def _begin(handling: Handling, order: pauses.Order) -> int:
    """Write the order; the clocks follow as the case is saved."""
    before = handling.stops.rows
    pause_id = pauses.begin(handling.tx, handling.case["id"], order)
    handling.stops.renew(before)
    handling.save()
    return pause_id


def _order(
    handling: Handling,
    kind: str,
    limits: Sequence[str] | None,
    reasons: Reasons,
    starts_at: datetime,
    *lengthened: int | str,
) -> pauses.Order:
    _check_reasons(handling, reasons, wanted=("ground", "article", "evidence"))
    length, unit = lengthened or (0, "")
    return pauses.Order(
        kind=kind,  # pyright: ignore[reportArgumentType]
        ground=reasons.ground.strip(),
        article=reasons.article.strip(),
        starts_at=starts_at,
        limits=limits,
        length=int(length),
        unit=str(unit),
        document_no=reasons.document_no.strip(),
        evidence=list(reasons.evidence),
        made_by=handling.actor.person_id,
    )


def _check_reasons(handling: Handling, reasons: Reasons, wanted: Sequence[str]) -> None:
    """Raise AnswersRefused, field by field, for what is not said or not proved."""
    wrong: dict[str, str] = {}
    if "ground" in wanted and len(reasons.ground.strip()) < 2:
        wrong["ground"] = "请填写事由，事由将载入案件历史"
    if "article" in wanted and len(reasons.article.strip()) < 2:
        wrong["article"] = "请填写所依据的法律条款"
    if "evidence" in wanted or reasons.evidence:
        try:
            attachments.check_evidence(
                handling.tx, handling.case["id"], list(reasons.evidence), "该事项"
            )
        except errors.EvidenceMissing as missing:
            wrong["evidence"] = missing.detail
    if wrong:
        raise errors.AnswersRefused(wrong)


def _check_length(length: int, unit: str) -> None:
    wrong: dict[str, str] = {}
    if not 1 <= length <= LONGEST:
        wrong["length"] = f"延长的日数应为1至{LONGEST}的整数"
    if unit not in deadlines.UNITS:
        wrong["unit"] = "请选择工作日或者日"
    if wrong:
        raise errors.AnswersRefused(wrong)


def _check_may_stop(handling: Handling, order: pauses.Order) -> None:
    """Something must run that is not stopped, and must have begun when the obstacle did."""
    now, starts_at = handling.tx.now, order.starts_at
    if starts_at > now:
        raise errors.AnswersRefused({"starts_at": "开始时间不能晚于现在"})
    if starts_at < handling.case["opened_at"]:
        raise errors.AnswersRefused({"starts_at": "开始时间早于立案时间，请核对"})
    for name in order.limits or (None,):
        found = _named(handling, [name] if name else None)
        running = [row for row in found if _runs(row, now)]
        if not running and any(row["status"] in pauses.STOPPED for row in found):
            raise errors.LimitPaused("不需要再次中止或者中断")
        if not running and name:
            _refuse_passed(found[-1], now)
        if not running:
            raise errors.NotExpected("本案没有正在计算的期限")
        if name and any(starts_at < row["starts_at"] for row in running):
            begun = min(row["starts_at"] for row in running)
            raise errors.AnswersRefused(
                {"starts_at": f"开始时间早于期限起算的时间（{begun:%Y-%m-%d %H:%M}），请核对"}
            )


def _named(handling: Handling, names: Sequence[str] | None) -> list[Row]:
    """The limits of the case under these ids or families, oldest first; raises LimitUnknown."""
    d = models.deadlines
    wanted = d.select().where(d.c.case_id == handling.case["id"]).order_by(d.c.id)
    rows = list(handling.tx.all(wanted))
    if names is None:
        return rows
    found = [row for row in rows if {row["limit_id"], row["family"]} & set(names)]
    if not found:
        raise errors.LimitUnknown(f"本案没有“{'、'.join(names)}”这一期限")
    return found


def _runs(row: Row, now: datetime) -> bool:
    return row["status"] == "running" and row["due_at"] > now


def _refuse_passed(row: Row, now: datetime) -> NoReturn:
    if row["due_at"] <= now:
        raise errors.LimitPassed(
            f"“{row['name']}”已于{_end(row['due_at'])}届满；当事人因不可抗拒的事由或者其他正当理由耽误的，"
            "可以在障碍消除后十日内申请顺延",
            article="民事诉讼法第八十六条",
        )
    raise errors.NotExpected(f"“{row['name']}”已经结束")


def _grant_again(
    handling: Handling, order: pauses.Order, row: Row, obstacle_ended_on: date | None
) -> int:
    """顺延: the time to answer a notice runs again, from now, for as long as is granted."""
    tx, case_id = handling.tx, handling.case["id"]
    notice = notices.current_notice(tx, case_id)
    is_missed = row["family"] == notices.WINDOW and row["due_at"] <= tx.now
    if not is_missed or notice is None or obstacle_ended_on is None:
        _refuse_passed(row, tx.now)
    _check_asked_in_time(handling, obstacle_ended_on)
    listing = listings.of_case(tx, case_id)
    if listing is not None and listing["decided_at"] is not None:
        raise errors.NotExpected("本案已经作出决定，请告知当事人可以申请行政复议或者提起行政诉讼")
    end = _granted_end(order, tx.now)
    pause_id = pauses.begin(tx, case_id, order)
    notices.extend_window(tx, case_id, end)
    d = models.deadlines
    step = [f"{end - timedelta(days=1):%Y-%m-%d}", None, "障碍消除后准予顺延，届满日移至此日"]
    tx.run(
        d.update()
        .where(d.c.id == row["id"])
        .values(due_at=end, steps=[*(row["steps"] or ()), step])
    )
    handling.note(
        "limit_extended",
        row["element"],
        article=order.article,
        before={"limit": row["limit_id"], "due_at": row["due_at"].isoformat()},
        after={
            "limit": row["limit_id"],
            "name": row["name"],
            "due_at": end.isoformat(),
            "pause_id": pause_id,
            "kind": "顺延",
            "ground": order.ground,
            "obstacle_ended_on": obstacle_ended_on.isoformat(),
            "document_no": order.document_no,
        },
        documents=order.evidence,
    )
    handling.save()
    return pause_id


def _check_asked_in_time(handling: Handling, ended_on: date) -> None:
    now = handling.tx.now
    ended_at = datetime.combine(ended_on, time(), workdays.OFFICE)
    if ended_at > now:
        raise errors.AnswersRefused({"obstacle_ended_on": "障碍消除以后才能申请顺延"})
    last = clocks.compute(handling.deployed, REQUEST, ended_at).due_at
    if now >= last:
        raise errors.LimitPassed(
            f"障碍已于{ended_on}消除，申请顺延的期限至{_end(last)}届满",
            article="民事诉讼法第八十六条",
        )


def _granted_end(order: pauses.Order, now: datetime) -> datetime:
    """The exclusive end of what is granted, counted from tomorrow."""
    steps = deadlines.count_days(
        deadlines.office_day(now), order.length, order.unit, procedures.calendar(), ()
    )
    return deadlines.midnight(steps[-1].day + timedelta(days=1))


def _end(at: datetime) -> str:
    return f"{at - timedelta(microseconds=1):%Y年%m月%d日}"
