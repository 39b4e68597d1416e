"""The command line: help for each command, exit codes, JSON for other programs."""

import json
import socket
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.databases import Databases
from workflows import __main__ as command_line
from workflows import designing, errors, procedures, store
from workflows.stories import stage

ROOT = Path(__file__).parent.parent
COMMANDS = [
    *("demo", "serve", "worker", "migrate", "deploy", "check", "import"),
    *("screen", "tick", "case", "limit", "move", "story", "test", "backup", "restore"),
]


OPENING = {
    "list_code": "market_regulation",
    "region": "410000",
    "harm_class": "market_order",
    "summary": "销售不合格产品。",
}


LISTED = b'<bpmn:endEvent id="listed"'
LAPSING = b"""<bpmn:boundaryEvent id="lapsed" attachedToRef="draft_case">
<bpmn:timerEventDefinition><bpmn:timeDuration>P90D</bpmn:timeDuration></bpmn:timerEventDefinition>
</bpmn:boundaryEvent><bpmn:endEvent id="closed_lapsed" />
<bpmn:sequenceFlow id="lapsed_to_closed" sourceRef="lapsed" targetRef="closed_lapsed" />"""


@pytest.fixture
def run(databases: Databases, monkeypatch: pytest.MonkeyPatch):
    """Runs a command on a fresh database with the sample office."""
    url = databases.fresh()
    house = store.Store(url)
    stage.set_stage(house)
    house.close()
    monkeypatch.setattr(command_line, "open_store", lambda: store.Store(url))
    monkeypatch.setattr(command_line.migrations, "migrate", lambda _store: None)

    def invoke(*words: str) -> Result:
        return CliRunner().invoke(command_line.cli, list(words))

    return invoke


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_says_what_it_does(run, name: str) -> None:
    said = run(name, "--help")
    assert said.exit_code == 0
    assert name in command_line.cli.commands
    assert len(said.output) > 40


def test_a_limit_is_explained_day_by_day(run) -> None:
    said = run("limit", "explain", "objection_window", "--from", "2026-02-11")
    assert said.exit_code == 0
    for part in ("2026-02-12", "2026-02-14", "2026-02-16", "春节", "2026-02-24"):
        assert part in said.output
    as_json = json.loads(
        run("limit", "explain", "objection_window", "--from", "2026-02-11", "--json").output
    )
    assert as_json["due_at"].startswith("2026-02-2")


def test_an_unknown_limit_is_refused_by_name(run) -> None:
    said = run("limit", "explain", "nothing", "--from", "2026-02-11")
    assert "nothing" in str(said.exception)


def test_import_screen_and_list_speak_json(run) -> None:
    said = run(
        *("import", "subjects", str(ROOT / "workflows/samples/subjects.csv")),
        *("--as", "wu", "--json"),
    )
    assert json.loads(said.output)["accepted"] == 1200
    assert json.loads(run("screen", "--as-of", "2026-11-21", "--json").output)["as_of"]
    assert json.loads(run("case", "list", "--as", "wang", "--json").output)["rows"] == []


def test_a_procedure_is_checked_and_deployed(run) -> None:
    checked = run("check", str(ROOT / "bpmn/serious_listing"))
    assert checked.exit_code == 0, checked.output
    assert "0个错误" in checked.output
    assert "第1版" in run("deploy", str(ROOT / "bpmn/serious_listing")).output
    assert "第1版" in run("deploy", str(ROOT / "bpmn/serious_listing")).output


def test_a_faulty_diagram_makes_check_exit_with_one(run, tmp_path: Path) -> None:
    folder = tmp_path / "broken"
    folder.mkdir()
    (folder / "broken.bpmn").write_text("<!DOCTYPE x><x/>")
    checked = run("check", str(folder))
    assert checked.exit_code == 1
    assert "错误" in checked.output


def test_a_case_is_opened_shown_and_verified(run) -> None:
    run("import", "subjects", str(ROOT / "workflows/samples/subjects.csv"), "--as", "wu")
    run("import", "penalties", str(ROOT / "workflows/samples/penalties.csv"), "--as", "wu")
    run("deploy", str(ROOT / "bpmn/serious_listing"))
    answers = {
        "list_code": "market_regulation",
        "region": "410000",
        "harm_class": "market_order",
        "summary": "无照经营，屡罚不改。",
    }
    opened = run(
        *("case", "open", "serious_listing", "--as", "wang", "--subject", "91410505MA0MRHMM07"),
        *("--record", "殷市罚〔2026〕23号", "--with", json.dumps(answers)),
    )
    case_id = opened.output.strip()
    assert case_id.isdecimal(), opened.output
    assert "案件" not in run("case", "verify", case_id).output
    shown = json.loads(run("case", "show", case_id, "--as", "wang").output)
    assert [task["element"] for task in shown["tasks"]] == ["draft_case"]


def test_time_cannot_be_moved_outside_a_demonstration(run) -> None:
    said = run("tick", "--at", "2030-01-01")
    assert type(said.exception).__name__ == "ClockFixed"


def test_a_port_in_use_is_told_before_anything_is_made(run) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        said = run("demo", "--port", str(taken.getsockname()[1]))
    assert type(said.exception).__name__ == "PortTaken"


def test_story_exits_with_one_when_a_story_is_not_true(run, tmp_path: Path) -> None:
    file = tmp_path / "s.yaml"
    file.write_text("story: 假\nsteps: [{jump: high}]\n")
    said = run("story", str(file))
    assert said.exit_code == 1
    assert "✗ 假" in said.output


def test_running_cases_are_moved_from_the_command_line(run, tmp_path: Path) -> None:
    with closing(command_line.open_store()) as house:
        stage.add_registry(stage.Stage(house), {})
        bundle = procedures.load("serious_listing")
        designing.deploy_bundle(house, bundle, "serious_listing")
        opening = ("--as", "wang", "--subject", "91410505MA44AA018A", "--with", json.dumps(OPENING))
        for _ in range(2):
            assert run("case", "open", "serious_listing", *opening).exit_code == 0
        file = "serious_listing/serious_listing.bpmn"
        data = bundle[file].replace(LISTED, LAPSING + LISTED)
        designing.deploy_bundle(house, {**bundle, file: data}, "serious_listing")
    said = run("move", "serious_listing", "--dry-run")
    assert "可以转0件，不能转2件" in said.output
    assert "2件  拟写列入意见（draft_case）：附着的事件变了" in said.output
    with closing(command_line.open_store()) as house:
        designing.deploy_bundle(house, {**bundle, "forms/shared/x.css": b""}, "serious_listing")
    assert "已转1件，不能转0件" in run("move", "serious_listing", "--case", "2").output
    told = json.loads(run("move", "serious_listing", "--as", "zhou", "--json").output)
    assert (told["moved"], told["stayed"], told["version"]) == (1, 0, 3)
    assert isinstance(run("move", "serious_listing", "--as", "wang").exception, errors.NotAllowed)
    assert isinstance(run("move", "nothing").exception, errors.NotFound)
