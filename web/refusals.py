"""What a person sees when something is refused or failed: what, on which article, what to do."""

# pyright: reportMissingTypeStubs=false

import structlog
from flask import Flask, g, render_template, request
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from web import pages
from web.language import gettext as _
from workflows import errors

log = structlog.get_logger()


def install(app: Flask) -> None:
    """Every error becomes a page."""
    app.register_error_handler(errors.Refusal, _refused)
    app.register_error_handler(CSRFError, _forged)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _failed)


def _refused(refusal: Exception) -> Response:
    said = refusal.message if isinstance(refusal, errors.Refusal) else ""
    return page(getattr(refusal, "status", 409), said)


def _forged(error: Exception) -> Response:
    """A stale page of our own may send again what was typed."""
    del error
    if _is_ours() and g.get("session"):
        body = pages.offer_again(request.path, pages.posted_fields())
        return Response(body, status=400, mimetype="text/html")
    return page(400, _("这个页面已经过期。请返回上一页，刷新后重新提交。"))


def _http(error: Exception) -> Response:
    status = error.code if isinstance(error, HTTPException) and error.code else 500
    known = {
        404: _("没有这个页面，或者您无权查看。"),
        405: _("不能这样打开这个页面。"),
        413: _("上传的文件太大。单个文件不超过20MB，请压缩或者拆分后分次上传。"),
    }
    return page(status, known.get(status, _("请求不能处理。")))


def _failed(error: Exception) -> Response:
    if isinstance(error, errors.DatabaseUnavailable) and _may_send_again():
        body = pages.offer_again(request.path, pages.posted_fields(), error.message)
        return Response(body, status=error.status, mimetype="text/html")
    log.error("page_failed", endpoint=request.endpoint, exc_info=error)
    said = error.message if isinstance(error, errors.ZhengchengError) else ""
    status = error.status if isinstance(error, errors.ZhengchengError) else 500
    return page(status, said or _("系统出现错误，您的操作没有生效，已经保存的内容没有丢失。"))


def _is_ours() -> bool:
    """Whether a page of this site posted; what a stranger's page posted is not offered again."""
    return request.headers.get("Sec-Fetch-Site") == "same-origin"


def _may_send_again() -> bool:
    """Whether what was posted may go back to the browser: what one typed, but no password."""
    return request.method == "POST" and _is_ours() and "password" not in request.form


def page(status: int, said: str) -> Response:
    """The error page, or for a script only the sentence."""
    template = "refusal_fragment.html" if request.headers.get("HX-Request") else "refusal.html"
    body = render_template(template, status=status, said=said)
    return Response(body, status=status, mimetype="text/html")
