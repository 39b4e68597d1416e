"""筛查: whom the screening found, why, and running it by hand."""

from datetime import date

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from web import security
from web.language import gettext as _
from workflows import errors, intake
from workflows.queries import imports as questions

routes = Blueprint("screening", __name__)

ORDER = ("governed_penalty", "governed_list", "watch", "watch_closed")
"""The classes of D02, the most severe first."""


@routes.get("/screening")
@security.enter(*security.CASEWORK)
def index() -> str:
    """The current findings by class."""
    return _show("", "")


@routes.post("/screening")
@security.enter(*intake.SCREENS)
def run() -> AnyResponse:
    """Screen every subject as of a day."""
    store, actor, asked = security.store(), security.actor(), request.form.get("as_of", "")
    try:
        done = intake.run_screening(store, actor, _day(asked))
    except errors.AnswersRefused as refused:
        return Response(_show(asked, refused.complaints["as_of"]), status=refused.status)
    told = sum(done.counts.values())
    flash(_("已筛查%(n)s个主体，%(changed)s项结果有变化。", n=told, changed=done.changed))
    return redirect(url_for("screening.index"))


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as fault:
        raise errors.AnswersRefused({"as_of": _("请填写日期，例如2026-11-21")}) from fault


def _show(as_of: str, complaint: str) -> str:
    kind, after = request.args.get("kind", ""), request.args.get("after", "")
    found = questions.screened(security.store(), security.actor(), kind, after)
    return render_template(
        "imports/screening.html",
        found=found,
        counts=dict(found.counts),
        order=ORDER,
        kind=kind,
        as_of=as_of or security.store().now.date().isoformat(),
        complaint=complaint,
        may_run=security.actor().role in intake.SCREENS,
    )
