"""A small procedure for faults: people, a numbered document made by a job, timers and a message.

apply → (job) number → (timer) pause → check, which a timer or a withdrawal ends → file, during
which a note may arrive → done. Every form asks for a `mark`, by which the history shows what was
sent.
"""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

import yaml

from tests.cases import office
from tests.engine import diagrams
from tests.faults.waiting import until
from workflows import cases, designing, models, people, procedures, services, settings
from workflows.cases import history
from workflows.services import documents
from workflows.services.steps import Outputs, Step
from workflows.store import Row, Store
from workflows.stories import stage

KEY = "errand"
SERIES = "差"
PAUSE_SECONDS, LAPSE_SECONDS = 1, 2
PASSWORD = "a long password"
HANDS = ("wang", "chen", "liu")
"""Who may work on the tasks."""


def number_document(step: Step) -> Outputs:
    """Take the next number of the office and keep a document under it, as real documents do."""
    _wait_while_held()
    year = step.now.year
    last = documents.peek_number(step, SERIES, year)
    number = f"{SERIES}〔{year}〕{last + 1}号"
    documents.take_number(step, SERIES, year, last)
    content = number.encode()
    digest = hashlib.sha256(content).hexdigest()
    document_id = step.tx.insert(
        models.documents,
        {
            "case_id": step.case["id"],
            "scope": step.scope,
            "kind": "errand",
            "title": "差事",
            "number": number,
            "department_id": step.case["department_id"],
            "sha256": digest,
            "content_sha256": digest,
            "issued_at": step.now,
        },
    )
    step.tx.insert(models.document_bytes, {"document_id": document_id, "pdf": content})
    step.note("document_issued", after={"number": number}, documents=[digest])
    return {"document_number": number}


def _wait_while_held() -> None:
    """A test may hold up the step by a file; it is told by another that the step has begun."""
    hold = settings.DATA / "hold"
    if hold.exists():
        (settings.DATA / "in-hand").touch()
        until(lambda: not hold.exists(), 60)


TOPICS: Mapping[str, services.Topic] = {
    **services.TOPICS,
    "number_document": services.Topic(
        number_document, outputs={"document_number": "string"}, job=True
    ),
}


def bundle() -> dict[str, bytes]:
    """The errand and its forms."""
    d = diagrams.Drawing(KEY)
    d.start("begun", camunda_formKey="errand/step")
    for name in ("apply", "check", "file"):
        d.user(name, name=name, camunda_formKey="errand/step")
    outputs = diagrams.parameters(outputs={"document_number": "${document_number}"})
    d.service("number", outputs, topic="number_document")
    d.wait("pause", f"PT{PAUSE_SECONDS}S")
    d.end("done")
    d.end("noted")
    d.flow("begun > apply > number > pause > check > file > done")
    d.boundary("lapsed", "check", diagrams.timer(f"PT{LAPSE_SECONDS}S", "timeDuration"))
    d.flow("lapsed > file")
    d.boundary("withdrawn", "check", d.message("withdrawal"))
    d.end("given_up")
    d.flow("withdrawn > given_up")
    d.boundary("note_received", "file", d.message("note"), interrupting=False)
    d.flow("note_received > noted")
    mark = {"key": "mark", "label": "标记", "validate": {"required": True}}
    law = {
        path: data for path, data in procedures.load("serious_listing").items() if "law/" in path
    }
    return {
        "errand/errand.bpmn": d.xml(),
        "forms/errand/step.form": office.form(mark),
        "forms/errand/note.form": office.form(mark),
        "forms/errand/withdrawal.form": office.form(mark),
        **law,
    }


def furnish(house: Store) -> None:
    """Offices, people who can sign in, one subject, and the errand deployed."""
    office_file = yaml.safe_load(stage.OFFICE.read_text("utf-8"))
    with house.transaction() as tx:
        people.furnish(tx, office_file, dict.fromkeys(HANDS, PASSWORD))
    put(house, KEY, bundle())
    add_subject(house)


