"""Turning the pages of a list: what the address says of it."""

from flask import request


def asked() -> dict[str, str]:
    """Which page is asked for: `after` or `before`, cursors as the query before gave them."""
    return {name: request.args.get(name, "") for name in ("after", "before")}
