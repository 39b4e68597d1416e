"""The words of a story's steps: who does what, how time passes, what is expected."""

import io
import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from typing import Any, cast

from workflows import (
    cases,
    errors,
    identifiers,
    intake,
    models,
    people,
    procedures,
    queries,
    scheduler,
    store,
    workdays,
)
from workflows.access import Actor
from workflows.registry import screening
from workflows.stories import expecting, pausing, versions
from workflows.stories.stage import (
    Stage,
    StoryFailed,
    instant,
)

_DURATION = re.compile(r"P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?)?")


def act(stage: Stage, step: Mapping[str, Any]) -> None:
    """Do one step of a story; raises StoryFailed or the refusal that the product gave."""
    stage.current = str(step.get("case", stage.current))
    if "at" in step and not set(step) & set(ACTS):
        _travel(stage, instant(step["at"]))
        return
    if "at" in step:
        _travel(stage, instant(step["at"]))
    word = next((word for word in ACTS if word in step), None)
    if word is None:
        raise StoryFailed(f"不认识的步骤：{', '.join(step)}；可用：at, {', '.join(ACTS)}")
    ACTS[word](stage, step)
    scheduler.run_due(stage.store)
    _check_jobs(stage)


def _check_jobs(stage: Stage) -> None:
    """A story with a job that failed is not true."""
    j = models.jobs
    with stage.store.reading() as tx:
        failed = tx.first(j.select().where(j.c.error != ""))
    if failed is not None:
        raise StoryFailed(f"作业{failed['element'] or failed['kind']}未完成：{failed['error']}")


def _open(stage: Stage, step: Mapping[str, Any]) -> None:
    s, r = models.subjects, models.records
    with stage.store.reading() as tx:
        wanted = s.select().order_by(s.c.id)
        if "subject" in step:
            wanted = wanted.where(s.c.id_no == str(step["subject"]))
        subject = tx.one(wanted)
        records = r.select().where(r.c.subject_id == subject["id"])
        if "records" in step:
            numbers = [identifiers.normalise_document_number(one) for one in step["records"]]
            records = records.where(r.c.doc_no.in_(numbers))
        record_ids = [row["id"] for row in tx.all(records)]
    case_id = cases.open_case(
        stage.store,
        _actor(stage, step, "caseworker"),
        step["open"],
        step.get("with") or {},
        subject_id=subject["id"],
        record_ids=record_ids,
    )
    stage.current = str(step.get("case", stage.current or step["open"]))
    stage.cases[stage.current] = case_id


def _complete(stage: Stage, step: Mapping[str, Any]) -> None:
    element = step["complete"]
    task = _open_task(stage, element)
    actor = _actor(stage, step, task["role"] if task else None)
    answers = _answers(stage, actor, step)
    if task is None:
        cases.attempt(stage.store, actor, stage.case_id, element, answers)
    else:
        shown = queries.task_page(stage.store, actor, task["id"]).filling
        prefilled = dict(shown.answers) if shown and step.get("prefilled", True) else {}
        cases.complete_task(stage.store, actor, task["id"], prefilled | answers)


def _message(stage: Stage, step: Mapping[str, Any]) -> None:
    actor = _actor(stage, step, "caseworker")
    answers = _answers(stage, actor, step)
    cases.send_message(stage.store, actor, stage.case_id, step["message"], answers)


def _refused(stage: Stage, step: Mapping[str, Any]) -> None:
    """`refused` names a task (or gives a whole step under `step`); `because` the error's name."""
    inner = dict(step.get("step") or {"complete": step["refused"]})
    for name in ("as", "with", "evidence", "prefilled"):
        if name in step:
            inner.setdefault(name, step[name])
    word = next(word for word in ACTS if word in inner)
    try:
        ACTS[word](stage, inner)
    except errors.Refusal as refusal:
        names = {kind.__name__ for kind in type(refusal).__mro__}
        if step.get("because") and step["because"] not in names:
            raise StoryFailed(
                f"应为{step['because']}，实为{type(refusal).__name__}：{refusal.message}"
            ) from refusal
        if str(step.get("says", "")) not in refusal.message:
            raise StoryFailed(f"理由中没有“{step['says']}”：{refusal.message}") from refusal
        return
    raise StoryFailed(f"{step['refused']}本应被拒绝")


def _opened(stage: Stage, step: Mapping[str, Any]) -> None:
    """The newest case of a procedure, opened by another case, is the one that is told of next."""
    c = models.cases
    with stage.store.reading() as tx:
        row = tx.first(
            c.select().where(c.c.procedure_key == step["opened"]).order_by(c.c.id.desc()).limit(1)
        )
    if row is None:
        raise StoryFailed(f"没有立过“{step['opened']}”的案件")
    stage.current = str(step.get("case", step["opened"]))
    stage.cases[stage.current] = row["id"]


def _claim(stage: Stage, step: Mapping[str, Any]) -> None:
    task = _needed_task(stage, step["claim"])
    cases.claim_task(stage.store, _actor(stage, step, task["role"]), task["id"])


