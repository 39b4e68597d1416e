"""What everybody gets: the bundles, whether the house stands, and what the law makes public."""

from flask import Blueprint, Response, render_template, request

from web import assets, security
from workflows.queries import public

routes = Blueprint("public", __name__)


@routes.get("/assets/<path:name>")
@security.public
def asset(name: str) -> Response:
    """A style sheet, script or picture."""
    return assets.send(name)


@routes.get("/health")
@security.public
def health() -> Response:
    """Answers when the process and its database do."""
    with security.store().reading() as tx:
        tx.connection.exec_driver_sql("SELECT 1")
    return Response("ok\n", mimetype="text/plain")


@routes.get("/public/listings")
@security.public
def listings() -> str:
    """What is public today, masked; searched by the exact name or code of a unit (R-130)."""
    asked = request.args.get("q", "")[: public.LONGEST]
    kind = request.args.get("kind", "")
    kind = kind if kind in public.KINDS else public.KINDS[0]
    after = request.args.get("after", type=int)
    found = public.public_list(security.store(), asked, kind, after)
    return render_template("public_listings.html", list=found, asked=asked, kind=kind)
