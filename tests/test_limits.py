"""The law as data: the limits, the ladder and the articles that ship."""

from datetime import date, datetime, timedelta

import pytest
import yaml

from workflows import deadlines, errors, settings, workdays

LIMITS = deadlines.load_limits(settings.LAW / "limits.yaml")
CALENDAR = workdays.load_calendars(settings.LAW / "calendar")
TODAY = date(2026, 11, 21)


@pytest.mark.parametrize(
    ("limit_id", "code", "length", "unit"),
    [
        ("objection_window", "DP-N4", 5, "workdays"),
        ("objection_window_market", "DP-N1", 5, "workdays"),
        ("objection_window_tax", "DP-N2", 5, "days"),
        ("objection_window_wage", "DP-N3", 5, "workdays"),
        ("objection_window_jiangsu", "DP-N5", 5, "workdays"),
        ("hearing_request", "DP-H1", 5, "workdays"),
        ("hearing_notice", "DP-H2", 7, "workdays"),
        ("source_reply", "DP-O3", 3, "workdays"),
        ("objection_reply", "DP-O5", 10, "workdays"),
        ("provincial_review", "DP-O6", 15, "workdays"),
        ("decision_service", "DP-S1", 7, "workdays"),
        ("announcement_period", "DP-S2", 30, "days"),
        ("penalty_decision", "DP-D1", 90, "days"),
        ("record_check", "DP-P6", 5, "workdays"),
        ("listing_term", "DP-R6", 3, "years"),
        ("reconsideration", "DP-L1", 60, "days"),
        ("litigation", "DP-L2", 6, "months"),
        ("draft_case", "DP-G1", 5, "workdays"),
        ("draft_notice", "DP-G1", 3, "workdays"),
        ("approve_notice", "DP-G1", 2, "workdays"),
        ("serve_document", "DP-G1", 7, "workdays"),
        ("legal_review", "DP-G1", 5, "workdays"),
        ("make_decision", "DP-G1", 5, "workdays"),
        ("assign_objection", "DP-G1", 1, "workdays"),
        ("warning_follow_up", "DP-G1", 30, "days"),
    ],
)
def test_a_limit_has_the_code_and_the_length_of_the_law(limit_id, code, length, unit):
    limit = deadlines.find(LIMITS, limit_id, TODAY)
    assert (limit.code, limit.length, limit.unit) == (code, length, unit)


def test_every_policy_that_is_a_period_is_there():
    families = {
        "N": 5, "H": 2, "O": 6, "S": 5, "D": 1, "P": 10, "R": 8, "C": 5, "L": 2, "T": 7, "K": 1,
        "M": 3, "W": 1, "G": 1,
    }  # fmt: skip
    not_periods = {"DP-O4", "DP-S3", "DP-S4", "DP-C4"}
    wanted = {f"DP-{letter}{n}" for letter, last in families.items() for n in range(1, last + 1)}
    assert {limit.code for limit in LIMITS} == wanted - not_periods


def test_all_objection_windows_are_shown_under_one_name():
    windows = [limit for limit in LIMITS if limit.id.startswith("objection_window")]
    assert {limit.family for limit in windows} == {"objection_window"}
    assert len(windows) == 5
    assert deadlines.find(LIMITS, "hearing_request", TODAY).family == "hearing_request"


def test_only_what_was_read_in_the_law_is_verified():
    assert {limit.status for limit in LIMITS if limit.confidence == "V"} == {"verified"}
    assert {limit.status for limit in LIMITS if limit.confidence != "V"} == {"draft-unverified"}
    office = [limit for limit in LIMITS if limit.basis == "办公期限（可配置）"]
    assert {limit.confidence for limit in office} == {"L"}


def test_periods_of_procedure_in_calendar_days_roll_and_workdays_need_not():
    rolling = {limit.id for limit in LIMITS if limit.roll == "next_workday"}
    assert {"announcement_period", "reconsideration", "litigation"} <= rolling
    assert not any(limit.unit == "workdays" for limit in LIMITS if limit.id in rolling)


