"""Who may enter. Each route declares it; a route that does not is refused to everybody."""

# pyright: reportMissingTypeStubs=false

from collections.abc import Callable
from typing import Any, TypeVar, cast
from urllib.parse import urlsplit

from flask import Flask, Response, current_app, g, request, session
from flask_wtf.csrf import CSRFProtect
from werkzeug.wrappers import Response as AnyResponse

from web import pages, watching
from workflows import access, errors, people, settings
from workflows.access import Actor
from workflows.store import Store

View = TypeVar("View", bound=Callable[..., Any])

PUBLIC: frozenset[str] = frozenset({"*"})
EVERYONE: frozenset[str] = frozenset(access.ROLES)
CASEWORK: frozenset[str] = EVERYONE - {"designer", "operator"}
"""Those who may see cases and subjects: designers and operators need no personal data."""

NAMELESS = frozenset({"public.asset", "health.alive", "health.ready", "health.numbers"})
"""Endpoints for which it does not matter who asks, and which answer without the database."""

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
        "font-src 'self' data:; connect-src 'self'; form-action 'self'; frame-src 'self'; "
        "object-src 'self'; frame-ancestors 'self'; base-uri 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "SAMEORIGIN",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
}


def public(view: View) -> View:
    """Anybody may enter, signed in or not."""
    return _declare(view, PUBLIC)


def enter(*roles: str) -> Callable[[View], View]:
    """Only people signed in who work in one of `roles`."""
    return lambda view: _declare(view, frozenset(roles))


def _declare(view: View, roles: frozenset[str]) -> View:
    cast("Any", view).may_enter = roles
    return view


def may_enter(endpoint: str) -> frozenset[str] | None:
    """The roles an endpoint declared, None where it declared nothing."""
    return getattr(current_app.view_functions[endpoint], "may_enter", None)


def store() -> Store:
    """The store of this application."""
    return current_app.extensions["store"]


def actor() -> Actor:
    """Who asks. Only in routes that are not public."""
    return signed_in().actor


def signed_in() -> people.Session:
    """The session of who asks. Only in routes that are not public."""
    if g.session is None:
        raise errors.SignInRefused
    return g.session


def session_or_none() -> people.Session | None:
    """The session of who asks, None for strangers."""
    return g.session


def begin_session(token: str, login: str) -> None:
    """Forget the old session and keep the new token.

    The same person's pages in other tabs stay usable: their forgery token is kept.
    """
    forgery = session.get("csrf_token") if session.get("login") == login else None
    language = session.get("language")
    session.clear()
    session["token"], session["login"] = token, login
    if forgery:
        session["csrf_token"] = forgery
    if language:
        session["language"] = language


def same_site(path: str) -> str:
    """The path if it leads to a page of this site, else the home page."""
    parts = urlsplit(path.replace("\\", "/"))
    inside = path.startswith("/") and not (parts.scheme or parts.netloc)
    return path if inside and not path.startswith(("//", "/sign")) else "/"


def install(app: Flask) -> None:
    """Cookies, forgery tokens, the guard before every request, and the headers after it."""
    app.secret_key = settings.SECRET_KEY or people.signing_key(app.extensions["store"])
    app.config["SESSION_COOKIE_NAME"] = "zhengcheng"
    app.config["SESSION_COOKIE_HTTPONLY"] = True
    app.config["SESSION_COOKIE_SAMESITE"] = "Lax"
    app.config["SESSION_COOKIE_SECURE"] = settings.SECURE_COOKIES
    # A form may be filled in all day: the session ends by itself, its forgery token does not.
    app.config["WTF_CSRF_TIME_LIMIT"] = None
    app.before_request(_recognise)
    CSRFProtect(app)
    app.before_request(_guard)
    app.after_request(_add_headers)


def _recognise() -> None:
    token = None if request.endpoint in NAMELESS else session.get("token")
    g.session = people.session_actor(store(), token) if token else None
    watching.know()


def _guard() -> AnyResponse | None:
    if request.endpoint is None:
        return None
    roles = may_enter(request.endpoint)
    if roles is None:
        raise errors.NotAllowed("该页面没有声明谁可以进入")
    if roles == PUBLIC:
        return None
    if g.session is None:
        return pages.ask_to_sign_in()
    access.check_role(g.session.actor, roles, "该页面")
    return None


def _add_headers(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if request.endpoint != "public.asset":
        response.headers.setdefault("Cache-Control", "no-store")
    return response
