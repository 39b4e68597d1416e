"""The law as data: what it says, and that faults in it are found all at once."""

from datetime import date
from pathlib import Path

import pytest
import yaml

from workflows import errors, settings
from workflows.registry import law

DAY = date(2026, 11, 21)


def test_every_list_is_dated_cited_and_on_a_sufficient_basis_or_no_longer_in_force() -> None:
    for rule in law.lists():
        assert rule.basis
        assert rule.level_suffices or rule.valid_to is not None


def test_the_six_named_lists_are_registered_and_the_courts_is_the_courts() -> None:
    codes = ("market_regulation", "tax", "wage", "procurement", "safety", "court")
    found = {code: law.find_list(code, DAY) for code in codes}
    assert [code for code, rule in found.items() if rule and rule.court_only] == ["court"]


def test_a_list_is_unknown_before_it_came_into_force() -> None:
    assert law.find_list("market_regulation", date(2021, 8, 31)) is None
    assert law.find_list("market_regulation", date(2021, 9, 1)) is not None


def test_an_abolished_list_is_remembered_but_not_in_force() -> None:
    assert law.find_list("pedestrian_red_light", DAY) is None
    assert law.describe_list("pedestrian_red_light") is not None


def test_measures_that_force_banks_or_associations_are_kept_only_as_blocked() -> None:
    forced = {one.code: one for one in law.measures() if one.implementer_kind != "public_authority"}
    assert {"limit_credit", "limit_share_issue", "public_censure", "high_consumption"} <= set(
        forced
    )
    assert all(one.status == "blocked" and one.reason for one in forced.values())


def test_every_active_measure_that_diminishes_rights_rests_on_law_or_the_provinces_own() -> None:
    for one in law.measures():
        if one.status == "active" and one.cls in {"A", "B"}:
            assert one.level <= 30 or (one.level == 50 and one.region != law.COUNTRY)


def test_responsibility_names_twenty_three_kinds_of_departments() -> None:
    said = yaml.safe_load((settings.LAW / "responsibility.yaml").read_text("utf-8"))
    owners = {one["code"]: one["owners"] for one in said["objects"]}
    assert len(owners["listed_market_subject"]) == 23
    assert len(set(owners["listed_market_subject"])) == 23
    assert owners["frequent_market_subject"] == ["交通运输", "市场监督管理", "住房和城乡建设"]


def test_divisions_know_their_parents() -> None:
    rows = (settings.LAW / "divisions.csv").read_text("utf-8").splitlines()
    cells = [row.split(",") for row in rows[1:]]
    codes = {one[0] for one in cells}
    assert len(codes) == len(cells)
    assert all(one[2] in codes or one[0].endswith("0000") for one in cells)
    assert all(one[0].startswith(one[2].rstrip("0")) for one in cells if one[2])


@pytest.mark.parametrize(
    ("region", "division", "reached"),
    [
        ("000000", "410505", True),
        ("410000", "410505", True),
        ("410500", "410505", True),
        ("410500", "410502", True),
        ("320000", "410505", False),
        ("410900", "410505", False),
    ],
)
def test_a_rule_reaches_the_divisions_below_its_region(
    region: str, division: str, reached: bool
) -> None:
    assert law.covers(region, division) is reached


@pytest.mark.parametrize(
    ("name", "old", "new", "said"),
    [
        ("lists.yaml", "    scope: national", "    scope: county", "scope county"),
        ("lists.yaml", "confidence: M", "confidence: sure", "confidence"),
        ("lists.yaml", "level: 40", "level: 400", "level"),
        ("lists.yaml", "harm_classes: [life_health,", "harm_classes: [ugly,", "harm_classes"),
        ("lists.yaml", "code: tax", "code: market_regulation", "重叠"),
        ("lists.yaml", "    court_only: false\n", "", "court_only"),
        ("measures.yaml", "class: C", "class: D", "class"),
        ("measures.yaml", "    reason: 只能由人民法院", "    note: 只能由人民法院", "reason"),
        (
            "measures.yaml",
            "    implementer_kind: public_authority",
            "    implementer_kind: media",
            "只有",
        ),
        ("measures.yaml", "level: 40", "level: 80", "层级不足"),
        ("thresholds.yaml", "watch: 8", "watch: 12", "watch"),
        ("thresholds.yaml", "thresholds:", "threshold:", "不能读取"),
    ],
)
def test_a_fault_in_the_law_is_named(
    tmp_path: Path, name: str, old: str, new: str, said: str
) -> None:
    text = (settings.LAW / name).read_text("utf-8")
    assert old in text
    path = tmp_path / name
    path.write_text(text.replace(old, new, 1), "utf-8")
    read = {
        "lists.yaml": law.read_lists,
        "measures.yaml": law.read_measures,
        "thresholds.yaml": law.read_thresholds,
    }[name]
    with pytest.raises(errors.LawFaulty) as caught:
        read(path)
    assert said in caught.value.message


def test_every_fault_is_told_at_once(tmp_path: Path) -> None:
    text = (settings.LAW / "lists.yaml").read_text("utf-8")
    path = tmp_path / "lists.yaml"
    path.write_text(text.replace("confidence: M", "confidence: Q"), "utf-8")
    with pytest.raises(errors.LawFaulty) as caught:
        law.read_lists(path)
    assert caught.value.message.count("confidence") >= 3


def test_a_day_without_a_policy_is_an_incident() -> None:
    with pytest.raises(errors.LawFaulty):
        law.thresholds(date(2020, 1, 1))


def test_an_act_of_the_day_before_a_change_of_law_rests_on_the_old_text(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The articles, the lists and the limits all tell the day of the act from the day of change."""
    eve, change = date(2026, 6, 30), date(2026, 7, 1)
    written = yaml.safe_load((settings.LAW / "articles.yaml").read_text("utf-8"))["articles"]
    old = next(one for one in written if one["key"] == "guobanfa_49_8")
    new = {**old, "text": "修改后的条文", "valid_from": change}
    amended = [*({**old, "valid_to": eve} if one is old else one for one in written), new]
    (tmp_path / "articles.yaml").write_text(yaml.safe_dump({"articles": amended}), "utf-8")
    monkeypatch.setattr(settings, "LAW", tmp_path)
    assert law.quote("guobanfa_49_8", eve)["text"] == old["text"]
    assert law.quote("guobanfa_49_8", change)["text"] == "修改后的条文"


def test_an_article_that_was_not_in_force_yet_cannot_be_cited() -> None:
    with pytest.raises(errors.LawFaulty, match="guobanfa_49_8"):
        law.quote("guobanfa_49_8", date(2020, 12, 6))
