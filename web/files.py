"""Sends stored bytes: never sniffed, never run, under their own name."""

import hashlib
from urllib.parse import quote

from flask import Response

SHOWN = frozenset({"application/pdf", "image/png", "image/jpeg", "text/plain"})
"""Types a browser may show in the page; everything else is downloaded."""

POLICY = "default-src 'none'; style-src 'unsafe-inline'; object-src 'self'; frame-ancestors 'self'"
"""For the file itself: the browser's own PDF viewer needs its styles, nothing else may load."""


def send(content: bytes, name: str, media_type: str, *, inline: bool) -> Response:
    """The bytes with their sha256 as entity tag."""
    charset = "; charset=utf-8" if media_type == "text/plain" else ""
    response = Response(content, content_type=media_type + charset)
    kind = "inline" if inline else "attachment"
    response.headers["Content-Disposition"] = f"{kind}; filename*=UTF-8''{quote(name, safe='')}"
    response.headers["Content-Security-Policy"] = POLICY
    response.set_etag(hashlib.sha256(content).hexdigest())
    return response