@pytest.mark.parametrize(
    "limit", deadlines.limits_in_force(LIMITS, TODAY), ids=lambda limit: limit.id
)
def test_every_limit_in_force_can_be_computed_and_explained(limit):
    start = datetime(2026, 11, 20, 15, 30, tzinfo=workdays.OFFICE)
    deadline = deadlines.compute(limit, start, CALENDAR)
    assert deadline.due_at > start
    assert deadline.due_at - timedelta(days=1) == datetime.combine(
        deadline.last_day, datetime.min.time(), workdays.OFFICE
    )
    lines = deadlines.explain(deadline)
    assert limit.name in lines[0]
    assert limit.amount in lines[0]
    assert lines[-1].startswith(f"依据：{limit.basis}")


def test_the_version_in_force_on_the_day_is_used():
    before = deadlines.find(LIMITS, "publicity_serious_min", date(2023, 4, 30))
    under_58 = deadlines.find(LIMITS, "publicity_serious_min", date(2023, 5, 1))
    under_36 = deadlines.find(LIMITS, "publicity_serious_min", date(2026, 4, 1))
    assert (before.amount, under_58.amount, under_36.amount) == ("6个月", "1年", "1年")
    assert [limit.version for limit in (before, under_58, under_36)] == ["1", "2", "3"]
    assert "第36号" in under_36.basis


def test_at_most_one_version_of_a_limit_is_in_force():
    for day in (date(2023, 4, 30), date(2023, 5, 1), date(2026, 3, 31), date(2026, 4, 1), TODAY):
        ids = [limit.id for limit in deadlines.limits_in_force(LIMITS, day)]
        assert len(ids) == len(set(ids))


@pytest.mark.parametrize(
    ("limit_id", "day"), [("no_such_limit", TODAY), ("reconsideration", date(2023, 12, 31))]
)
def test_a_limit_unknown_on_that_day_is_refused_with_its_name_and_the_day(limit_id, day):
    with pytest.raises(errors.LimitUnknown, match=rf"{limit_id}（{day}）"):
        deadlines.find(LIMITS, limit_id, day)


SOUND = {
    "id": "reply",
    "name": "答复期限",
    "code": "DP-X1",
    "length": 5,
    "unit": "workdays",
    "basis": "办公期限（可配置）",
    "confidence": "L",
    "status": "draft-unverified",
    "in_force_from": date(2026, 1, 1),
    "version": "1",
}


def read(*rows):
    return deadlines.read_limits(yaml.safe_dump({"limits": list(rows)}))


def test_a_limit_is_read_with_its_defaults():
    (limit,) = read(SOUND)
    assert limit.family == "reply"
    assert (limit.start_rule, limit.roll, limit.business_close) == ("next_day", "none", "24:00")


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("length", 0),
        ("length", "5"),
        ("length", True),
        ("unit", "weeks"),
        ("roll", "previous_workday"),
        ("start_rule", "same_day"),
        ("confidence", "X"),
        ("status", "verified"),
        ("in_force_from", "2026年1月1日"),
        ("in_force_to", "永久"),
        ("version", 1),
        ("business_close", "25:00"),
        ("business_close", 1440),
    ],
)
def test_a_faulty_limit_is_refused_by_id_and_key(key, value):
    with pytest.raises(errors.LawFaulty, match=f"reply 的 {key} 写作"):
        read(SOUND | {key: value})


def test_all_faults_of_the_file_are_told_at_once():
    with pytest.raises(errors.LawFaulty) as refused:
        read(SOUND | {"unit": "weeks"}, SOUND | {"id": "other", "length": -1}, {"id": "third"})
    for name in ("reply 的 unit", "other 的 length", "third"):
        assert name in refused.value.detail


