"""Signing in and out, the role worked in, the language read in."""

from flask import Blueprint, Response, redirect, render_template, request, session
from werkzeug.wrappers import Response as AnyResponse

from web import addresses, language, pages, security
from web.language import gettext as _
from workflows import errors, people

routes = Blueprint("sign_in", __name__)


@routes.get("/sign-in")
@security.public
def show() -> str:
    """The sign-in page; `next` is where the person wanted to go."""
    after = security.same_site(request.args.get("next", "/"))
    return render_template("sign_in.html", after=after, kept=[], lost=False, login="")


@routes.post("/sign-in")
@security.public
def enter() -> AnyResponse:
    """Check the password; go on to where the person was going, with what was typed there."""
    login = request.form.get("login", "").strip()
    password = request.form.get("password", "")
    after = security.same_site(request.form.get("next", "/"))
    try:
        token = people.sign_in(security.store(), login, password, request.remote_addr or "")
    except errors.Refusal as refusal:
        page = render_template(
            "sign_in.html", after=after, kept=pages.kept_fields(), login=login, refusal=refusal
        )
        return Response(page, status=refusal.status)
    security.begin_session(token, login)
    kept = pages.kept_fields()
    return Response(pages.offer_again(after, kept)) if kept else redirect(after)


@routes.post("/sign-out")
@security.public
def leave() -> AnyResponse:
    """End the session."""
    people.sign_out(security.store(), session.get("token", ""))
    session.clear()
    return redirect("/sign-in")


@routes.post("/role")
@security.enter(*security.EVERYONE)
def switch_role() -> AnyResponse:
    """Work for another department or in another role from now on."""
    chosen = addresses.row_keys([request.form.get("membership", "")])
    if not chosen:
        raise errors.NotFound
    people.switch_role(security.store(), session["token"], chosen[0])
    return redirect("/")


@routes.post("/language")
@security.public
def switch_language() -> AnyResponse:
    """Read in another language; a person's choice is remembered."""
    chosen = request.form.get("language", "zh")
    if chosen not in language.LANGUAGES:
        raise errors.NotFound(_("没有这种语言"))
    session["language"] = chosen
    known = security.session_or_none()
    if known:
        people.set_language(security.store(), known.person["id"], chosen)
    return redirect(security.same_site(request.form.get("next", "/")))
