"""For those who watch the machines: does the process live, could it work, and in numbers."""

import ipaddress
import secrets

from flask import Blueprint, Response, abort, request

from web import security
from workflows import metrics, settings
from workflows.queries import readiness

routes = Blueprint("health", __name__)

FORWARDED = ("X-Forwarded-For", "Forwarded", "X-Real-IP")


@routes.get("/healthz")
@security.public
def alive() -> Response:
    """Answers as long as the process lives; asks nothing of the database."""
    return Response("ok\n", mimetype="text/plain")


@routes.get("/readyz")
@security.public
def ready() -> Response:
    """503 and what is missing, where this process could not do its work."""
    missing = readiness.missing(security.store())
    said = "".join(f"{one}\n" for one in missing) or "ok\n"
    return Response(said, status=503 if missing else 200, mimetype="text/plain")


@routes.get("/metrics")
@security.public
def numbers() -> Response:
    """For Prometheus: on this machine itself, or with the token of the settings; else no page."""
    if not (_bears_token() or _is_from_here()):
        abort(404)
    said = metrics.of_processes() + readiness.gauges(security.store())
    return Response(said, content_type=metrics.CONTENT_TYPE)


def _bears_token() -> bool:
    wanted = settings.METRICS_TOKEN
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    return bool(wanted) and secrets.compare_digest(given.encode(), wanted.encode())


def _is_from_here() -> bool:
    """A proxy on this machine asks for somebody else, and says so."""
    if any(name in request.headers for name in FORWARDED):
        return False
    try:
        return ipaddress.ip_address(request.remote_addr or "").is_loopback
    except ValueError:
        return False
