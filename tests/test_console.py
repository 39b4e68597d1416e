"""An operator's command line: what failed, retrying, suspending, resuming, moving a due date."""

import json
from collections.abc import Callable
from datetime import timedelta

import pytest
from click.testing import CliRunner, Result

from tests.cases import office
from workflows import __main__ as command_line
from workflows import errors, models, people, store

Run = Callable[..., Result]


@pytest.fixture
def run(house: store.Store, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs a command on the house with one procedure; its clock goes on standing."""
    office.deploy(house)
    monkeypatch.setattr(command_line, "open_store", lambda: house)
    monkeypatch.setattr(command_line.migrations, "migrate", lambda _store: None)
    monkeypatch.setattr(house, "close", lambda: None)

    def invoke(*words: str) -> Result:
        return CliRunner().invoke(command_line.cli, list(words))

    return invoke


def failed(house: store.Store) -> tuple[str, int]:
    """The number of a case and the id of its failed job."""
    case_id = office.open_permit(house)
    with house.transaction() as tx:
        values = {"case_id": case_id, "kind": "service", "element": "apply", "unique_key": "x"}
        more = {"status": "failed", "due_at": tx.now, "error": "打印机没有纸", "attempts": 5}
        job_id = tx.insert(models.jobs, values | more)
        number = tx.one(models.cases.select().where(models.cases.c.id == case_id))["number"]
    return number, job_id


def test_incidents_are_listed_with_their_error_and_tell_by_the_exit_code(
    house: store.Store, run: Run
) -> None:
    assert run("jobs", "--as", "wei").exit_code == 0
    number, job_id = failed(house)
    said = run("jobs", "--failed", "--as", "wei")
    assert said.exit_code == 1
    for part in ("故障1", number, str(job_id), "申请", "打印机没有纸"):
        assert part in said.output
    as_json = json.loads(run("jobs", "--as", "wei", "--json").output)
    assert as_json["jobs"][0]["error"] == "打印机没有纸"
    assert "打印机" not in run("jobs", "--due", "--as", "wei").output


def test_incidents_are_retried_one_by_one_or_all(house: store.Store, run: Run) -> None:
    _number, job_id = failed(house)
    assert run("retry", "--as", "wei").exit_code == 2
    done = run("retry", str(job_id), "--as", "wei")
    assert done.output.endswith("已安排重试1项作业。\n")
    assert run("retry", str(job_id), "--as", "wei").exit_code == 1
    assert run("retry", "--all", "--as", "wei").exit_code == 1


def test_a_case_is_suspended_and_resumed_by_its_number(house: store.Store, run: Run) -> None:
    number, _job_id = failed(house)
    done = run("suspend", "case", number, "--as", "wei", "--reason", "系统升级")
    assert done.output.endswith(f"案件{number}已暂停。\n")
    again = run("suspend", "case", number, "--as", "wei", "--reason", "系统升级")
    assert isinstance(again.exception, errors.CaseSuspended)
    assert run("resume", "case", number, "--as", "wei", "--reason", "升级完成").exit_code == 0
    lost = run("suspend", "case", "2031-1", "--as", "wei", "--reason", "系统升级")
    assert isinstance(lost.exception, errors.NotFound)


def test_a_procedure_is_suspended_and_resumed_by_its_key(house: store.Store, run: Run) -> None:
    failed(house)
    done = run("suspend", "procedure", "permit", "--as", "wei", "--reason", "系统升级")
    assert "1件在办案件随之暂停" in done.output
    done = run("resume", "procedure", "permit", "--as", "wei", "--reason", "升级完成")
    assert "1件案件随之恢复" in done.output


def test_who_is_no_operator_is_refused(house: store.Store, run: Run) -> None:
    number, job_id = failed(house)
    for words in (
        ("jobs",),
        ("retry", str(job_id)),
        ("suspend", "case", number, "--reason", "系统升级"),
    ):
        assert isinstance(run(*words, "--as", "sun").exception, errors.NotAllowed)


def test_a_supervisor_moves_a_due_date(house: store.Store, run: Run) -> None:
    case_id = office.open_permit(house)
    task = office.task(house, case_id, "apply")
    later = task["due_at"] + timedelta(days=9)
    words = ("--until", f"{later:%Y-%m-%d}", "--reason", "案情复杂")
    done = run("due", "task", str(task["id"]), *words, "--as", "sun")
    assert done.exit_code == 0
    moved = office.task(house, case_id, "apply")["due_at"]
    assert moved == later + timedelta(days=1)
    refused = run("due", "task", str(task["id"]), *words, "--as", "wei")
    assert isinstance(refused.exception, errors.NotAllowed)


def test_who_is_both_acts_in_the_role_that_the_command_asks_for(
    house: store.Store, run: Run
) -> None:
    with house.transaction() as tx:
        d = models.departments
        home = tx.one(d.select().where(d.c.code == "yindu_market"))["id"]
        people.add_person(tx, "both", "双职", None, [(home, "operator"), (home, "supervisor")])
    case_id = office.open_permit(house)
    task = office.task(house, case_id, "apply")
    until = f"{task['due_at'] + timedelta(days=9):%Y-%m-%d}"
    words = ("--until", until, "--reason", "案情复杂", "--as", "both")
    assert run("due", "task", str(task["id"]), *words).exit_code == 0
    assert run("jobs", "--as", "both").exit_code == 0
