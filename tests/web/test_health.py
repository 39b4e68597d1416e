"""What those see who watch the machines: life, readiness, numbers; and lines that name nobody."""

import io
import json
import logging
import re
from collections.abc import Iterator
from typing import Any

import pytest
import structlog

from tests.web.conftest import AT, FRESH, SERVED, Site
from workflows import cases, errors, logs, metrics, models, scheduler, settings
from workflows.queries import readiness

SECRET = "410505199001011230"
"""What somebody types: a number of a person, fictional."""


@pytest.fixture
def said(busy_site: Site) -> Iterator[io.BytesIO]:
    """What the processes say from now on, as `serve` has them say it."""
    out = io.BytesIO()
    root = logging.getLogger()
    before = (root.handlers, root.level)
    logs.start(lambda: busy_site.house.now, out)
    yield out
    root.handlers, root.level = before
    logging.captureWarnings(capture=False)
    logs.forget()
    structlog.reset_defaults()


def lines(said: io.BytesIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in said.getvalue().splitlines()]


# Life and readiness


def test_a_process_lives_without_its_database(
    busy_site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    wang = busy_site.client("wang")

    def gone(*_args: object) -> None:
        raise errors.DatabaseUnavailable

    monkeypatch.setattr(busy_site.house, "reading", gone)
    monkeypatch.setattr(busy_site.house, "transaction", gone)
    assert wang.get("/healthz").status_code == 200
    reply = wang.get("/readyz")
    assert (reply.status_code, reply.text) == (503, "数据库不能连接\n")
    assert wang.get("/tasks").status_code == 503


def test_a_process_is_ready_when_tables_expressions_and_fonts_are(
    busy_site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(readiness.migrations, "is_current", lambda _store: True)
    reply = busy_site.client().get("/readyz")
    assert (reply.status_code, reply.text) == (200, "ok\n")


@pytest.mark.parametrize(
    ("where", "what", "told"),
    [
        ("migrations", "is_current", "表结构不是最新"),
        ("feel", "evaluate", "表达式引擎"),
        ("documents", "check_ready", "缺少字库"),
    ],
)
def test_what_is_missing_is_told(
    busy_site: Site, monkeypatch: pytest.MonkeyPatch, where: str, what: str, told: str
) -> None:
    monkeypatch.setattr(readiness.migrations, "is_current", lambda _store: True)
    wanting: Any = {
        "is_current": lambda _store: False,
        "evaluate": lambda *_args: False,
        "check_ready": lambda: ["缺少字库"],
    }[what]
    monkeypatch.setattr(getattr(readiness, where), what, wanting)
    reply = busy_site.client().get("/readyz")
    assert reply.status_code == 503
    assert told in reply.text


# Numbers


def test_jobs_cases_and_requests_are_counted(busy_site: Site) -> None:
    cases.suspend_case(busy_site.house, busy_site.actor("wei"), FRESH, "系统升级")
    client = busy_site.client()
    client.get("/sign-in")
    said = client.get("/metrics").text
    for line in (
        'zhengcheng_jobs{kind="timer",status="due"} 1.0',
        "zhengcheng_jobs_due 0.0",
        "zhengcheng_oldest_due_job_seconds 0.0",
        'zhengcheng_cases{procedure="serious_listing",status="open"} 1.0',
        'zhengcheng_cases{procedure="serious_listing",status="suspended"} 1.0',
    ):
        assert line in said
    shown = r'zhengcheng_http_request_seconds_count{endpoint="sign_in.show",status="200"} [1-9]'
    assert re.search(shown, said)


def test_a_job_that_ran_is_counted_by_its_outcome(busy_site: Site) -> None:
    count = 'zhengcheng_job_seconds_count{outcome="done"} '

    def done() -> float:
        found = [line for line in metrics.of_processes().decode().splitlines() if count in line]
        return float(found[0].removeprefix(count)) if found else 0.0

    before = done()
    with busy_site.house.reading() as tx:
        j = models.jobs
        timer = tx.one(j.select().where(j.c.case_id == SERVED, j.c.status == "due"))
    scheduler.travel(busy_site.house, timer["due_at"])
    assert done() > before


@pytest.mark.parametrize(
    ("address", "headers", "status"),
    [
        ("127.0.0.1", {}, 200),
        ("::1", {}, 200),
        ("10.0.0.7", {}, 404),
        ("10.0.0.7", {"Authorization": "Bearer right"}, 200),
        ("10.0.0.7", {"Authorization": "Bearer wrong"}, 404),
        ("10.0.0.7", {"Authorization": "Bearer "}, 404),
        ("127.0.0.1", {"X-Forwarded-For": "10.0.0.7"}, 404),
        ("127.0.0.1", {"X-Forwarded-For": "10.0.0.7", "Authorization": "Bearer right"}, 200),
    ],
)
def test_numbers_are_for_this_machine_or_for_who_bears_the_token(
    busy_site: Site,
    monkeypatch: pytest.MonkeyPatch,
    address: str,
    headers: dict[str, str],
    status: int,
) -> None:
    monkeypatch.setattr(settings, "METRICS_TOKEN", "right")
    reply = busy_site.client().get(
        "/metrics", headers=headers, environ_base={"REMOTE_ADDR": address}
    )
    assert reply.status_code == status


def test_without_a_token_in_the_settings_none_is_right(busy_site: Site) -> None:
    reply = busy_site.client().get(
        "/metrics", headers={"Authorization": "Bearer "}, environ_base={"REMOTE_ADDR": "10.0.0.7"}
    )
    assert reply.status_code == 404


# Lines


def test_a_request_leaves_one_line_that_says_who_by_number(
    busy_site: Site, said: io.BytesIO
) -> None:
    wang = busy_site.client("wang")
    reply = wang.get(f"/cases/{SERVED}", headers={"X-Request-ID": "proxy-0123456789"})
    assert reply.headers["X-Request-ID"] == "proxy-0123456789"
    (line,) = lines(said)
    assert line.pop("ms") > 0
    assert line == {
        "event": "request",
        "level": "info",
        "at": AT.isoformat(timespec="milliseconds"),
        "request": "proxy-0123456789",
        "person": busy_site.actor("wang").person_id,
        "case": SERVED,
        "method": "GET",
        "endpoint": "cases.show",
        "status": 200,
    }


def test_a_request_id_that_is_none_is_replaced(busy_site: Site, said: io.BytesIO) -> None:
    given = {"X-Request-ID": f"王承办 {SECRET}".encode().decode("latin-1")}
    reply = busy_site.client().get("/sign-in", headers=given)
    assert re.fullmatch("[0-9a-f]{16}", reply.headers["X-Request-ID"])
    assert SECRET not in said.getvalue().decode()


def test_watchers_leave_no_line(busy_site: Site, said: io.BytesIO) -> None:
    busy_site.client().get("/healthz")
    busy_site.client().get("/metrics")
    assert lines(said) == []


def test_what_is_typed_and_what_people_are_called_is_in_no_line(
    busy_site: Site, said: io.BytesIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    wang, task = busy_site.client("wang"), busy_site.task_id(FRESH, "draft_case")
    form = {"_action": "submit", "grounds[0].text": SECRET, "gravity": SECRET}
    wang.post(f"/tasks/{task}", data=form)
    wang.post(f"/tasks/{task}", data=form | {"_action": "draft"})
    wang.get("/cases", query_string={"q": SECRET})
    wang.get(f"/nothing/{SECRET}")
    wang.post("/sign-in", data={"login": SECRET, "password": SECRET})
    busy_site.client("wei").get("/operating/case", query_string={"number": SECRET})

    def break_down(*_args: object, **_named: object) -> None:
        try:
            dict[str, str]()[SECRET]
        except KeyError as fault:
            raise ValueError(f"no such person: {SECRET}") from fault

    monkeypatch.setattr(cases, "claim_task", break_down)
    assert wang.post(f"/tasks/{task}/claim").status_code == 500
    logging.getLogger("gunicorn.error").warning("Error handling request %s", f"/cases?q={SECRET}")
    told = said.getvalue().decode()
    for word in (SECRET, "王承办", "殷都甲"):
        assert word not in told
    (failure,) = [line for line in lines(said) if line["event"] == "page_failed"]
    assert failure["level"] == "error"
    assert failure["fault"][0] == "ValueError"
    assert "KeyError" in failure["fault"]
    assert any("break_down" in place for place in failure["fault"])


def test_a_job_says_which_it_is_and_of_which_case(busy_site: Site, said: io.BytesIO) -> None:
    with busy_site.house.reading() as tx:
        j = models.jobs
        timer = tx.one(j.select().where(j.c.case_id == SERVED, j.c.status == "due"))
    scheduler.travel(busy_site.house, timer["due_at"])
    told = [line for line in lines(said) if line["event"] == "job_ran"]
    (line,) = [one for one in told if one["job"] == timer["id"]]
    assert (line["case"], line["kind"], line["outcome"]) == (SERVED, "timer", "done")


def test_libraries_speak_in_the_same_lines(said: io.BytesIO) -> None:
    logging.getLogger("apscheduler").warning("missed by %s", "0:00:02")
    logging.getLogger("apscheduler").info("looked")
    (line,) = lines(said)
    assert (line["event"], line["logger"], line["level"]) == (
        "missed by 0:00:02",
        "apscheduler",
        "warning",
    )
