"""转版: running cases go to another version: judged first, then moved, batch by batch."""

from flask import Blueprint, Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from web import security
from workflows import access, cases, errors
from workflows.queries import designing as questions

routes = Blueprint("moving", __name__)

BATCH = 50
"""Cases in one request."""


@routes.get("/procedures/<key>/move")
@security.enter(*access.DESIGNS)
def choose(key: str) -> str:
    """To which version; which cases could go there, one by one; the moves so far."""
    store, actor = security.store(), security.actor()
    versions = questions.versions(store, actor, key)
    version = _number("to") or versions[0].version
    return render_template(
        "designing/move.html",
        versions=versions,
        found=cases.preview_moves(store, actor, key, version, _number("after") or 0),
        moves=cases.recent_moves(store, actor, key),
    )


@routes.post("/procedures/<key>/move")
@security.enter(*access.DESIGNS)
def start(key: str) -> AnyResponse:
    """Begin to judge them all, or to move them."""
    version, trial = _number("to"), request.form.get("_action") != "move"
    reason = request.form.get("reason", "")
    store, actor = security.store(), security.actor()
    try:
        move_id = cases.start_move(store, actor, key, version, trial=trial, reason=reason)
    except errors.AnswersRefused as refused:
        trial_id = _number("trial") or 0
        page = _show(cases.read_move(store, actor, trial_id), refused.complaints)
        return Response(page, status=refused.status)
    return redirect(url_for("moving.show", key=key, move_id=move_id))


@routes.get("/procedures/<key>/moves/<int:move_id>")
@security.enter(*access.DESIGNS)
def show(key: str, move_id: int) -> str:
    """How far it is; then what came of it and why."""
    return _show(_move(key, move_id), {})


@routes.post("/procedures/<key>/moves/<int:move_id>")
@security.enter(*access.DESIGNS)
def go_on(key: str, move_id: int) -> AnyResponse:
    """The next batch; the page asks again by itself until it is over."""
    _move(key, move_id)
    move = cases.continue_move(security.store(), security.actor(), move_id, BATCH)
    if not request.headers.get("HX-Request"):
        return redirect(url_for("moving.show", key=key, move_id=move_id))
    shown = Response(render_template("designing/move_progress.html", move=move))
    if move.ended_at:
        shown.headers["HX-Refresh"] = "true"
    return shown


def _show(move: cases.Move, complaints: dict[str, str]) -> str:
    return render_template(
        "designing/moved.html",
        move=move,
        complaints=complaints,
        reason=request.form.get("reason", ""),
    )


def _move(key: str, move_id: int) -> cases.Move:
    move = cases.read_move(security.store(), security.actor(), move_id)
    if move.key != key:
        raise errors.NotFound
    return move


def _number(name: str) -> int | None:
    said = request.values.get(name, "")
    return int(said) if said.isdecimal() and len(said) < 10 else None
