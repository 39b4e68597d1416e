"""What a case leaves in the rows when an event sub-process interrupts it or runs beside it."""

from collections.abc import Sequence
from datetime import timedelta

import pytest

from tests.cases import office
from tests.engine import diagrams
from workflows import cases, designing, errors, models, procedures, queries, scheduler, store
from workflows.store import Row, Store

SENT = diagrams.extension(
    '<camunda:properties><camunda:property name="sender" value="system"/></camunda:properties>'
)
ISSUE = diagrams.parameters({"kind": "prior_notice"})
LAPSED = diagrams.timer('limit("make_decision")')


def drawing(*, aside: bool = True) -> diagrams.Drawing:
    """apply ∥ a slow step ∥ a wait; a withdrawal interrupts, notes are read, a limit reminds."""
    d = diagrams.Drawing("permit")
    limit = {"camunda_dueDate": '${limit("make_decision")}'}
    form = {"camunda_formKey": "permit/confirm"}
    d.start("begun", camunda_formKey="permit/begun").end("filed")
    d.node("parallelGateway", "split").node("parallelGateway", "join")
    d.user("apply", name="申请", camunda_formKey="permit/apply", **limit)
    d.service("issue", ISSUE, topic="issue_document")
    d.wait("lapse", 'limit("make_decision")')
    d.flow("begun > split > apply > join > filed").flow("split > issue > join")
    d.flow("split > lapse > join")
    if not aside:
        return d
    inner = diagrams.Drawing()
    inner.trigger("withdrawn", inner.message("withdrawal")).user("close", name="办结", **form)
    d.aside(
        "withdrawing", inner.end("closed_withdrawn").flow("withdrawn > close > closed_withdrawn")
    )
    inner = diagrams.Drawing()
    inner.trigger("note_received", inner.message("note"), interrupting=False)
    inner.user("read", name="阅处", **form, **limit).end("noted", inner.message("gone"))
    d.aside("reading", inner.flow("note_received > read > noted"))
    inner = diagrams.Drawing()
    inner.trigger("told_gone", SENT + inner.message("gone")).end("subject_gone")
    d.aside("going", inner.flow("told_gone > subject_gone"))
    inner = diagrams.Drawing()
    inner.trigger("reminded", LAPSED, interrupting=False).user("remind", name="催办", **form)
    return d.aside("reminding", inner.end("seen").flow("reminded > remind > seen"))


def deploy(house: Store, drawn: diagrams.Drawing) -> int:
    text = {"key": "text", "label": "内容"}
    bundle = {
        **office.bundle(),
        "permit/permit.bpmn": drawn.xml(),
        "forms/permit/withdrawal.form": office.form(text),
    }
    bundle["forms/permit/note.form"] = office.form(text)
    designing.deploy_bundle(house, bundle, "permit")
    with house.reading() as tx:
        return procedures.latest(tx, "permit").id


@pytest.fixture
def case_id(house: Store) -> int:
    office.deploy(house)
    deploy(house, drawing())
    return office.open_permit(house)


def rows(house: Store, table: str, kind: str = "") -> Sequence[Row]:
    wanted = getattr(models, table)
    query = wanted.select().order_by(wanted.c.id)
    with house.reading() as tx:
        return tx.all(query.where(wanted.c.kind == kind) if kind else query)


def tell(house: Store, case_id: int, message: str) -> None:
    cases.send_message(house, office.actor(house, "wang"), case_id, message, {"text": "因故"})


def statuses(house: Store, table: str) -> dict[str, str]:
    return {row["element"]: row["status"] for row in rows(house, table)}


def test_starts_that_wait_are_jobs_limits_and_messages_like_any_other(
    house: Store, case_id: int
) -> None:
    assert statuses(house, "jobs") == {"issue": "due", "lapse": "due", "reminded": "due"}
    assert statuses(house, "deadlines") == dict.fromkeys(("apply", "lapse", "reminded"), "running")
    page = queries.case_page(house, office.actor(house, "wang"), case_id)
    offered = {one.message: one.waited for one in page.registrable}
    assert offered == {"withdrawal": True, "note": True}
    form = queries.message_form(house, office.actor(house, "wang"), case_id, "withdrawal")
    assert form.waited
    with pytest.raises(errors.NotExpected):
        tell(house, case_id, "gone")


