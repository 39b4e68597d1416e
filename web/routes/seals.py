"""密封信息: who reported, for the supervisor alone; opening asks a reason and leaves a trace."""

from flask import Blueprint, Response, render_template, request

from web import security
from workflows import access, cases, errors, queries

routes = Blueprint("seals", __name__)


@routes.get("/cases/<int:case_id>/seals")
@security.enter(*access.UNSEALS)
def index(case_id: int) -> str:
    """What a case has sealed, and who has opened it."""
    return _show(case_id)


@routes.post("/cases/<int:case_id>/seals/<int:sealed_id>")
@security.enter(*access.UNSEALS)
def open_seal(case_id: int, sealed_id: int) -> Response | str:
    """Say what is sealed, once, on a page that is not kept."""
    reason = request.form.get("reason", "")
    try:
        said = cases.open_seal(security.store(), security.actor(), case_id, sealed_id, reason)
    except errors.AnswersRefused as refused:
        return Response(_show(case_id, refused=(sealed_id, refused.message)), status=422)
    page = Response(_show(case_id, said=(sealed_id, said)))
    page.headers["Cache-Control"] = "no-store"
    return page


def _show(
    case_id: int,
    *,
    said: tuple[int, str] | None = None,
    refused: tuple[int, str] | None = None,
) -> str:
    store, actor = security.store(), security.actor()
    page = queries.case_page(store, actor, case_id)
    seals = cases.seals_of(store, actor, case_id)
    return render_template(
        "cases/seals.html", case=page, section="seals", seals=seals, said=said, refused=refused
    )
