"""主体: find one, see its records, and open a case on some of them."""

from functools import cache
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from web import addresses, form_pages, security, timelines, turning
from web.language import gettext as _
from workflows import access, cases, queries
from workflows.queries import subjects

routes = Blueprint("subjects", __name__)


@routes.get("/subjects")
@security.enter(*security.CASEWORK)
def index() -> str:
    """Subjects by name or number."""
    text = request.args.get("q", "")
    found = queries.find_subjects(security.store(), security.actor(), text, **turning.asked())
    return render_template("subjects/index.html", list=found, text=text)


@routes.get("/subjects/<int:subject_id>")
@security.enter(*security.CASEWORK)
def show(subject_id: int) -> str:
    """One subject with all that is known of it."""
    turn = turning.asked()
    page = queries.subject_page(security.store(), security.actor(), subject_id, **turn)
    line = timelines.draw(page.terms, page.today)
    return render_template("subjects/subject.html", page=page, line=line)


@routes.route("/subjects/<int:subject_id>/open/<procedure_key>", methods=["GET", "POST"])
@security.enter(*access.OPENS_CASES)
def open_case(subject_id: int, procedure_key: str) -> AnyResponse | str:
    """立案: the start form, for the records chosen; `about`: the row it is opened about."""
    store, actor = security.store(), security.actor()
    chosen = addresses.row_keys(request.values.getlist("record"))
    page = cache(lambda: queries.start_form(store, actor, procedure_key, subject_id, chosen))

    def submit(answers: dict[str, Any]) -> AnyResponse:
        case_id = cases.open_case(
            store, actor, procedure_key, answers, subject_id=subject_id, record_ids=chosen
        )
        flash(_("已立案。"))
        return redirect(url_for("cases.show", case_id=case_id))

    def render(form: form_pages.FormPage) -> str:
        return render_template("subjects/open.html", start=page(), page=form)

    doing = form_pages.Doing(submit=submit, fill=lambda: page().filling, render=render)
    if request.method == "GET":
        about = request.args.get("about", "")
        return form_pages.show(subjects.prefill(page().filling, about), doing)
    return form_pages.receive(queries.opening_form(store, procedure_key), doing)
