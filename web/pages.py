"""Pages that belong to no route: signing in again, and what was typed before."""

from flask import g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

KEPT_FIELDS = 2_000


def ask_to_sign_in() -> Response:
    """To the sign-in page; what was being posted goes along, so that nothing typed is lost."""
    if request.headers.get("HX-Request"):
        page = render_template("session_lost.html")
        return Response(page, status=401, mimetype="text/html")
    if request.method == "GET":
        return redirect(url_for("sign_in.show", next=request.full_path.rstrip("?")))
    page = render_template(
        "sign_in.html", after=request.path, kept=posted_fields(), lost=True, login=""
    )
    return Response(page, status=401, mimetype="text/html")


def offer_again(path: str, fields: list[tuple[str, str]], said: str = "") -> str:
    """A page with what was typed and one button that sends it where it was going.

    `said`: why it was not taken, where that is not that the page was too old.
    """
    me = g.get("session")
    return render_template("send_again.html", path=path, fields=fields, me=me, said=said)


def posted_fields() -> list[tuple[str, str]]:
    """What was posted, but for the forgery token and files."""
    return [
        (name, value)
        for name, value in request.form.items(multi=True)
        if name != "csrf_token" and not name.startswith("kept:")
    ][:KEPT_FIELDS]


def kept_fields() -> list[tuple[str, str]]:
    """What a sign-in page carried along from before."""
    return [
        (name.removeprefix("kept:"), value)
        for name, value in request.form.items(multi=True)
        if name.startswith("kept:")
    ][:KEPT_FIELDS]
