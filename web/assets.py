"""Bundles from web/dist and files from web/static, addressed by their content."""

import hashlib
from functools import lru_cache
from pathlib import Path

from flask import Flask, Response, abort, send_from_directory, url_for

HERE = Path(__file__).resolve().parent
FOLDERS = (HERE / "dist", HERE / "static")
YEAR = 365 * 24 * 3600


def install(app: Flask) -> None:
    """Templates say `asset('app.css')`."""
    app.add_template_global(address, "asset")
    app.add_template_global(exists, "has_asset")


def address(name: str) -> str:
    """The URL of a file; it changes when the content does, so that browsers may keep it."""
    file = _find(name)
    version = _digest(file, file.stat().st_mtime_ns) if file else "missing"
    return url_for("public.asset", name=name, v=version)


def exists(name: str) -> bool:
    """Whether the front end was built; pages work without it."""
    return _find(name) is not None


def send(name: str) -> Response:
    """The file's bytes; may be kept for a year."""
    file = _find(name)
    if file is None:
        abort(404)
    folder = next(one for one in FOLDERS if file.is_relative_to(one))
    return send_from_directory(folder, name, max_age=YEAR)


def _find(name: str) -> Path | None:
    return next((one / name for one in FOLDERS if (one / name).is_file()), None)


@lru_cache(maxsize=64)
def _digest(file: Path, _changed: int) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()[:12]
