"""A poisoned job hurts nobody else, is tried ever later, and heals when its cause is mended."""

from collections.abc import Callable, Mapping
from datetime import timedelta

import pytest

from tests.cases import office as people
from tests.databases import Databases
from tests.engine import diagrams
from tests.faults import conftest, errands
from tests.faults.checking import check
from workflows import cases, errors, models, scheduler, services, store
from workflows.cases import jobs
from workflows.services.steps import Outputs, Step
from workflows.store import Row

PAUSES = [timedelta(seconds=10), timedelta(minutes=1), timedelta(minutes=10), timedelta(hours=1)]


def fail(step: Step) -> Outputs:
    raise ZeroDivisionError(step.case["id"])


def poison_step(monkeypatch: pytest.MonkeyPatch, office: store.Store, case_id: int) -> None:
    """The step of one case raises."""

    def poisoned(step: Step) -> Outputs:
        return fail(step) if step.case["id"] == case_id else errands.number_document(step)

    bad = services.Topic(poisoned, outputs={"document_number": "string"}, job=True)
    monkeypatch.setattr(services, "TOPICS", {**errands.TOPICS, "number_document": bad})
    del office


def poison_state(monkeypatch: pytest.MonkeyPatch, office: store.Store, case_id: int) -> None:
    """The case's state is not one that the engine knows."""
    write_state(office, case_id, b"\x00 no state")
    del monkeypatch


def write_state(office: store.Store, case_id: int, state: bytes) -> None:
    c = models.cases
    with office.transaction() as tx:
        tx.run(c.update().where(c.c.id == case_id).values(state=state))


def to_service(office: store.Store, mark: str) -> int:
    """A case whose document is to be numbered."""
    case_id = errands.open_errand(office, mark)
    errands.complete(office, case_id, "apply", f"{mark}-applied")
    return case_id


def only(office: store.Store, case_id: int) -> Row:
    (job,) = errands.jobs(office, case_id=case_id)
    return job


@pytest.mark.parametrize("poison", [poison_step, poison_state])
def test_a_poisoned_job_becomes_an_incident_after_growing_pauses_while_others_go_on(
    office: store.Store,
    monkeypatch: pytest.MonkeyPatch,
    poison: Callable[[pytest.MonkeyPatch, store.Store, int], None],
) -> None:
    sick = to_service(office, "sick")
    healthy = errands.case(office, sick)["state"]
    poison(monkeypatch, office, sick)
    for number, pause in enumerate([*PAUSES, None], start=1):
        well = to_service(office, f"well-{number}")
        scheduler.run_due(office)
        assert errands.events(office, well, "document_issued")
        job = only(office, sick)
        assert (job["attempts"], bool(job["error"])) == (number, True)
        assert job["status"] == ("due" if pause else "failed")
        if pause:
            assert job["due_at"] - office.now == pause
            store.travel(office, job["due_at"] - timedelta(microseconds=1))
            scheduler.run_due(office)
            assert only(office, sick)["attempts"] == number
            store.travel(office, job["due_at"])
    assert not errands.events(office, sick, "document_issued")

    write_state(office, sick, healthy)
    monkeypatch.setattr(services, "TOPICS", errands.TOPICS)
    scheduler.run_due(office)
    assert only(office, sick)["status"] == "failed"
    cases.retry_job(office, people.actor(office, "wei"), only(office, sick)["id"])
    scheduler.run_due(office)
    assert len(errands.events(office, sick, "document_issued")) == 1
    scheduler.travel(office, office.now + timedelta(seconds=5))
    check(office)


def test_a_retry_of_what_is_not_mended_is_an_incident_again(
    office: store.Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    sick, operator = to_service(office, "sick"), people.actor(office, "wei")
    poison_step(monkeypatch, office, sick)
    for _ in range(2):
        scheduler.travel(office, office.now + timedelta(hours=3))
        assert (only(office, sick)["status"], only(office, sick)["attempts"]) == (
            "failed",
            jobs.ATTEMPTS,
        )
        assert "ZeroDivisionError" in only(office, sick)["error"]
        assert cases.retry_all(office, operator) == 1
    check(office, drained=False)


def test_two_who_fail_at_once_count_as_two_attempts(
    office: store.Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A job that a second worker runs while the first is failing is not lost or ended twice."""
    sick = to_service(office, "sick")
    poison_step(monkeypatch, office, sick)
    job = only(office, sick)
    for _ in range(2):
        cases.run_job(office, job["id"])
    assert only(office, sick)["attempts"] == 1  # the second found it not due
    check(office, drained=False)


def bad_expression() -> Mapping[str, bytes]:
    """A gateway behind a timer whose condition compares what cannot be compared."""
    d = diagrams.Drawing("split")
    d.start("begun", camunda_formKey="errand/step")
    d.wait("pause", "PT1S")
    d.xor("which")
    d.user("apply", camunda_formKey="errand/step")
    d.end("done")
    d.flow("begun > pause > which")
    d.flow("which > apply", 'mark = "good"')
    d.flow("apply > done")
    errand = {path: data for path, data in errands.bundle().items() if "errand.bpmn" not in path}
    forms = {path.replace("errand", "split"): data for path, data in errand.items()}
    return {"split/split.bpmn": d.xml().replace(b"errand/", b"split/"), **forms}


def test_a_gateway_that_no_condition_opens_holds_up_its_own_case_only(
    databases: Databases,
) -> None:
    def furnish(url: str) -> None:
        opened = store.travelling(url, conftest.AT)
        errands.furnish(opened)
        errands.put(opened, "split", bad_expression())
        opened.close()

    office = store.travelling(databases.like("split", furnish), conftest.AT)
    wang = people.actor(office, "wang")
    bad, good = (
        cases.open_case(office, wang, "split", {"mark": mark}, subject_id=1)
        for mark in ("bad", "good")
    )
    scheduler.travel(office, office.now + timedelta(hours=3))
    assert (only(office, bad)["status"], only(office, bad)["attempts"]) == ("failed", 5)
    assert errors.NoPathTaken.__doc__ is not None
    assert errors.NoPathTaken.__doc__.rstrip("。") in only(office, bad)["error"]
    assert people.elements(office, good) == ["apply"]
    check(office)
    office.close()
