"""案件: the list, the pages of one case, what can be registered with it, and its evidence."""

from functools import partial
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from web import files, form_pages, holding, security, turning
from web.language import gettext as _
from workflows import access, cases, errors, queries
from workflows.queries import pausing

routes = Blueprint("cases", __name__)


@routes.get("/cases")
@security.enter(*security.CASEWORK)
def index() -> str:
    """The cases of the department, newest first."""
    asked = {
        "status": request.args.get("status", ""),
        "procedure": request.args.get("procedure", ""),
        "text": request.args.get("q", ""),
    }
    found = queries.list_cases(security.store(), security.actor(), **asked, **turning.asked())
    return render_template("cases/index.html", list=found, asked=asked)


@routes.get("/cases/<int:case_id>")
@security.enter(*security.CASEWORK)
def show(case_id: int) -> str:
    """Due process, tasks and key dates."""
    page = queries.case_page(security.store(), security.actor(), case_id)
    return render_template("cases/overview.html", case=page, section="overview")


@routes.get("/cases/<int:case_id>/<any(work,documents,limits,objections,services):section>")
@security.enter(*security.CASEWORK)
def section(case_id: int, section: str) -> str:
    """One side of the case."""
    store, actor = security.store(), security.actor()
    page = queries.case_page(store, actor, case_id)
    shown: dict[str, Any] = {}
    if section == "limits":
        shown["movable"] = holding.movable(store, actor, page)
        shown["clocks"] = pausing.limits_page(store, actor, case_id)
    return render_template(f"cases/{section}.html", case=page, section=section, **shown)


@routes.get("/cases/<int:case_id>/history")
@security.enter(*security.CASEWORK)
def history(case_id: int) -> str:
    """Every event, and whether the chain proves itself."""
    page = queries.case_page(security.store(), security.actor(), case_id)
    fault = cases.verify_case(security.store(), case_id)
    return render_template("cases/history.html", case=page, section="history", fault=fault)


@routes.get("/cases/<int:case_id>/diagram")
@security.enter(*security.CASEWORK)
def diagram(case_id: int) -> str:
    """Where the case stands, on its own version of the diagram."""
    process = request.args.get("process", "")
    page = queries.case_diagram(security.store(), security.actor(), case_id, process)
    return render_template("cases/diagram.html", diagram=page, head=page.head, section="diagram")


@routes.get("/cases/<int:case_id>/diagrams/<process>.bpmn")
@security.enter(*security.CASEWORK)
def diagram_file(case_id: int, process: str) -> Response:
    """The BPMN file as it was deployed for this case."""
    content = queries.diagram_xml(security.store(), security.actor(), case_id, process)
    return files.send(content, f"{process}.bpmn", "application/xml", inline=False)


@routes.post("/cases/<int:case_id>/attempt")
@security.enter(*access.WORKS_ON_TASKS)
def attempt(case_id: int) -> AnyResponse:
    """Try to decide: to the open task if there is one, else why it cannot be done yet."""
    element = request.form.get("element", "")
    store, actor = security.store(), security.actor()
    page = queries.case_page(store, actor, case_id)
    task = next((one for one in page.tasks if one.element == element), None)
    if task:
        return redirect(url_for("tasks.show", task_id=task.id))
    try:
        cases.attempt(store, actor, case_id, element, {})
    except errors.Refusal as refusal:
        shown = render_template(
            "cases/overview.html", case=page, section="overview", refusal=refusal
        )
        return Response(shown, status=refusal.status)
    return redirect(url_for("cases.show", case_id=case_id))


@routes.route("/cases/<int:case_id>/messages/<message>", methods=["GET", "POST"])
@security.enter(*access.WORKS_ON_TASKS)
def register(case_id: int, message: str) -> AnyResponse | str:
    """Register what reached the office: an objection, a waiver."""
    page = queries.message_form(security.store(), security.actor(), case_id, message)
    doing = _registering(page)
    if request.method == "GET":
        return form_pages.show(page.filling, doing)
    return form_pages.receive(page.filling.form, doing)


@routes.get("/cases/<int:case_id>/attachments/<sha256>")
@security.enter(*security.CASEWORK)
def attachment(case_id: int, sha256: str) -> Response:
    """A file of the case; only pictures, PDF and text are shown, the rest is downloaded."""
    file = queries.attachment_file(security.store(), security.actor(), case_id, sha256)
    inline = file.media_type in files.SHOWN
    return files.send(file.content, file.name, file.media_type, inline=inline)


def _registering(page: queries.MessageForm) -> form_pages.Doing:
    store, actor = security.store(), security.actor()

    def submit(answers: dict[str, Any]) -> AnyResponse:
        cases.send_message(store, actor, page.case.id, page.message, answers)
        flash(_("“%(name)s”已登记。", name=page.title))
        return redirect(url_for("cases.show", case_id=page.case.id))

    def render(form: form_pages.FormPage) -> str:
        return render_template("cases/message.html", message=page, page=form)

    return form_pages.Doing(
        submit=submit,
        fill=lambda: page.filling,
        render=render,
        keep_file=partial(cases.add_attachment, store, actor, page.case.id),
    )
