"""What everybody gets: the bundles and whether the house stands."""

from flask import Blueprint, Response

from web import assets, security

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