def _reassign(stage: Stage, step: Mapping[str, Any]) -> None:
    task = _needed_task(stage, step["reassign"])
    refused = cases.reassign_tasks(
        stage.store,
        _actor(stage, step, "supervisor"),
        [task["id"]],
        step["to"],
        step.get("reason", "工作安排"),
    )
    if refused:
        raise errors.NotAllowed(refused[0].refusal)


def _wait(stage: Stage, step: Mapping[str, Any]) -> None:
    said = str(step["wait"])
    now = stage.store.now
    if said.endswith(("workday", "workdays")):
        day = now.date()
        for _ in range(int(said.split(maxsplit=1)[0])):
            day = workdays.next_workday(day, procedures.calendar())
        _travel(stage, datetime.combine(day, now.timetz()))
        return
    match = _DURATION.fullmatch(said)
    if match is None:
        raise StoryFailed(f"wait: {said}（应为“5 workdays”或者“P3D”）")
    days, hours, minutes = (int(part or 0) for part in match.groups())
    _travel(stage, now + timedelta(days=days, hours=hours, minutes=minutes))


def _import(stage: Stage, step: Mapping[str, Any]) -> None:
    command = {
        "penalties": intake.import_penalties,
        "subjects": intake.import_subjects,
        "changes": intake.import_changes,
    }
    name = str(step.get("file", "rows.csv"))
    rows = "\n".join(step.get("rows", ())).encode()
    content = rows or (stage.folder / name).read_bytes()
    actor = _actor(stage, step, "caseworker")
    command[step["import"]](stage.store, actor, name, io.BytesIO(content))


def _screen(stage: Stage, step: Mapping[str, Any]) -> None:
    del step
    screening.screen(stage.store, stage.store.now.date())


def _expect(stage: Stage, step: Mapping[str, Any]) -> None:
    for name, wanted in step["expect"].items():
        found = expecting.found(stage, name, wanted)
        if found != wanted:
            raise StoryFailed(f"{name} 应为 {wanted}，实为 {found}")


def _clock(
    role: str, act: Callable[[Stage, Actor, Mapping[str, Any], Mapping[str, Any]], None]
) -> Callable[[Stage, Mapping[str, Any]], None]:
    """A word about clocks, said by somebody in `role` unless the story names a person."""

    def tell_it(stage: Stage, step: Mapping[str, Any]) -> None:
        actor = _actor(stage, step, role)
        act(stage, actor, step, _answers(stage, actor, step))

    return tell_it


ACTS = {
    "open": _open,
    "complete": _complete,
    "message": _message,
    "refused": _refused,
    "claim": _claim,
    "reassign": _reassign,
    "pause": _clock("dept_head", pausing.pause),
    "resume": _clock("dept_head", pausing.resume),
    "extend": _clock("dept_head", pausing.extend),
    "opened": _opened,
    "wait": _wait,
    "import": _import,
    "screen": _screen,
    "change": versions.change,
    "move": versions.move,
    "expect": _expect,
}


def _actor(stage: Stage, step: Mapping[str, Any], role: str | None) -> Actor:
    """The person named by `as`, in the lane the step needs; unnamed, the first who stands in it."""
    with stage.store.reading() as tx:
        login = step.get("as") or people.first_in_role(tx, role or "caseworker")
        try:
            return people.find_actor(tx, login, role=role)
        except errors.NotFound:
            return people.find_actor(tx, login)


def _answers(stage: Stage, actor: Actor, step: Mapping[str, Any]) -> dict[str, Any]:
    """`with`, where `now` is the story's instant and names of files (`proof.pdf`) in lists become
    attachments of the case.
    """

    def filled(value: Any) -> Any:
        if isinstance(value, Mapping):
            return {name: filled(one) for name, one in cast("Mapping[str, Any]", value).items()}
        if isinstance(value, list):
            return [filled(one) for one in cast("list[Any]", value)]
        if isinstance(value, date):
            return (instant(value) if isinstance(value, datetime) else value).isoformat()
        if value == "now":
            return stage.store.now.isoformat()
        if isinstance(value, str) and re.fullmatch(r"[\w-]+\.(pdf|png|jpg)", value):
            content = f"%PDF-1.4 {value}".encode()
            return cases.add_attachment(stage.store, actor, stage.case_id, value, content)
        return value

    return filled(dict(step.get("with") or {}))


def _open_task(stage: Stage, element: str) -> store.Row | None:
    t = models.tasks
    with stage.store.reading() as tx:
        return tx.first(
            t.select()
            .where(t.c.case_id == stage.case_id, t.c.element == element, t.c.status == "open")
            .order_by(t.c.id)
        )


def _needed_task(stage: Stage, element: str) -> store.Row:
    task = _open_task(stage, element)
    if task is None:
        raise errors.NotExpected(f"没有待办的“{element}”")
    return task


def _travel(stage: Stage, at: datetime) -> None:
    scheduler.travel(stage.store, at)
