"""Every story of legal acts is true; and the runner says plainly what is wrong with one."""

from pathlib import Path

import pytest

from tests.databases import Databases
from workflows import stories

SCENARIOS = Path(__file__).parent / "scenarios"
FILES = sorted(SCENARIOS.glob("*/*.yaml"))


@pytest.mark.parametrize("file", FILES, ids=[file.stem for file in FILES])
def test_story(file: Path, databases: Databases) -> None:
    told = stories.tell(file, databases.like(*stories.beginning(file)))
    assert not told.error, told.error


def tell(tmp_path: Path, text: str) -> stories.Told:
    file = tmp_path / "story.yaml"
    file.write_text(f"story: 试验\nat: 2026-03-02T09:00\n{text}", "utf-8")
    return stories.tell(file)


OPEN = """
  - open: serious_listing
    as: wang
    with: {list_code: market_regulation, region: "410000", harm_class: market_order,
           summary: 多次销售不合格产品被处罚。}
"""


@pytest.mark.parametrize(
    ("steps", "said"),
    [
        ("  - {jump: high}\n", "不认识的步骤：jump"),
        ("  - {expect: {tasks: []}}\n", "还没有打开任何案件"),
        ("  - {open: no_such_procedure, as: wang}\n", "尚未部署"),
        (OPEN + "  - {expect: {tasks: [decide]}}\n", "tasks 应为 ['decide']，实为 ['draft_case']"),
        (OPEN + "  - {expect: {colour: red}}\n", "expect 不认识“colour”"),
        (OPEN + "  - {complete: decide, as: zhao}\n", "NoticeNotServed"),
        (OPEN + "  - {refused: draft_case, as: zhao, because: FourEyes}\n", "应为FourEyes"),
        (OPEN + "  - {wait: a while}\n", "5 workdays"),
        (OPEN + "  - {at: 2026-03-01T09:00}\n", "ClockFixed"),
        (OPEN + "  - {complete: draft_case, as: nobody}\n", "NotFound"),
        (OPEN + "  - {import: penalties, file: missing.csv}\n", "FileNotFoundError"),
    ],
)
def test_a_story_that_is_not_true_says_at_which_step_and_why(
    tmp_path: Path, steps: str, said: str
) -> None:
    told = tell(tmp_path, f"steps:\n{steps}")
    assert said in told.error
    assert told.error.startswith(f"第{told.steps}步")


@pytest.mark.parametrize("text", ["steps: [", "steps: {a: b}", "at: someday", "people: 3"])
def test_a_story_that_cannot_be_read_is_no_crash(tmp_path: Path, text: str) -> None:
    assert tell(tmp_path, text).error


def test_no_is_a_number_of_a_ground_and_yes_an_answer(tmp_path: Path) -> None:
    file = tmp_path / "words.yaml"
    file.write_text("{no: yes, yes: no, on: off, t: true, f: false}")
    assert stories.read(file) == {"no": "yes", "yes": "no", "on": "off", "t": True, "f": False}
