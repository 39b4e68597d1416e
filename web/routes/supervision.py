"""督导: what is late, whose it is, and giving it to somebody else."""

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from web import reassigning, security, turning
from web.language import gettext as _
from workflows import access, errors
from workflows.queries import supervision
from workflows.queries import workload as loads

routes = Blueprint("supervision", __name__)


@routes.get("/supervision")
@security.enter(*access.REASSIGNS)
def index() -> str:
    """Late and soon due tasks, most pressing first."""
    asked = _asked()
    turn = turning.asked()
    found = supervision.watch(security.store(), security.actor(), **asked, **turn)
    return render_template(
        "supervision/index.html",
        watch=found,
        tiles=found.tiles,
        asked=asked,
        turned=any(turn.values()),
    )


@routes.get("/supervision/workload")
@security.enter(*access.REASSIGNS)
def workload() -> str:
    """Who has how much, drawn and in numbers."""
    found = loads.workload(security.store(), security.actor())
    return render_template("supervision/workload.html", load=found, tiles=found.tiles, asked={})


@routes.route("/supervision/reassign", methods=["GET", "POST"])
@security.enter(*access.REASSIGNS)
def reassign() -> AnyResponse | str:
    """What would happen to each task; then, with a reason, it happens."""
    store, actor = security.store(), security.actor()
    groups = reassigning.plan(store, actor, _tasks(), _chosen())
    if not groups:
        flash(_("请先勾选要改派的任务。"))
        return redirect(url_for("supervision.index"))
    if request.method == "GET":
        return _preview(groups, {})
    try:
        moved = reassigning.carry_out(store, actor, groups, request.form.get("reason", ""))
    except errors.AnswersRefused as refused:
        return Response(_preview(groups, refused.complaints), status=refused.status)
    return render_template("supervision/reassigned.html", moved=moved)


def _preview(groups: tuple[reassigning.Group, ...], complaints: dict[str, str]) -> str:
    return render_template(
        "supervision/reassign.html",
        groups=groups,
        complaints=complaints,
        reason=request.values.get("reason", ""),
    )


def _asked() -> dict[str, str]:
    return {
        "due_filter": request.args.get("due", "pressing"),
        "procedure": request.args.get("procedure", ""),
        "person": request.args.get("person", ""),
        "department": request.args.get("department", ""),
    }


def _tasks() -> list[int]:
    return [int(one) for one in request.values.getlist("task") if one.isdecimal()]


def _chosen() -> dict[str, str]:
    """Group → login, from the fields 'to:<group>'."""
    return {
        name.removeprefix("to:"): login
        for name, login in request.values.items()
        if name.startswith("to:")
    }
