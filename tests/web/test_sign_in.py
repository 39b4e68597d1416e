"""Signing in and out, roles, language, and that nothing typed is lost with a session."""

from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.web.conftest import AT, Site
from web import create_app, security
from workflows import models, people, settings, store

PASSWORD = "correct horse battery"


@pytest.fixture
def newcomer(site: Site) -> Site:
    """A person with a password and two roles."""
    d = models.departments
    with site.house.transaction() as tx:
        home = tx.one(d.select().where(d.c.code == "yindu_market"))["id"]
        roles = [(home, "caseworker"), (home, "supervisor")]
        people.add_person(tx, "xu", "徐新人", PASSWORD, roles)
    return site


def sign_in(site: Site, **more: str) -> tuple[FlaskClient, TestResponse]:
    client = site.client()
    return client, client.post("/sign-in", data={"login": "xu", "password": PASSWORD} | more)


def test_the_right_password_leads_where_one_was_going(newcomer: Site) -> None:
    client, reply = sign_in(newcomer, next="/cases?status=open")
    assert (reply.status_code, reply.location) == (302, "/cases?status=open")
    assert client.get("/tasks").status_code == 200


def test_the_wrong_password_says_so_and_keeps_the_name(newcomer: Site) -> None:
    _client, reply = sign_in(newcomer, password="wrong")
    assert reply.status_code == 401
    assert "用户名或者密码不正确" in reply.text
    assert 'value="xu"' in reply.text
    assert "<title>错误：" in reply.text


def test_too_many_failures_close_the_door(newcomer: Site) -> None:
    for _ in range(5):
        sign_in(newcomer, password="wrong")
    _client, reply = sign_in(newcomer)
    assert reply.status_code == 429
    assert "分钟后再试" in reply.text


@pytest.mark.parametrize(("proxies", "believed"), [(0, "127.0.0.1"), (1, "203.0.113.7")])
def test_a_visitors_address_is_the_one_the_houses_own_proxy_tells(
    newcomer: Site, monkeypatch: pytest.MonkeyPatch, proxies: int, believed: str
) -> None:
    monkeypatch.setattr(settings, "PROXIES", proxies)
    app = create_app(newcomer.house)
    app.config["WTF_CSRF_ENABLED"] = False
    client = app.test_client()
    said = {"X-Forwarded-For": "198.51.100.1, 203.0.113.7"}
    client.post("/sign-in", data={"login": "xu", "password": "wrong"}, headers=said)
    with newcomer.house.reading() as tx:
        tried = tx.all(models.sign_ins.select())
    assert [row["address"] for row in tried] == [believed]


@pytest.mark.parametrize(
    "elsewhere",
    ["https://evil.example/", "//evil.example", "\\\\evil.example", "/\\evil", "javascript:x"],
)
def test_signing_in_never_leads_to_another_site(elsewhere: str) -> None:
    assert security.same_site(elsewhere) == "/"


def test_signing_out_ends_the_session(newcomer: Site) -> None:
    client, _ = sign_in(newcomer)
    with client.session_transaction() as session:
        token = session["token"]
    client.post("/sign-out")
    assert people.session_actor(newcomer.house, token) is None
    assert client.get("/tasks").status_code == 302


def test_one_works_in_one_role_at_a_time(newcomer: Site) -> None:
    client, _ = sign_in(newcomer)
    with newcomer.house.reading() as tx:
        m = models.memberships
        other = tx.one(m.select().where(m.c.role == "supervisor").order_by(m.c.id.desc()))
    opening = "/subjects/1/open/serious_listing"
    assert client.get(opening).status_code == 200
    client.post("/role", data={"membership": other["id"]})
    assert client.get(opening).status_code == 403
    assert client.post("/role", data={"membership": "1"}).status_code == 404


def test_the_language_is_remembered_with_the_person(newcomer: Site) -> None:
    client, _ = sign_in(newcomer)
    client.post("/language", data={"language": "en"})
    assert '<html lang="en">' in client.get("/tasks").text
    again, _ = sign_in(newcomer)
    assert '<html lang="en">' in again.get("/tasks").text


def test_what_was_typed_when_the_session_was_lost_can_be_sent_after_signing_in(
    newcomer: Site,
) -> None:
    case_id = newcomer.open()
    task_id = newcomer.task_id(case_id, "draft_case")
    client, _ = sign_in(newcomer)
    store.travel(newcomer.house, AT + timedelta(hours=1))
    url, typed = f"/tasks/{task_id}", {"grounds[0].text": "很长的事由", "_action": "submit"}
    lost = client.post(url, data=typed)
    assert lost.status_code == 401
    assert "很长的事由" in lost.text
    kept = {f"kept:{name}": value for name, value in typed.items()}
    again = client.post("/sign-in", data={"login": "xu", "password": PASSWORD, "next": url, **kept})
    assert "很长的事由" in again.text
    assert f'action="{url}"' in again.text


def test_a_draft_that_cannot_be_kept_says_that_the_session_is_over(site: Site) -> None:
    reply = site.client().post(
        "/tasks/1", data={"_action": "draft"}, headers={"HX-Request": "true"}
    )
    assert reply.status_code == 401
    assert "重新登录" in reply.text


def test_a_stale_page_of_our_own_may_send_again_and_a_strangers_may_not(site: Site) -> None:
    site.app.config["WTF_CSRF_ENABLED"] = True
    client, typed = site.client("wang"), {"remarks": "写了很久"}
    own = client.post("/tasks/1", data=typed, headers={"Sec-Fetch-Site": "same-origin"})
    assert (own.status_code, "写了很久" in own.text) == (400, True)
    strange = client.post("/tasks/1", data=typed, headers={"Sec-Fetch-Site": "cross-site"})
    assert (strange.status_code, "写了很久" in strange.text) == (400, False)
