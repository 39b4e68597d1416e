"""中止、中断、延长 as forms: what is asked, and what the answers mean."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Any

from web import form_pages, security
from web.language import gettext as _
from workflows import cases, errors, forms
from workflows.access import Actor
from workflows.queries import Filling
from workflows.queries.pausing import LimitsPage
from workflows.store import Store

ALL = "all"
Field = forms.Field
Choices = Sequence[tuple[str, str]]
WINDOW = "objection_window"
"""The family of the limits for answering a notice: the only one that may be given again."""

BASES = "民事诉讼法第八十六条；河南省社会信用条例第四十一条第三款"
"""What such orders rest on most often, shown as an example."""


@dataclass(frozen=True)
class Ordering:
    """One order as a page: its title, its form, and what submitting it does."""

    title: str
    button: str
    form: forms.Form
    answers: dict[str, Any]
    carry_out: Callable[[dict[str, Any]], object]
    said: str


def stopping(chosen: str, store: Store, actor: Actor, page: LimitsPage) -> Ordering:
    """Stop the clock of one limit, or of all."""
    running = [(one.id, one.due.name) for one in page.limits if one.runs]
    offered = [(ALL, _("全部正在计算的期限")), *dict.fromkeys(running)]
    form = _form(
        Field("limits", "select", _("期限"), required=True, options=tuple(offered)),
        Field("kind", "radio", _("中止还是中断"), required=True, options=_kinds()),
        Field(
            "starts_at",
            "datetime",
            _("障碍开始的时间"),
            _("不填为现在。可以追溯到障碍发生之时，不得早于期限起算；已经届满的期限不因此恢复。"),
        ),
        *_grounds(),
    )

    def carry_out(given: dict[str, Any]) -> object:
        names = None if given["limits"] == ALL else [given["limits"]]
        starts_at = datetime.fromisoformat(given["starts_at"]) if given["starts_at"] else None
        case_id, kind = page.head.id, given["kind"]
        return cases.pause_limits(
            store, actor, case_id, kind, names, _reasons(given), starts_at=starts_at
        )

    return Ordering(
        title=_("中止或者中断期限"),
        button=_("停止计算"),
        form=form,
        answers={"limits": chosen if chosen in dict(offered) else ALL, "kind": "suspension"},
        carry_out=carry_out,
        said=_("期限已停止计算，理由载入案件历史。"),
    )


def extending(chosen: str, store: Store, actor: Actor, page: LimitsPage) -> Ordering:
    """Give a limit more time while it runs, or give a missed one again."""
    offered = [
        (one.id, one.due.name) for one in page.limits if one.runs or one.id.startswith(WINDOW)
    ]
    if not offered:
        raise errors.NotExpected(_("本案没有可以延长的期限"))
    form = _form(
        Field("limit", "select", _("期限"), required=True, options=tuple(dict.fromkeys(offered))),
        Field("length", "number", _("延长多少"), required=True, minimum=1, decimals=0),
        Field("unit", "radio", _("按什么计算"), required=True, options=_units()),
        Field(
            "obstacle_ended_on",
            "date",
            _("障碍消除之日"),
            _("只在期限已经届满、当事人在障碍消除后十日内申请顺延时填写。"),
        ),
        *_grounds(),
    )

    def carry_out(given: dict[str, Any]) -> object:
        ended_on = given["obstacle_ended_on"]
        return cases.extend_limit(
            store,
            actor,
            page.head.id,
            given["limit"],
            _reasons(given),
            length=int(given["length"]),
            unit=given["unit"],
            obstacle_ended_on=date.fromisoformat(ended_on) if ended_on else None,
        )

    return Ordering(
        title=_("延长期限"),
        button=_("延长期限"),
        form=form,
        answers={"limit": chosen, "unit": "workdays"},
        carry_out=carry_out,
        said=_("期限已延长，理由载入案件历史。"),
    )


def resuming(pause_id: int, store: Store, actor: Actor, page: LimitsPage) -> Ordering:
    """Let the clock go on that a pause of the case has stopped; raises NotFound."""
    if not any(one.id == pause_id and one.kind != "extension" for one in page.pauses):
        raise errors.NotFound
    form = _form(
        Field("ground", "textarea", _("恢复的事由"), _("载入案件历史，不能修改。"), required=True),
        Field("evidence", "filepicker", _("障碍消除的证据"), multiple=True),
    )

    def carry_out(given: dict[str, Any]) -> object:
        return cases.resume_limits(store, actor, page.head.id, pause_id, _reasons(given))

    return Ordering(
        title=_("恢复计算期限"),
        button=_("恢复计算"),
        form=form,
        answers={},
        carry_out=carry_out,
        said=_("期限已恢复计算，届满日已重新计算。"),
    )


def filling(page: LimitsPage, order: Ordering) -> Filling:
    """The form of an order about to be filled in."""
    return Filling(order.form, {}, order.answers, {}, page.files, _shown)


def cleaned(order: Ordering, answers: dict[str, Any]) -> dict[str, Any]:
    """The answers with their types; raises AnswersRefused by field."""
    return forms.clean(order.form, answers, facts={}, shown=_shown, choices=lambda _key: ())


def doing(
    order: Ordering,
    page: LimitsPage,
    submit: Callable[[dict[str, Any]], Any],
    render: Callable[[form_pages.FormPage], str],
) -> form_pages.Doing:
    """What the buttons of the form do."""
    store, actor = security.store(), security.actor()
    return form_pages.Doing(
        submit=submit,
        fill=lambda: filling(page, order),
        render=render,
        keep_file=partial(cases.add_attachment, store, actor, page.head.id),
    )


def _form(*fields: forms.Field) -> forms.Form:
    return forms.Form("limits", "", fields)


def _kinds() -> tuple[tuple[str, str], ...]:
    return (
        ("suspension", _("中止：恢复以后，剩余的日数照算")),
        ("interruption", _("中断：恢复以后，从次日起重新计算")),
    )


def _units() -> tuple[tuple[str, str], ...]:
    return ("workdays", _("工作日")), ("days", _("自然日"))


def _grounds() -> tuple[forms.Field, ...]:
    return (
        Field("ground", "textarea", _("事由"), _("载入案件历史，不能修改。"), required=True),
        Field(
            "article", "textfield", _("法律依据"), _("例如：%(law)s。", law=BASES), required=True
        ),
        Field("document_no", "textfield", _("决定文书的文号")),
        Field("evidence", "filepicker", _("证据材料"), required=True, multiple=True),
    )


def _reasons(given: dict[str, Any]) -> cases.Reasons:
    return cases.Reasons(
        ground=given["ground"],
        article=given.get("article", ""),
        evidence=given["evidence"],
        document_no=given.get("document_no", ""),
    )


def _shown(_hide: str, _values: object) -> bool:
    return True
