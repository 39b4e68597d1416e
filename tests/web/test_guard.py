"""Every route declares who may enter, and nobody else does."""

import pytest
from flask import Flask
from werkzeug.routing import Rule

from tests.web.conftest import Site
from web import security
from workflows import access, models

VALUES = {
    "name": "icon.svg",
    "task_id": 1,
    "case_id": 1,
    "document_id": 1,
    "subject_id": 1,
    "section": "work",
    "process": "serious_listing",
    "message": "objection_received",
    "sha256": "0" * 64,
    "procedure_key": "serious_listing",
}
ROLE_OF = {
    "wang": "caseworker",
    "li": "legal_reviewer",
    "zhao": "dept_head",
    "sun": "supervisor",
    "zhou": "designer",
    "qian": "ndrc_lead",
    "wei": "operator",
}


def doors(app: Flask) -> list[tuple[str, str, Rule]]:
    """(method, URL, rule) of every route."""
    found: list[tuple[str, str, Rule]] = []
    with app.test_request_context():
        adapter = app.url_map.bind("localhost")
        for rule in app.url_map.iter_rules():
            values = {name: VALUES.get(name, 1) for name in rule.arguments}
            for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
                url = adapter.build(rule.endpoint, values, method=method)
                found.append((method, url, rule))
    return found


def declared(app: Flask, rule: Rule) -> frozenset[str]:
    with app.app_context():
        roles = security.may_enter(rule.endpoint)
    assert roles is not None, f"{rule.endpoint} does not say who may enter"
    return roles


def test_every_route_says_who_may_enter(site: Site) -> None:
    for _method, _url, rule in doors(site.app):
        roles = declared(site.app, rule)
        assert roles == security.PUBLIC or roles <= set(access.ROLES)


def test_a_route_that_says_nothing_is_refused_even_to_those_signed_in(site: Site) -> None:
    site.app.add_url_rule("/forgotten", "forgotten", lambda: "secret")
    reply = site.client("wang").get("/forgotten")
    assert reply.status_code == 403
    assert "secret" not in reply.text


def test_strangers_are_asked_to_sign_in_everywhere(site: Site) -> None:
    for method, url, rule in doors(site.app):
        if declared(site.app, rule) == security.PUBLIC:
            continue
        reply = site.client().open(url, method=method)
        if method == "GET":
            assert reply.status_code == 302, url
            assert reply.location.startswith("/sign-in?next="), url
        else:
            assert (reply.status_code, 'name="password"' in reply.text) == (401, True), url


@pytest.mark.parametrize("login", sorted(ROLE_OF))
def test_other_roles_are_refused(site: Site, login: str) -> None:
    site.open()
    for method, url, rule in doors(site.app):
        roles = declared(site.app, rule)
        if roles == security.PUBLIC:
            continue
        status = site.client(login).open(url, method=method).status_code
        if ROLE_OF[login] not in roles:
            assert status == 403, (method, url)
        elif method == "GET":
            assert status != 403, url
        assert status < 500, (method, url)


def test_a_row_of_another_department_is_not_found(busy_site: Site) -> None:
    with busy_site.house.reading() as tx:
        assert tx.first(models.documents.select()) is not None
    for method, url, rule in doors(busy_site.app):
        if not rule.arguments & {"task_id", "case_id", "document_id"}:
            continue
        reply = busy_site.client("zheng").open(url, method=method)
        inside = "caseworker" in declared(busy_site.app, rule)
        assert reply.status_code == (404 if inside else 403), (method, url)
        assert "殷都甲" not in reply.text


def test_those_who_look_after_a_department_see_its_cases(site: Site) -> None:
    case_id = site.open()
    assert site.client("qian").get(f"/cases/{case_id}").status_code == 200
    assert site.client("wu").get(f"/cases/{case_id}").status_code == 200
    assert site.client("he").get(f"/cases/{case_id}").status_code == 404


def test_a_post_without_the_forgery_token_is_refused_everywhere(site: Site) -> None:
    site.app.config["WTF_CSRF_ENABLED"] = True
    for method, url, _rule in doors(site.app):
        if method == "POST":
            assert site.client("wang").post(url).status_code == 400, url


def test_every_page_carries_the_security_headers(busy_site: Site) -> None:
    for url in ("/sign-in", "/tasks", "/cases/1", "/cases/999"):
        reply = busy_site.client("wang").get(url)
        policy = reply.headers["Content-Security-Policy"]
        assert "unsafe" not in policy
        assert "default-src 'none'" in policy
        assert reply.headers["X-Content-Type-Options"] == "nosniff"
        assert reply.headers["Cache-Control"] == "no-store"


def test_pages_hold_no_inline_script_or_style(site: Site) -> None:
    site.noticed()
    task = site.open("other")
    task_id = site.task_id(task, "draft_case")
    for url in ("/sign-in", "/tasks", f"/tasks/{task_id}", "/cases/1", "/cases/1/diagram"):
        page = site.client("wang").get(url).text
        assert " style=" not in page
        assert "<style" not in page
        assert page.count("<script") == page.count('<script type="module" src="/assets/')


def test_the_cookie_is_kept_from_scripts_and_other_sites(site: Site) -> None:
    site.app.config["SESSION_COOKIE_SECURE"] = True
    cookie = site.client().get("/sign-in").headers.get("Set-Cookie", "")
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Secure" in cookie
