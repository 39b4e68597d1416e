"""A row of a registry extract: what is understood, what is rejected and why."""

from typing import Any

import pytest

from workflows import settings
from workflows.intake import cells, reading, subjects

GOOD = {
    "USCC": "91410505XXXXXX0197",
    "NAME": "虚构公司",
    "LEGAL_REP": "张虚构",
    "DIVISION": "410505",
    "STATUS": "存续",
    "ADDRESS": "示例路1号",
}


def understand(**said: str) -> Any:
    raw = GOOD | said
    return subjects.understand(reading.Row(2, raw, raw))


def test_a_good_row_is_understood_without_change():
    subject = understand()
    assert (subject.uscc, subject.kind, subject.governance_track) == (
        "91410505XXXXXX0197",
        "企业",
        "market",
    )
    assert subject.changes == ()
    assert subject.warnings == ()


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ({"USCC": ""}, ("USCC", "missing")),
        ({"USCC": "91410505XXXXXX0198"}, ("USCC", "uscc_invalid")),
        ({"NAME": ""}, ("NAME", "missing")),
        ({"STATUS": ""}, ("STATUS", "missing")),
        ({"DIVISION": "殷都区"}, ("DIVISION", "division_invalid")),
    ],
)
def test_a_bad_row_is_rejected_with_its_reason(said: dict[str, str], reason: tuple[str, str]):
    rejected = understand(**said)
    assert isinstance(rejected, cells.Rejected)
    assert [(one.field, one.code) for one in rejected.reasons] == [reason]


@pytest.mark.parametrize(
    ("given", "status"),
    [("在业", "存续"), ("吊销,未注销", "吊销，未注销"), ("存续(在营、开业、在册)", "存续")],
)
def test_a_status_has_one_wording_and_the_change_is_listed(given: str, status: str):
    subject = understand(STATUS=given)
    assert subject.status == status
    assert [change.given for change in subject.changes] == [given]


def test_an_unusual_status_is_kept_with_a_warning():
    subject = understand(STATUS="清算中")
    assert subject.status == "清算中"
    assert [warning.code for warning in subject.warnings] == ["status_unknown"]


def test_the_sample_batch_is_understood_whole():
    path = settings.ROOT / "workflows" / "samples" / "subjects.csv"
    with path.open("rb") as stream:
        rows = list(subjects.read_subjects(stream))
    assert len(rows) == 1200
    assert all(isinstance(row, subjects.Subject) and not row.changes for row in rows)
