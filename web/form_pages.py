"""A page with a form: what each button does, and that nothing typed is lost, whatever happens.

Every button of the form posts the whole form to the page's own address with an `_action`:
submit, refresh, draft, add:<list>, remove:<list>:<row>, upload:<field>, drop:<field>:<sha256>.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import orjson
from flask import Response, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from web import answers as typed
from web.language import gettext as _
from workflows import errors, forms
from workflows.queries import Attachment, Filling

FILE_MARK = "!file"
"""The file input of field `x` is named `x!file`; `x` itself holds the sha256 of stored files."""


@dataclass
class FormPage:
    """What a form template shows."""

    filling: Filling
    answers: dict[str, Any]
    complaints: dict[str, str] = field(default_factory=dict[str, str])
    refusal: str = ""
    focus: str = ""
    saved_at: datetime | None = None
    keeps: bool = False
    """Whether drafts are kept, so that the page may promise it."""

    @property
    def laid(self) -> dict[str, Any]:
        """The answers as the page shows them."""
        return typed.lay_out(self.filling.form.fields, self.answers)

    @property
    def hidden(self) -> set[str]:
        return typed.hidden(self.filling, self.answers)

    @property
    def failed(self) -> bool:
        return bool(self.complaints or self.refusal)


@dataclass(frozen=True)
class Doing:
    """What the buttons of one form call. `submit` returns where to go; the last two may be absent.

    `fill` reads what the page shows: only asked where it is shown again.
    """

    submit: Callable[[dict[str, Any]], AnyResponse]
    fill: Callable[[], Filling]
    render: Callable[[FormPage], str]
    save: Callable[[dict[str, Any]], datetime] | None = None
    keep_file: Callable[[str, bytes], str] | None = None


def show(filling: Filling, doing: Doing, saved_at: datetime | None = None) -> str:
    """The form as it is first seen."""
    page = FormPage(filling, dict(filling.answers), saved_at=saved_at, keeps=doing.save is not None)
    return doing.render(page)


def receive(form: forms.Form, doing: Doing) -> AnyResponse:
    """Do what the pressed button says; a refusal shows the answers again with what is wrong."""
    answers = typed.read(form.fields, request.form)
    action, _colon, target = request.form.get("_action", "submit").partition(":")
    if action == "submit" and not any(file.filename for file in request.files.values()):
        try:
            return doing.submit(answers)
        except errors.Refusal as refused:
            return _refused(_page(answers, doing), doing, refused)
    page = _page(answers, doing)
    try:
        _keep_files(page, doing)
        if action == "draft":
            return _draft(page, doing)
        if action == "submit":
            return doing.submit(page.answers)
        _change(page, action, target)
        if doing.save:
            page.saved_at = doing.save(page.answers)
    except errors.Refusal as refused:
        if action == "draft" and not isinstance(refused, errors.AnswersRefused):
            raise
        return _refused(page, doing, refused)
    return Response(doing.render(page))


def _page(answers: dict[str, Any], doing: Doing) -> FormPage:
    return FormPage(doing.fill(), answers, keeps=doing.save is not None)


def _refused(page: FormPage, doing: Doing, refused: errors.Refusal) -> AnyResponse:
    if isinstance(refused, errors.AnswersRefused):
        page.complaints = refused.complaints
    else:
        page.refusal = refused.message
    return Response(doing.render(page), status=refused.status)


def _change(page: FormPage, action: str, target: str) -> None:
    path, _colon, item = target.rpartition(":")
    match action:
        case "add":
            page.focus = typed.add_row(page.answers, target)
        case "remove" if item.isdecimal():
            typed.remove_row(page.answers, path, int(item))
            page.focus = path
        case "drop":
            typed.remove_file(page.answers, path, item)
            page.focus = path
        case "upload":
            page.focus = target
        case _:
            pass


def _keep_files(page: FormPage, doing: Doing) -> None:
    """Store chosen files at once, whichever button was pressed."""
    if doing.keep_file is None:
        return
    for path, one in typed.file_fields(page.filling.form.fields, page.answers):
        for file in request.files.getlist(path + FILE_MARK):
            if not file.filename:
                continue
            content = file.read()
            try:
                digest = doing.keep_file(file.filename, content)
            except errors.FileRefused as refused:
                raise errors.AnswersRefused({path: refused.message}) from refused
            typed.add_file(page.answers, path, digest, multiple=one.multiple)
            kept = Attachment(digest, file.filename, "", len(content))
            page.filling = replace(page.filling, files={**page.filling.files, digest: kept})


def _draft(page: FormPage, doing: Doing) -> AnyResponse:
    """Keep the draft; the answer says when, and which fields the answers hide."""
    saved_at = doing.save(page.answers) if doing.save else None
    response = Response(render_template("draft_status.html", saved_at=saved_at))
    response.headers["HX-Trigger"] = orjson.dumps(
        {"fields": {"hidden": sorted(page.hidden)}}
    ).decode()
    return response


def element_id(path: str) -> str:
    """The HTML id of the field at a path: 'points[0].text' → 'f-points-0-text'."""
    return "f-" + path.replace("[", "-").replace("].", "-").replace("]", "").replace(".", "-")


def summary_title(page: FormPage) -> str:
    """The heading of the error summary."""
    if page.complaints:
        return _("有%(count)s处需要修改", count=len(page.complaints))
    return _("没有办成")


def options(page: FormPage, one: forms.Field) -> tuple[tuple[str, str], ...]:
    """(value, label) of a choice: its own, or what the case offers."""
    if one.values_key:
        return page.filling.choices.get(one.values_key, ())
    return one.options or ()