def test_an_interruption_ends_tasks_jobs_and_limits_and_history_tells_it(
    house: Store, case_id: int
) -> None:
    tell(house, case_id, "note")
    tell(house, case_id, "withdrawal")
    assert office.elements(house, case_id) == ["close"]
    assert statuses(house, "tasks") == {"apply": "cancelled", "read": "cancelled", "close": "open"}
    assert set(statuses(house, "jobs").values()) == {"done"}
    assert set(statuses(house, "deadlines").values()) == {"ended"}
    assert [row["element"] for row in rows(house, "events", "message_taken")] == [
        "note_received",
        "withdrawn",
    ]
    marks = queries.case_diagram(house, office.actor(house, "wang"), case_id).marks
    assert (marks["apply"], marks["withdrawing"]) == ("cancelled", "active")
    office.complete(house, case_id, "close", "wang", remark="")
    [case] = rows(house, "cases")
    assert (case["status"], case["ended_reason"]) == ("ended", "closed_withdrawn")
    assert cases.verify_case(house, case_id) is None
    with pytest.raises(errors.CaseEnded):
        tell(house, case_id, "withdrawal")


def test_a_job_of_interrupted_work_that_runs_late_does_nothing(house: Store, case_id: int) -> None:
    jobs = [row["id"] for row in rows(house, "jobs")]
    tell(house, case_id, "withdrawal")
    before = rows(house, "events")
    store.travel(house, house.now + timedelta(days=90))
    for job in jobs:
        cases.run_job(house, job)
    assert rows(house, "events") == before
    assert office.elements(house, case_id) == ["close"]


def test_what_runs_beside_may_end_the_case_by_a_message_of_its_own(
    house: Store, case_id: int
) -> None:
    tell(house, case_id, "note")
    tell(house, case_id, "note")
    assert office.elements(house, case_id) == ["apply", "read", "read"]
    office.complete(house, case_id, "read", "wang", remark="")
    [case] = rows(house, "cases")
    assert (case["status"], case["ended_reason"]) == ("ended", "subject_gone")
    assert sorted(row["status"] for row in rows(house, "tasks")) == [
        "cancelled", "cancelled", "done",
    ]  # fmt: skip
    assert "due" not in statuses(house, "jobs").values()
    assert cases.verify_case(house, case_id) is None


def test_a_timer_runs_beside_once_and_at_its_instant(house: Store, case_id: int) -> None:
    [job] = [row for row in rows(house, "jobs") if row["element"] == "reminded"]
    j = models.jobs
    with house.transaction() as tx:  # the slow step is not what this is about
        tx.run(j.update().where(j.c.element == "issue").values(status="held"))
    store.travel(house, job["due_at"] - timedelta(microseconds=1))
    scheduler.run_due(house)
    assert office.elements(house, case_id) == ["apply"]
    store.travel(house, job["due_at"])
    scheduler.run_due(house)
    cases.run_job(house, job["id"])
    assert office.elements(house, case_id) == ["apply", "remind"]
    fired = [row["element"] for row in rows(house, "events", "fired")]
    assert sorted(fired) == ["lapse", "reminded"]


def test_a_case_that_moves_waits_for_the_new_event_sub_processes(house: Store) -> None:
    office.deploy(house)
    plain = deploy(house, drawing(aside=False))
    case_id = office.open_permit(house)
    store.travel(house, house.now + timedelta(days=1))
    to = deploy(house, drawing())
    zhou = office.actor(house, "zhou")
    judged = cases.move_case(house, zhou, case_id, to, "修法")
    assert judged.moves
    said = "新版本的事件子流程，转换后开始等候"
    assert [one.element for one in judged.notes if one.text == said] == [
        "withdrawn", "note_received", "told_gone", "reminded",
    ]  # fmt: skip
    jobs = {row["element"]: row["due_at"] for row in rows(house, "jobs")}
    assert jobs["reminded"] - jobs["lapse"] >= timedelta(days=1)
    assert "reminded" in statuses(house, "deadlines")
    assert cases.move_case(house, zhou, case_id, plain, "改回").moves
    assert statuses(house, "jobs") == {"issue": "due", "lapse": "due", "reminded": "done"}
    assert statuses(house, "deadlines")["reminded"] == "ended"
    cases.move_case(house, zhou, case_id, to, "修法")
    tell(house, case_id, "withdrawal")
    assert office.elements(house, case_id) == ["close"]
    assert cases.verify_case(house, case_id) is None


def test_a_case_in_an_event_sub_process_that_is_gone_stays(house: Store, case_id: int) -> None:
    tell(house, case_id, "note")
    plain = deploy(house, drawing(aside=False))
    before = rows(house, "events")
    judged = cases.move_case(house, office.actor(house, "zhou"), case_id, plain, "改回")
    assert {one.element for one in judged.reasons} == {"reading", "read"}
    assert rows(house, "events") == before
