"""工作台 and 任务: find a task, claim it, fill it in."""

from collections.abc import Callable
from functools import cache, partial
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from web import form_pages, navigation, security, turning
from web.language import gettext as _
from workflows import access, cases, queries

routes = Blueprint("tasks", __name__)


@routes.get("/")
@security.enter(*security.EVERYONE)
def home() -> AnyResponse:
    """Where the day begins: the first entry of the person's menu."""
    entries = navigation.items()
    return redirect(entries[0].url if entries else url_for("tasks.idle"))


@routes.get("/welcome")
@security.enter(*security.EVERYONE)
def idle() -> str:
    """For roles whose work is elsewhere."""
    return render_template("welcome.html")


@routes.get("/tasks")
@security.enter(*access.HAS_TASKS)
def worklist() -> str:
    """Open tasks, overdue first."""
    asked = {
        "box": request.args.get("box", "mine"),
        "procedure": request.args.get("procedure", ""),
        "due_filter": request.args.get("due", ""),
        "text": request.args.get("q", ""),
    }
    turn = turning.asked()
    found = queries.worklist(security.store(), security.actor(), **asked, **turn)
    return render_template(
        "tasks/worklist.html", list=found, asked=asked, turned=any(turn.values())
    )


@routes.post("/tasks/<int:task_id>/claim")
@security.enter(*access.HAS_TASKS)
def claim(task_id: int) -> AnyResponse:
    """Take a task of the group and open it."""
    queries.task_page(security.store(), security.actor(), task_id)
    cases.claim_task(security.store(), security.actor(), task_id)
    flash(_("已签收。任务现在由您办理。"))
    return redirect(url_for("tasks.show", task_id=task_id))


@routes.post("/tasks/<int:task_id>/release")
@security.enter(*access.HAS_TASKS)
def release(task_id: int) -> AnyResponse:
    """Give a task back to the group."""
    queries.task_page(security.store(), security.actor(), task_id)
    cases.release_task(security.store(), security.actor(), task_id)
    flash(_("已退回本组，草稿保留。"))
    return redirect(url_for("tasks.worklist"))


@routes.get("/tasks/<int:task_id>")
@security.enter(*security.CASEWORK)
def show(task_id: int) -> str:
    """One task with its form."""
    page = queries.task_page(security.store(), security.actor(), task_id)
    doing = _doing(
        queries.OpenForm(page.id, page.name, page.case.id, page.filling.form), lambda: page
    )
    if page.status != "open" or page.refusal:
        return doing.render(form_pages.FormPage(page.filling, {}))
    return form_pages.show(page.filling, doing, page.drafted_at)


@routes.post("/tasks/<int:task_id>")
@security.enter(*access.HAS_TASKS)
def fill_in(task_id: int) -> AnyResponse:
    """Every button of the form."""
    store, actor = security.store(), security.actor()
    task = queries.open_form(store, actor, task_id)
    doing = _doing(task, cache(lambda: queries.task_page(store, actor, task_id)))
    return form_pages.receive(task.form, doing)


def _doing(task: queries.OpenForm, page: Callable[[], queries.TaskPage]) -> form_pages.Doing:
    store, actor = security.store(), security.actor()

    def submit(answers: dict[str, Any]) -> AnyResponse:
        cases.complete_task(store, actor, task.id, answers)
        flash(_("“%(name)s”已办结。", name=task.name))
        return redirect(url_for("cases.show", case_id=task.case_id))

    def render(form: form_pages.FormPage) -> str:
        return render_template("tasks/task.html", task=page(), page=form)

    return form_pages.Doing(
        submit=submit,
        fill=lambda: page().filling,
        render=render,
        save=partial(cases.save_draft, store, actor, task.id),
        keep_file=partial(cases.add_attachment, store, actor, task.case_id),
    )
