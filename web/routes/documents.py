"""文书: a document on its page, and its stored bytes."""

from flask import Blueprint, Response, render_template, request

from web import files, security
from workflows import queries

routes = Blueprint("documents", __name__)


@routes.get("/documents/<int:document_id>")
@security.enter(*security.CASEWORK)
def show(document_id: int) -> str:
    """The document in the page, with what proves it."""
    page = queries.document_page(security.store(), security.actor(), document_id)
    return render_template("document.html", document=page.document, head=page.case)


@routes.get("/documents/<int:document_id>.pdf")
@security.enter(*security.CASEWORK)
def pdf(document_id: int) -> Response:
    """The bytes as they were issued, whole and unchanged."""
    file = queries.document_pdf(security.store(), security.actor(), document_id)
    inline = "download" not in request.args
    return files.send(file.content, file.name, "application/pdf", inline=inline)
