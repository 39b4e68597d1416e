"""筛查: whom the screening found, why, and asking for one by hand."""

from datetime import date

from flask import Blueprint, Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from web import security, turning
from web.language import gettext as _
from workflows import errors, intake
from workflows.queries import screened as questions

routes = Blueprint("screening", __name__)


@routes.get("/screening")
@security.enter(*security.CASEWORK)
def index() -> str:
    """The current findings by class."""
    return _show("", "")


@routes.post("/screening")
@security.enter(*intake.SCREENS)
def run() -> AnyResponse:
    """Leave a screening of every subject as of a day for the workers."""
    store, actor, asked = security.store(), security.actor(), request.form.get("as_of", "")
    try:
        intake.request_screening(store, actor, _day(asked))
    except errors.AnswersRefused as refused:
        return Response(_show(asked, refused.complaints["as_of"]), status=refused.status)
    return redirect(url_for("screening.index"))


@routes.get("/screening/progress")
@security.enter(*security.CASEWORK)
def progress() -> Response:
    """How far it is, for the page that shows it; when it is over the page is read anew."""
    page = questions.last_run(security.store(), security.actor())
    shown = Response(render_template("imports/screening_run.html", run=page))
    if page is None or page.finished:
        shown.headers["HX-Refresh"] = "true"
    return shown


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as fault:
        raise errors.AnswersRefused({"as_of": _("请填写日期，例如2026-11-21")}) from fault


def _show(as_of: str, complaint: str) -> str:
    kind = request.args.get("kind", "")
    found = questions.screened(security.store(), security.actor(), kind, **turning.asked())
    return render_template(
        "imports/screening.html",
        found=found,
        run=found.run,
        counts=found.counts,
        order=questions.KINDS,
        kind=kind,
        as_of=as_of or security.store().now.date().isoformat(),
        complaint=complaint,
        may_run=security.actor().role in intake.SCREENS,
    )
