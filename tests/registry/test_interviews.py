"""Interviews: called in time, held by two of the house, signed, filed, and never public."""

from datetime import date
from typing import Any

import pytest

from tests.registry import told
from workflows import errors, models
from workflows.registry import interviews
from workflows.registry.interviews import Held, Signature

DAY = told.at("2026-03-10T09:30")
AFTER = told.at("2026-03-10T11:00")
SAID = {
    "at": told.at("2026-03-10T09:35"),
    "place": "",
    "interviewers": ["wang", "zhao"],
    "recused": [],
    "attendee": "张示例",
    "attendee_role": "法定代表人",
    "authority": "居民身份证（已核对）",
    "statements": "没有异议",
    "requirements": "及时纠正",
    "rectify_by": None,
}


def called(desk: told.Desk, kind: str = "prompt") -> int:
    with desk.at(told.SERVED) as tx:
        interview_id = interviews.open_interview(tx, desk.case(tx), "多次受到处罚")
        interviews.schedule(tx, 1, kind, DAY, "二楼会议室")
    document_id = desk.issue(told.SERVED, "interview_notice")
    with desk.at(told.SERVED) as tx:
        interviews.attach_notice(tx, 1, document_id)
        assert interviews.record_notice(tx, 1, told.SERVED)
    return interview_id


def held(desk: told.Desk, **changes: Any) -> int:
    called(desk)
    with desk.at(AFTER) as tx:
        return interviews.hold(tx, desk.case(tx), Held(**{**SAID, **changes}))


def signed(desk: told.Desk, **changes: Any) -> None:
    document_id = desk.issue(AFTER, "interview_record")
    with desk.at(AFTER) as tx:
        interviews.attach_record(tx, 1, document_id)
        said = {"outcome": "signed", "reason": "", "witness": ""}
        said |= {"evidence": [desk.attach(tx, b"scan")]}
        interviews.sign_record(tx, 1, Signature(**{**said, **changes}))


def test_an_interview_is_begun_once(desk: told.Desk) -> None:
    with desk.at(told.SERVED) as tx:
        first = interviews.open_interview(tx, desk.case(tx), "甲")
        assert interviews.open_interview(tx, desk.case(tx), "乙") == first


@pytest.mark.parametrize("kind", ["", "threat", "prompt "])
def test_an_unknown_kind_is_refused(desk: told.Desk, kind: str) -> None:
    with pytest.raises(errors.InterviewUnlawful):
        called(desk, kind)


def test_the_interview_may_be_at_the_end_of_the_third_workday_and_not_before(
    desk: told.Desk,
) -> None:
    with desk.at(told.SERVED) as tx:
        interviews.open_interview(tx, desk.case(tx), "甲")
        end = interviews.notice_end(told.SERVED)
        assert end == told.at("2026-03-06T00:00")
        interviews.schedule(tx, 1, "prompt", end, "二楼")
        with pytest.raises(errors.InterviewUnlawful):
            interviews.schedule(tx, 1, "prompt", told.at("2026-03-05T23:59"), "二楼")


def test_nothing_is_noticed_before_a_notice_is_issued(desk: told.Desk) -> None:
    with desk.at(told.SERVED) as tx:
        interviews.open_interview(tx, desk.case(tx), "甲")
        with pytest.raises(errors.InterviewUnlawful):
            interviews.record_notice(tx, 1, told.SERVED)


def test_nobody_is_absent_before_the_time_or_without_a_notice(desk: told.Desk) -> None:
    called(desk)
    with desk.at(told.SERVED) as tx, pytest.raises(errors.InterviewUnlawful):
        interviews.record_absence(tx, 1, excused=False)
    with desk.at(AFTER) as tx:
        assert interviews.record_absence(tx, 1, excused=False) == 1
        with pytest.raises(errors.InterviewUnlawful):
            interviews.record_absence(tx, 1, excused=False)


