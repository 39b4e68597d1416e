"""运行: what the machine could not do, retrying it, holding cases and procedures; and 改期."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from web import addresses, holding, security, turning
from web.language import gettext as _
from workflows import access, cases, errors
from workflows.queries import operating as asking

routes = Blueprint("operating", __name__)

AT_ONCE = 2_000
"""So many jobs or cases in one request; the page says what is left and offers to go on."""


@routes.get("/operating")
@security.enter(*access.OPERATES)
def index() -> str:
    """How the machine stands, and one list: incidents, what is due, what is held."""
    store, actor = security.store(), security.actor()
    asked = {
        "show": request.args.get("show", "failed"),
        "procedure": request.args.get("procedure", ""),
    }
    return render_template(
        "operating/index.html",
        asked=asked,
        now=asking.standing(store, actor),
        procedures=asking.known_procedures(store, actor),
        list=holding.listed(store, actor, **asked, turn=turning.asked()),
    )


@routes.get("/operating/case")
@security.enter(*access.OPERATES)
def case() -> AnyResponse | str:
    """One case by its number, and what the machine has yet to do for it."""
    number = request.args.get("number", "")
    try:
        found, jobs = asking.find_case(security.store(), security.actor(), number)
    except errors.NotFound as unknown:
        flash(unknown.message)
        return redirect(url_for("operating.index"))
    return render_template("operating/case.html", case=found, jobs=jobs)


@routes.post("/operating/retry")
@security.enter(*access.OPERATES)
def retry() -> AnyResponse:
    """Retry the jobs that were ticked, or all that the filter shows."""
    store, actor = security.store(), security.actor()
    if request.form.get("all"):
        procedure = request.form.get("procedure", "")
        done = cases.retry_all(store, actor, procedure=procedure, at_most=AT_ONCE)
    else:
        done = cases.retry_jobs(store, actor, addresses.row_keys(request.form.getlist("job")))
    flash(_("已安排重试%(n)s项作业。", n=done) if done else _("没有选中需要重试的作业。"))
    return redirect(security.same_site(request.form.get("next", url_for("operating.index"))))


@routes.route("/operating/hold", methods=["GET", "POST"])
@security.enter(*access.OPERATES)
def hold() -> AnyResponse | str:
    """Suspend or resume a case or a procedure: what would happen; then, with a reason, it does."""
    store, actor = security.store(), security.actor()
    asked = holding.asked_for(store, actor, request.values)
    if request.method == "GET":
        return _ask("operating/hold.html", {}, hold=asked)
    try:
        said = holding.carry_out(store, actor, asked, request.form.get("reason", ""), AT_ONCE)
    except errors.AnswersRefused as refused:
        page = _ask("operating/hold.html", refused.complaints, hold=asked)
        return Response(page, status=refused.status)
    flash(said)
    return redirect(asked.back)


@routes.route("/due", methods=["GET", "POST"])
@security.enter(*access.REASSIGNS)
def due() -> AnyResponse | str:
    """Move the due date of a task or the end of a running period, with a reason."""
    store, actor = security.store(), security.actor()
    asked = holding.dated(store, actor, request.values)
    if request.method == "GET":
        return _ask("operating/due.html", {}, dated=asked)
    try:
        holding.move(store, actor, asked, request.form)
    except errors.AnswersRefused as refused:
        page = _ask("operating/due.html", refused.complaints, dated=asked)
        return Response(page, status=refused.status)
    except errors.LimitFixed as fixed:
        page = _ask("operating/due.html", {"due_at": fixed.message}, dated=asked)
        return Response(page, status=fixed.status)
    flash(_("期限已变更，理由载入案件历史。"))
    return redirect(url_for("cases.section", case_id=asked.case_id, section="limits"))


def _ask(template: str, complaints: Mapping[str, str], **shown: Any) -> str:
    return render_template(template, complaints=complaints, said=request.values, **shown)
