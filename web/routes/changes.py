"""变动: what became of a subject, of a document findings rest on, or of a court's list."""

from functools import cache
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from web import form_pages, security
from web.language import gettext as _
from workflows import access, cases, queries

routes = Blueprint("changes", __name__)


@routes.route("/subjects/<int:subject_id>/changes", methods=["GET", "POST"])
@security.enter(*access.IMPORTS)
def register(subject_id: int) -> AnyResponse | str:
    """Write one change into the registry; the running cases it concerns are told."""
    store, actor = security.store(), security.actor()
    page = cache(lambda: queries.change_form(store, actor, subject_id))

    def submit(answers: dict[str, Any]) -> AnyResponse:
        told = cases.register_change(store, actor, subject_id, answers)
        flash(_("已登记，并转告%(n)s件在办案件。", n=len(told)))
        return redirect(url_for("subjects.show", subject_id=subject_id))

    def render(form: form_pages.FormPage) -> str:
        return render_template("subjects/change.html", change=page(), page=form)

    doing = form_pages.Doing(submit=submit, fill=lambda: page().filling, render=render)
    if request.method == "GET":
        return form_pages.show(page().filling, doing)
    return form_pages.receive(page().filling.form, doing)
