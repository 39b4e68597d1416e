"""期限: stopping the clock of a case's limits, letting it go on, giving more time."""

from collections.abc import Callable
from functools import partial
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from web import form_pages, pausing, security
from web.language import gettext as _
from workflows import access
from workflows.access import Actor
from workflows.queries import pausing as asking
from workflows.queries.pausing import LimitsPage
from workflows.store import Store

routes = Blueprint("limits", __name__)

Order = Callable[[Store, Actor, LimitsPage], pausing.Ordering]


@routes.route("/cases/<int:case_id>/limits/pause", methods=["GET", "POST"])
@security.enter(*access.RESUMES)
def pause(case_id: int) -> AnyResponse | str:
    """Suspend or interrupt a limit, or all."""
    chosen = request.args.get("limit", pausing.ALL)
    return _order(case_id, partial(pausing.stopping, chosen))


@routes.route("/cases/<int:case_id>/limits/extend", methods=["GET", "POST"])
@security.enter(*access.RESUMES)
def extend(case_id: int) -> AnyResponse | str:
    """Give a limit more time."""
    chosen = request.args.get("limit", "")
    return _order(case_id, partial(pausing.extending, chosen))


@routes.route("/cases/<int:case_id>/limits/pauses/<int:pause_id>/resume", methods=["GET", "POST"])
@security.enter(*access.RESUMES)
def resume(case_id: int, pause_id: int) -> AnyResponse | str:
    """Let a stopped clock go on."""
    return _fill_in(case_id, partial(pausing.resuming, pause_id))


def _order(case_id: int, order_for: Order) -> AnyResponse | str:
    """What only a head of department orders; a caseworker is told so, in a case that he sees."""
    if request.method == "GET" and security.actor().role not in access.PAUSES:
        asking.limits_page(security.store(), security.actor(), case_id)
        flash(_("中止、中断和延长期限须由部门负责人决定。"))
        return redirect(url_for("cases.section", case_id=case_id, section="limits"))
    return _fill_in(case_id, order_for)


def _fill_in(case_id: int, order_for: Order) -> AnyResponse | str:
    store, actor = security.store(), security.actor()
    page = asking.limits_page(store, actor, case_id)
    order = order_for(store, actor, page)

    def submit(answers: dict[str, Any]) -> AnyResponse:
        order.carry_out(pausing.cleaned(order, answers))
        flash(order.said)
        return redirect(url_for("cases.section", case_id=case_id, section="limits"))

    def render(form: form_pages.FormPage) -> str:
        return render_template("cases/limit_order.html", limits=page, order=order, page=form)

    doing = pausing.doing(order, page, submit, render)
    if request.method == "GET":
        return form_pages.show(pausing.filling(page, order), doing)
    return form_pages.receive(order.form, doing)