def storm_bundle() -> dict[str, bytes]:
    """A timer, then a task."""
    d = diagrams.Drawing("storm")
    d.start("begun", camunda_formKey="storm/step")
    d.wait("pause", "PT1H")
    d.user("apply", name="apply", camunda_formKey="storm/step")
    d.end("done")
    d.flow("begun > pause > apply > done")
    return {
        "storm/storm.bpmn": d.xml(),
        "forms/storm/step.form": bundle()["forms/errand/step.form"],
        **{path: data for path, data in bundle().items() if "law/" in path},
    }


def brew(house: Store, number: int) -> None:
    """So many cases, each with a timer that is due at the same instant as all the others.

    `house`: its clock is behind that of the processes, for which the storm has come.
    """
    put(house, "storm", storm_bundle())
    wang = office.actor(house, "wang")
    model = cases.open_case(house, wang, "storm", {"mark": "model"}, subject_id=1)
    (job,), (opened,) = jobs(house, case_id=model), events(house, model)
    c = models.cases
    fresh = {"last_seq": 0, "last_hash": "", "last_at": None}
    row = {key: value for key, value in case(house, model).items() if key != "id"} | fresh
    with house.transaction() as tx:
        tx.insert_many(c, [row | {"number": f"storm-{n}"} for n in range(number - 1)])
        made = tx.all(c.select().with_only_columns(c.c.id).where(c.c.number.like("storm-%")))
        copies = [row | {"id": one["id"]} for one in made]
        said = {name: opened[name] for name in ("kind", "element", "article", "before", "after")}
        told = [
            line
            for copy in copies
            for line in history.chain(copy, [history.Event(**said)], wang, opened["at"])
        ]
        tx.insert_many(models.events, told)
        tx.run(
            c.update()
            .where(c.c.id == models.given("of_case"))
            .values({name: models.given(f"new_{name}") for name in fresh}),
            [{"of_case": one["id"], **{f"new_{n}": one[n] for n in fresh}} for one in copies],
        )
        timer = {key: value for key, value in job.items() if key != "id"}
        keys = [(one["id"], f"{one['id']}:timer:{job['token']}") for one in copies]
        tx.insert_many(
            models.jobs, [timer | {"case_id": id_, "unique_key": key} for id_, key in keys]
        )


def put(house: Store, key: str, files: Mapping[str, bytes]) -> None:
    """Deploy a procedure of the tests."""
    designing.deploy_bundle(house, files, key)


def add_subject(house: Store) -> None:
    """The one subject of every errand."""
    stage.add_registry(stage.Stage(house), {"records": []})


def open_errand(house: Store, mark: str, login: str = "wang") -> int:
    """Open a case; `mark` can be found in its first event."""
    actor = office.actor(house, login)
    return cases.open_case(house, actor, KEY, {"mark": mark}, subject_id=1)


def complete(house: Store, case_id: int, element: str, mark: str, login: str = "wang") -> None:
    """Complete the open task of an element."""
    office.complete(house, case_id, element, login, mark=mark)


def send(house: Store, case_id: int, message: str, mark: str, login: str = "wang") -> None:
    """Register a message: note or withdrawal."""
    cases.send_message(house, office.actor(house, login), case_id, message, {"mark": mark})


def jobs(house: Store, **wanted: Any) -> Sequence[Row]:
    """The jobs with these values, oldest first."""
    j = models.jobs
    chosen = [j.c[name] == value for name, value in wanted.items()]
    with house.reading() as tx:
        return tx.all(j.select().where(*chosen).order_by(j.c.id))


def case(house: Store, case_id: int) -> Row:
    """The row of a case."""
    with house.reading() as tx:
        return tx.one(models.cases.select().where(models.cases.c.id == case_id))


def events(house: Store, case_id: int, kind: str = "") -> Sequence[Row]:
    """What happened to a case, in its order; of one kind if given."""
    e = models.events
    wanted = e.select().where(e.c.case_id == case_id).order_by(e.c.seq)
    with house.reading() as tx:
        return tx.all(wanted.where(e.c.kind == kind) if kind else wanted)
