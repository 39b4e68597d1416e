"""Chinese words for the codes of the house, and how dates and sizes are written."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from flask import Flask, g
from markupsafe import Markup

from web import event_words, form_pages, language, navigation, subject_words
from web.language import gettext as _
from web.language import later
from workflows.queries import operating, paging

ROLES: Mapping[str, Any] = {
    "caseworker": later("承办人"),
    "dept_head": later("部门负责人"),
    "legal_reviewer": later("法制审核人"),
    "hearing_officer": later("听证主持人"),
    "dept_peer": later("协同部门经办人"),
    "provincial_credit": later("省级复核人"),
    "supervisor": later("督导"),
    "ndrc_lead": later("发改委（牵头）"),
    "credit_center": later("信用信息中心"),
    "designer": later("流程设计员"),
    "auditor": later("审计员"),
    "operator": later("运维人员"),
    "system": later("系统"),
}

CASE_STATUS: Mapping[str, Any] = {
    "open": later("办理中"),
    "ended": later("已办结"),
    "suspended": later("已暂停"),
}

TASK_STATUS: Mapping[str, Any] = {
    "open": later("待办"),
    "done": later("已办结"),
    "cancelled": later("已撤回"),
}

JOB_KINDS: Mapping[str, Any] = {
    "timer": later("计时"),
    "service": later("系统步骤"),
    "message": later("转交来件"),
    "screening": later("筛查"),
    "recount": later("重算期限"),
    "opening": later("立案"),
    "overdue_removals": later("检查期满列名"),
    "removal_overdue": later("期满未移出"),
}

JOB_STATUS: Mapping[str, Any] = {
    "due": later("待运行"),
    "held": later("暂停中"),
    "paused": later("期限中止"),
    "failed": later("故障"),
}

PROCEDURE_STATES: Mapping[str, Any] = {
    "running": later("运行中"),
    "suspending": later("正在暂停"),
    "suspended": later("已暂停"),
    "resuming": later("正在恢复"),
}

METHODS: Mapping[str, Any] = {
    "electronic": later("电子送达"),
    "direct": later("直接送达"),
    "left": later("留置送达"),
    "mail": later("邮寄送达"),
    "entrusted": later("委托送达"),
    "announcement": later("公告送达"),
}

RESULTS: Mapping[str, Any] = {
    "signed": later("本人签收"),
    "signed_by_other": later("他人代收"),
    "refused": later("拒绝签收"),
    "arrived": later("到达系统"),
    "returned": later("退回"),
    "announced": later("已公告"),
    "failed": later("未送达"),
    "upheld": later("异议成立"),
    "partly": later("部分成立"),
    "rejected": later("异议不成立"),
}

SERVICE_STATUS: Mapping[str, Any] = {
    "open": later("送达中"),
    "served": later("已送达"),
    "failed": later("未能送达"),
}

FLAGS: Mapping[str, Any] = {
    "governed_penalty": later("高频失信（行政处罚）"),
    "governed_list": later("高频失信（屡次列入名单）"),
    "watch": later("失信预警"),
    "watch_closed": later("次数已到，已纠正或者不再公示"),
    "none": later("未达到治理标准"),
}

RECORD_STATUS: Mapping[str, Any] = {
    "public": later("公示中"),
    "ended": later("已终止公示"),
    "withdrawn": later("已撤销"),
    "stayed": later("停止执行"),
}

PAUSES: Mapping[str, Any] = {
    "suspension": later("中止"),
    "interruption": later("中断"),
    "extension": later("延长"),
    "suspended": later("中止"),
    "interrupted": later("中断"),
}
"""Kinds of pauses, and how a limit stands that one of them has stopped."""

CONFIDENCE: Mapping[str, Any] = {
    "V": later("已核对法律原文"),
    "H": later("确信，待核对原文"),
    "M": later("条号待核对"),
    "L": later("本系统默认设置，法律未规定日数"),
}

TABLES: Mapping[str, Mapping[str, Any]] = {
    "role": ROLES,
    "case": CASE_STATUS,
    "task": TASK_STATUS,
    "job": JOB_STATUS,
    "job_kind": JOB_KINDS,
    "procedure": PROCEDURE_STATES,
    "event": event_words.EVENTS,
    "method": METHODS,
    "result": RESULTS,
    "service": SERVICE_STATUS,
    "flag": FLAGS,
    "record": RECORD_STATUS,
    "confidence": CONFIDENCE,
    "pause": PAUSES,
    **subject_words.TABLES,
}
WEEKDAYS = ("一", "二", "三", "四", "五", "六", "日")


def install(app: Flask) -> None:
    """Filters and globals for templates."""
    for one in (word, day, moment, size, paragraphs, yuan, lasted, capped, counted):
        app.add_template_filter(one)
    for one in (form_pages.element_id, form_pages.options, form_pages.summary_title):
        app.add_template_global(one)
    app.add_template_global(navigation.items, "navigation")
    app.context_processor(lambda: {"me": g.get("session")})


def word(code: str | None, table: str) -> str:
    """The word for a code; a code nobody knows is shown as it is."""
    return str(TABLES[table].get(code or "", code or ""))


def day(value: date | datetime | str | None) -> str:
    """2026年11月21日, or November 21, 2026; '' for nothing."""
    if not value:
        return ""
    return language.day(date.fromisoformat(value[:10]) if isinstance(value, str) else value)


def moment(value: datetime | str | None) -> str:
    """2026-11-21 09:30 in office time."""
    if not value:
        return ""
    if isinstance(value, str):
        value = datetime.fromisoformat(value)
    return value.strftime("%Y-%m-%d %H:%M")


def size(count: int) -> str:
    """Bytes for people: 3 KB, 2.4 MB."""
    return f"{count / 1_048_576:.1f} MB" if count >= 1_048_576 else f"{max(1, count // 1024)} KB"


def yuan(fen: int | None) -> str:
    """Fen as yuan: 12,345.60."""
    return "" if fen is None else f"{fen / 100:,.2f}"


def lasted(span: timedelta) -> str:
    """How long, in its largest unit: 3天, 5小时, 12分钟."""
    seconds = int(span.total_seconds())
    if seconds >= 86_400:
        return _("%(n)s天", n=seconds // 86_400)
    if seconds >= 3_600:
        return _("%(n)s小时", n=seconds // 3_600)
    return _("%(n)s分钟", n=max(1, seconds // 60))


def capped(count: int) -> str:
    """A count that stops: 10,000+."""
    return f"{operating.MOST:,}+" if count > operating.MOST else str(count)


def counted(number: int) -> str:
    """A count of a list, which stops earlier: 1,000+."""
    return f"{paging.CAP:,}+" if number > paging.CAP else str(number)


def paragraphs(text: str) -> Markup:
    """Lines as paragraphs, escaped."""
    lines = [line for line in text.splitlines() if line.strip()]
    return Markup("").join(Markup("<p>{}</p>").format(line) for line in lines)
