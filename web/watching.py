"""Each request leaves one line in the log and one number for Prometheus; both name no one.

A line says endpoint, numbers of rows, status and duration; never the address as it was typed, which
may hold a name searched for.
"""

import re
import secrets
import time
from typing import Any

import structlog
from flask import Flask, Response, g, request

from workflows import logs, metrics

PASSED_ON = re.compile(r"[A-Za-z0-9._-]{8,64}")
HEADER = "X-Request-ID"
STILL = frozenset({"public.asset", "health.alive", "health.ready", "health.numbers"})
"""Asked all the time: counted, and logged only where they fail."""

log: Any = structlog.get_logger()


def install(app: Flask) -> None:
    """Before everything else of a request, and after it; `know` comes once the person is known."""
    app.before_request(_begin)
    app.after_request(_end)


def know() -> None:
    """From now on lines say who asks, by number."""
    if g.get("session") is not None:
        logs.bind(person=g.session.person["id"])


def _begin() -> None:
    given = request.headers.get(HEADER, "")
    g.request_id = given if PASSED_ON.fullmatch(given) else secrets.token_hex(8)
    g.began = time.perf_counter()
    rows = {name: value for name, value in (request.view_args or {}).items() if name in ROWS}
    logs.forget()
    logs.bind(request=g.request_id, **{ROWS[name]: value for name, value in rows.items()})


def _end(response: Response) -> Response:
    if "began" not in g:
        return response
    endpoint = request.endpoint or "none"
    took = time.perf_counter() - g.began
    metrics.REQUESTS.labels(endpoint, response.status_code).observe(took)
    response.headers[HEADER] = g.request_id
    if endpoint not in STILL or response.status_code >= 500:
        log.info(
            "request",
            method=request.method,
            endpoint=endpoint,
            status=response.status_code,
            ms=round(took * 1000, 1),
        )
    return response


ROWS = {
    "case_id": "case",
    "task_id": "task",
    "document_id": "document",
    "subject_id": "subject",
    "job_id": "job",
}
"""Numbers of rows in an address → their names in the log."""
