"""The words for publicity and measures said with what people get wrong, or mean badly."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.databases import Databases
from tests.registry.effects import LATER, House
from tests.services import said
from workflows import errors, models, services
from workflows.access import SYSTEM, Actor
from workflows.services import measures, publicity

GU = Actor(2, "gu", "顾中心", 1, "/1/", "credit_center")


class Desk(said.Desk, House):
    """A house of listings where the diagram's words are said in the case of the newest."""

    def case(self, tx: Any) -> Any:
        return tx.one(models.cases.select().where(models.cases.c.id == self.case_id))


@pytest.fixture
def desk(databases: Databases) -> Iterator[Desk]:
    made = Desk(databases.fresh())
    yield made
    made.store.close()


def say(desk: Desk, topic: str, facts: dict[str, Any], actor: Actor = SYSTEM, **inputs: Any) -> Any:
    return desk.say(topic, LATER, inputs, facts, actor)


ODD = [None, "x", True, 0, -1, 10**30, 1e30, [], {}, "\x00"]


@pytest.mark.parametrize("listing_id", ODD, ids=repr)
@pytest.mark.parametrize("topic", ["open_publicity", "review_measures", "read_lifting"])
def test_an_odd_listing_is_refused_and_leaves_nothing(
    desk: Desk, topic: str, listing_id: Any
) -> None:
    desk.list_subject(subject_id=2)
    with pytest.raises(errors.Refusal):
        say(desk, topic, {"listing_id": listing_id})
    with desk.at(LATER) as tx:
        assert tx.count(models.publicities.select()) == 0
        assert tx.count(models.measures.select()) == 0


def test_a_listing_of_somebody_else_is_refused(desk: Desk) -> None:
    other = desk.listed(subject_id=2)
    desk.listed()
    for topic in ("open_publicity", "review_measures", "read_lifting"):
        with pytest.raises(errors.NotExpected, match="不属于"):
            say(desk, topic, {"listing_id": other})


def opened(desk: Desk) -> int:
    return say(desk, "open_publicity", {"listing_id": desk.listed()})["publicity_id"]


def assembled(desk: Desk) -> int:
    publicity_id = opened(desk)
    say(desk, "assemble_publicity", {"summary": "销售不合格产品"}, publicity_id=publicity_id)
    return publicity_id


def test_the_facts_of_a_publicity_are_those_that_its_tables_ask_for(desk: Desk) -> None:
    facts = say(desk, "open_publicity", {"listing_id": desk.listed()})
    assert (facts["kind"], facts["level"], facts["list_code"], facts["regime"]) == (
        "listing",
        "严重",
        "market_regulation",
        "R58",
    )
    words = {"summary": facts["summary"]}
    found = say(desk, "assemble_publicity", words, publicity_id=facts["publicity_id"])
    assert (found["minor"], found["is_person"], found["has_basis"]) == (False, False, False)
    assert "安阳甲示例建材有限公司" in found["public_text"]


@pytest.mark.parametrize("left_out", publicity.POINTS)
def test_what_was_not_looked_at_is_not_released(desk: Desk, left_out: str) -> None:
    publicity_id = assembled(desk)
    seen = [one for one in publicity.POINTS if one != left_out]
    with pytest.raises(errors.NotPublishable, match="尚未核对"):
        say(desk, "release_publicity", {"checked_points": seen}, GU, publicity_id=publicity_id)


def test_the_machine_releases_nothing(desk: Desk) -> None:
    publicity_id = assembled(desk)
    seen = {"checked_points": list(publicity.POINTS)}
    with pytest.raises(errors.FourEyes):
        say(desk, "release_publicity", seen, publicity_id=publicity_id)
    answer = say(desk, "release_publicity", seen, GU, publicity_id=publicity_id)
    assert answer["channels"] == ["credit_china", "gsxt"]
    assert answer["posting_limit"] == "listing_publicity"


@pytest.mark.parametrize("act", ["take_down", "mark", "", "publish "])
def test_only_what_is_to_be_shown_may_be_given_up(desk: Desk, act: str) -> None:
    with pytest.raises(errors.NotExpected):
        say(desk, "give_up_channel", {}, channel="gsxt", act=act, reasons="x")


@pytest.mark.parametrize("channel", ["", "nowhere", "own_site ", "\x00"])
def test_a_channel_that_is_none_is_refused(desk: Desk, channel: str) -> None:
    publicity_id = assembled(desk)
    with pytest.raises(errors.NotExpected):
        say(desk, "read_channel", {}, channel=channel, act="publish", publicity_id=publicity_id)


TARGETS: list[Any] = [
    [{"measure": "focus_supervision", "department": "99999"}],
    [{"measure": "focus_supervision", "department": "", "implementer": ""}],
    [{"measure": "focus_supervision", "implementer": "安阳某某银行"}],
    [{"measure": "no_such", "department": "1"}],
    [{"measure": "", "department": "1"}],
    [{"measure": "limit_credit", "department": "1"}],
    [{"measure": "focus_supervision", "department": "1"}] * 2,
]


@pytest.mark.parametrize("targets", TARGETS)
def test_odd_targets_are_refused_and_none_of_them_is_written(desk: Desk, targets: Any) -> None:
    facts = {"listing_id": desk.listed(), "targets": targets}
    with pytest.raises(errors.Refusal):
        say(desk, "propose_measures", facts)
    with desk.at(LATER) as tx:
        assert tx.count(models.measures.select()) == 0


@pytest.mark.parametrize("measure_id", [None, "", "x", "99", "9" * 30, -1, "1; drop", "１"])
def test_an_answer_about_an_odd_measure_is_refused_at_the_door(desk: Desk, measure_id: Any) -> None:
    desk.listed()
    with pytest.raises(errors.Refusal), desk.at(LATER) as tx:
        measures.check_answered(tx, desk.case_id, {"measure_id": measure_id})


def test_an_answer_about_a_measure_of_another_case_is_refused_at_the_door(desk: Desk) -> None:
    measure_id = desk.propose(desk.listed())
    desk.notify(measure_id)
    desk.listed()
    answer = {"measure_id": measure_id, "answer": "no_basis", "reason": "没有依据"}
    with desk.at(LATER) as tx:
        case = desk.case(tx)
        with pytest.raises(errors.NotExpected, match="不属于本案"):
            services.check_message(tx, case, "measure_answered", answer)


def test_every_word_has_a_signature_that_a_diagram_may_say() -> None:
    for topic in (*publicity.TOPICS, *measures.TOPICS):
        assert services.TOPICS[topic].article