def test_a_day_of_the_month_beyond_31_is_refused():
    with pytest.raises(errors.LawFaulty, match="length"):
        read(SOUND | {"unit": "day_of_month", "length": 32})


def test_overlapping_versions_are_refused():
    first = SOUND | {"in_force_to": date(2026, 6, 30)}
    second = SOUND | {"version": "2", "in_force_from": date(2026, 7, 1)}
    assert [limit.version for limit in read(second, first)] == ["2", "1"]
    with pytest.raises(errors.LawFaulty, match="版本 1 与版本 2 的施行期间重叠"):
        read(first, second | {"in_force_from": date(2026, 6, 30)})


@pytest.mark.parametrize("text", ["", "limits", "limit: []", "limits: ["])
def test_a_file_without_limits_is_refused(text):
    with pytest.raises(errors.LawFaulty, match="期限表无法读取"):
        deadlines.read_limits(text)


def test_the_ladder_says_who_is_told_when_and_that_no_law_asks_for_it():
    rungs = deadlines.load_ladder(settings.LAW / "escalation.yaml")
    assert [(rung.offset, rung.action) for rung in rungs] == [
        (-1, "remind_assignee"),
        (0, "due"),
        (1, "notify_supervisor"),
        (4, "supervision_letter"),
        (11, "interview"),
        (21, "report_government"),
    ]
    assert {(rung.unit, rung.basis, rung.confidence) for rung in rungs} == {
        ("workdays", "D18 默认，非法定", "L")
    }


RUNG = {
    "offset": 1,
    "unit": "workdays",
    "action": "due",
    "label": "届满提醒",
    "basis": "默认",
    "confidence": "L",
}


@pytest.mark.parametrize(
    ("rows", "complaint"),
    [
        ([RUNG | {"action": "dismiss"}], "dismiss 不是规定的动作"),
        ([RUNG | {"unit": "weeks"}], "weeks 不是规定的单位"),
        ([RUNG, RUNG], "依次增大"),
        ([RUNG, RUNG | {"offset": 2, "unit": "days"}], "同一单位"),
        ([{"offset": 1}], "缺少或写错一项"),
    ],
)
def test_a_faulty_ladder_is_refused(rows, complaint):
    with pytest.raises(errors.LawFaulty, match=complaint):
        deadlines.read_ladder(yaml.safe_dump({"steps": rows}))


def articles():
    return yaml.safe_load((settings.LAW / "articles.yaml").read_text("utf-8"))["articles"]


def test_an_article_is_quoted_only_where_its_text_was_verified():
    for article in articles():
        assert set(article) == {
            *("key", "title", "article", "gist", "text", "confidence"),
            *("valid_from", "valid_to"),
        }
        assert (article["confidence"] == "V") == bool(article["text"]), article["key"]


def test_the_articles_of_the_listing_are_there_once_each():
    keys = [article["key"] for article in articles() if article["valid_to"] is None]
    assert len(keys) == len(set(keys))
    assert {f"apl_{n}" for n in (44, 45, 58, 59, 61, 63, 64, 85)} <= set(keys)
    assert {f"guobanfa_49_{n}" for n in range(2, 17)} <= set(keys)
    assert {f"henan_{n}" for n in (28, 35, 41)} <= set(keys)
    assert {f"civil_procedure_{n}" for n in (85, 86, 90, 92, 95)} <= set(keys)
    assert {f"civil_code_{n}" for n in (200, 201, 202, 203, 1259)} <= set(keys)
    assert {"reconsideration_20", "litigation_45", "litigation_46", "pipl_24"} <= set(keys)
    assert {"samr_44_13", "samr_44_14"} <= set(keys)


def test_the_article_on_listing_asks_for_notice_and_for_an_answer():
    (text,) = [one["text"] for one in articles() if one["key"] == "guobanfa_49_8"]
    assert "应当告知当事人作出决定的事由、依据和当事人依法享有的权利" in text
    assert "应当予以核实并在规定时限内反馈结果" in text