def test_a_good_reason_does_not_count_and_the_second_absence_is_a_no_show(desk: told.Desk) -> None:
    called(desk)
    with desk.at(AFTER) as tx:
        assert interviews.record_absence(tx, 1, excused=True) == 0
        interviews.schedule(tx, 1, "prompt", told.at("2026-03-20T09:00"), "二楼")
        interviews.record_notice(tx, 1, AFTER)
        assert interviews.of_case(tx, 1)["status"] == "noticed"
    with desk.at(told.at("2026-03-20T10:00")) as tx:
        assert interviews.record_absence(tx, 1, excused=False) == 1
        interviews.schedule(tx, 1, "prompt", told.at("2026-03-27T09:00"), "二楼")
        interviews.record_notice(tx, 1, tx.now)
        assert interviews.of_case(tx, 1)["status"] == "noticed_again"
    with desk.at(told.at("2026-03-27T10:00")) as tx:
        assert interviews.record_absence(tx, 1, excused=False) == 2
        assert interviews.of_case(tx, 1)["status"] == "no_show"
        assert interviews.standing(tx, 1).missed
        with pytest.raises(errors.InterviewUnlawful):
            interviews.cancel(tx, 1)


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"interviewers": ["wang"]}, errors.InterviewUnlawful),
        ({"interviewers": ["wang", "wang"]}, errors.InterviewUnlawful),
        ({"interviewers": []}, errors.InterviewUnlawful),
        ({"interviewers": ["wang", "nobody"]}, errors.InterviewUnlawful),
        ({"interviewers": ["wang", "' OR 1=1 --"]}, errors.InterviewUnlawful),
        ({"recused": ["zhao"]}, errors.FourEyes),
        ({"attendee": " "}, errors.EvidenceMissing),
        ({"authority": ""}, errors.EvidenceMissing),
        ({"attendee_role": ""}, errors.EvidenceMissing),
        ({"requirements": "\n"}, errors.EvidenceMissing),
        ({"at": told.at("2026-03-10T11:01")}, errors.InterviewUnlawful),
        ({"at": told.at("2026-03-02T09:59")}, errors.InterviewUnlawful),
        ({"rectify_by": date(2026, 3, 10)}, errors.RectificationUnlawful),
    ],
)
def test_what_the_record_may_not_say(
    desk: told.Desk, changes: dict[str, Any], refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        held(desk, **changes)


def test_somebody_who_left_the_house_does_not_interview(desk: told.Desk) -> None:
    desk.change(models.people, 3, active=False)
    with pytest.raises(errors.InterviewUnlawful):
        held(desk)


def test_without_a_served_notice_nothing_is_held(desk: told.Desk) -> None:
    with desk.at(told.SERVED) as tx:
        interviews.open_interview(tx, desk.case(tx), "甲")
        interviews.schedule(tx, 1, "prompt", DAY, "二楼")
    with desk.at(AFTER) as tx, pytest.raises(errors.InterviewUnlawful):
        interviews.hold(tx, desk.case(tx), Held(**SAID))


@pytest.mark.parametrize(
    "changes",
    [
        {"evidence": []},
        {"evidence": ["f" * 64]},
        {"outcome": ""},
        {"outcome": "perhaps"},
        {"outcome": "refused"},
        {"outcome": "refused", "reason": "不服", "witness": " "},
        {"outcome": "refused", "reason": "不服", "witness": "zhao"},
    ],
)
def test_a_record_without_lawful_signatures_is_not_signed(
    desk: told.Desk, changes: dict[str, Any]
) -> None:
    held(desk)
    with pytest.raises((errors.EvidenceMissing, errors.InterviewUnlawful)):
        signed(desk, **changes)


def test_an_unsigned_record_is_not_filed_and_a_signed_one_is(desk: told.Desk) -> None:
    held(desk)
    with desk.at(AFTER) as tx, pytest.raises(errors.InterviewUnlawful):
        interviews.file_interview(tx, 1)
    signed(desk, outcome="refused", reason="不服", witness="社区孟见证")
    with desk.at(AFTER) as tx:
        interviews.file_interview(tx, 1)
        [row] = interviews.of_subject(tx, 1)
        assert row["filed_at"] == AFTER
        assert not interviews.standing(tx, 1).first
        assert tx.all(models.publicities.select()) == []
