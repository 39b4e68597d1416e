"""数据导入: leave a batch for the worker, watch it come in, read its receipt, mend its rows."""

from typing import Any, BinaryIO, cast

from flask import Blueprint, Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from web import csv_files, security
from web.language import gettext as _
from workflows import access, errors, intake
from workflows.queries import imports as questions

routes = Blueprint("imports", __name__)

LARGEST = 520 * 1024 * 1024
"""Bytes of one request; a file of more than 500 MB is told so by the intake."""
VERDICTS = ("rejected", "duplicate", "warning")


@routes.url_value_preprocessor
def allow_batches(endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """A batch may be larger than what other pages take."""
    if endpoint == "imports.upload":
        request.max_content_length = LARGEST


@routes.get("/imports")
@security.enter(*access.IMPORTS)
def index() -> str:
    """The batches so far, and a form for the next."""
    return _index({}, "")


@routes.post("/imports")
@security.enter(*access.IMPORTS)
def upload() -> AnyResponse:
    """Leave a file for the worker; one that is no table is refused at once."""
    asked = {"kind": request.form.get("kind", ""), "unit": request.form.get("unit", "")}
    try:
        import_id = _queue(asked["kind"], asked["unit"])
    except errors.FileRefused as refused:
        return Response(_index(asked, refused.message), status=refused.status)
    return redirect(url_for("imports.show", import_id=import_id))


@routes.get("/imports/<int:import_id>")
@security.enter(*access.IMPORTS)
def show(import_id: int) -> str:
    """How far it is; then the receipt."""
    verdict = request.args.get("verdict", "")
    after = request.args.get("after", "")
    store, actor = security.store(), security.actor()
    page = questions.receipt(store, actor, import_id, verdict=verdict, after=after)
    return render_template("imports/receipt.html", receipt=page, batch=page.batch, after=after)


@routes.get("/imports/<int:import_id>/progress")
@security.enter(*access.IMPORTS)
def progress(import_id: int) -> Response:
    """How far it is, for the page that shows it; when it is over the page is read anew."""
    page = questions.receipt(security.store(), security.actor(), import_id)
    shown = Response(render_template("imports/progress.html", receipt=page, batch=page.batch))
    if page.batch.finished:
        shown.headers["HX-Refresh"] = "true"
    return shown


@routes.get("/imports/<int:import_id>/rejected.csv")
@security.enter(*access.IMPORTS)
def rejected(import_id: int) -> Response:
    """Rejected rows as they came, with why: to be mended and sent again."""
    store, actor = security.store(), security.actor()
    batch = questions.receipt(store, actor, import_id).batch
    columns = questions.rejected_columns(store, actor, import_id)
    rows = (
        (
            *(one.raw.get(column, "") for column in columns),
            str(one.row_no),
            "；".join(text for _column, text in one.reasons),
        )
        for one in questions.rejected_rows(store, actor, import_id)
    )
    name = batch.filename.rpartition(".")[0] or batch.filename
    return csv_files.send(f"{name}-拒收.csv", (*columns, "原行号", "原因和改法"), rows)


@routes.errorhandler(413)
def too_large(_error: Exception) -> AnyResponse:
    """The whole request was too large to be read."""
    said = _("文件超过500MB，请拆分成几个文件分别上传。")
    return Response(render_template("refusal.html", status=413, said=said), status=413)


def _queue(kind: str, unit: str) -> int:
    file = request.files.get("file")
    if file is None or not file.filename:
        raise errors.FileRefused(_("请选择要导入的文件"))
    name = file.filename.replace("\\", "/").rpartition("/")[2]
    stream = cast("BinaryIO", file.stream)
    return intake.queue_import(security.store(), security.actor(), kind, name, stream, unit or None)


def _index(asked: dict[str, str], refusal: str) -> str:
    found = questions.imports(security.store(), security.actor(), request.args.get("after", ""))
    return render_template("imports/index.html", list=found, asked=asked, refusal=refusal)
