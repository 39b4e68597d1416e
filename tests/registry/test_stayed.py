"""A stay by order and a light review reach beyond the decision: publicity and measures."""

import pytest

from tests.registry import told
from workflows import errors, models
from workflows.registry import measures, publishable, remedies

SERVED = told.DECIDING


def listed(desk: told.Desk) -> None:
    """A listing decided and its decision served."""
    desk.noticed()
    desk.decide()
    document_id = desk.issue(SERVED, kind="listing_decision")
    desk.serve(document_id, SERVED)
    desk.change(models.listings, 1, decision_document_id=document_id, served_at=SERVED)


def tell(desk: told.Desk, act: str) -> None:
    said = {
        "remedy_kind": "litigation",
        "remedy_act": act,
        "remedy_organ": "安阳市殷都区人民法院",
        "remedy_on": "2026-03-12",
        "remedy_document": "〔2026〕豫0505行停1号",
        "remedy_evidence": [desk.photo],
        "listing_id": 1,
    }
    with desk.at(SERVED) as tx:
        remedies.record(tx, desk.case(tx), said)


def test_while_a_stay_stands_no_measure_begins(desk: told.Desk) -> None:
    listed(desk)
    tell(desk, "filed")
    tell(desk, "stayed")
    with desk.at(SERVED) as tx:
        case = desk.case(tx)
        with pytest.raises(errors.Stayed, match="行停1号"):
            measures.propose(tx, 1, case, [], SERVED)
    tell(desk, "resumed")
    with desk.at(SERVED) as tx:
        assert measures.propose(tx, 1, case, [], SERVED) == []


@pytest.mark.parametrize("light", [False, True])
def test_after_a_light_review_no_basis_lets_a_person_be_shown(desk: told.Desk, light: bool) -> None:
    if light:
        desk.review_leniency(["first_slight"], ["first_slight"], "list_light")
    listed(desk)
    person = {"id_scheme": "citizen_id", "id_no": "410505199001010017", "track": "person"}
    desk.change(models.subjects, 1, **person)
    row = {"kind": "listing", "listing_id": 1, "personal_basis": "某法第一条", "secret": False}
    with desk.at(SERVED) as tx:
        facts = publishable.openness_facts(tx, row)  # type: ignore[arg-type]
    assert facts["is_person"] is True
    assert facts["has_basis"] is not light
