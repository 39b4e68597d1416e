"""中止、中断、延长 in a story: who stops which clock, who lets it go on, who gives more time."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from workflows import cases, models
from workflows.access import Actor
from workflows.stories.stage import Stage, StoryFailed, instant

ALL = "all"
Said = Mapping[str, Any]
"""`with` as it is filled in: files have become attachments of the case."""


def pause(stage: Stage, actor: Actor, step: Mapping[str, Any], said: Said) -> None:
    """`pause` names a limit (id or family), several, or all; `with`: kind, ground, article,
    evidence, document_no, starts_at.
    """
    starts_at = said.get("starts_at")
    cases.pause_limits(
        stage.store,
        actor,
        stage.case_id,
        str(said.get("kind", "suspension")),
        _names(step["pause"]),
        _reasons(said),
        starts_at=instant(starts_at) if starts_at else None,
    )


def resume(stage: Stage, actor: Actor, step: Mapping[str, Any], said: Said) -> None:
    """`resume` names what was paused; what was stopped last in these words goes on."""
    p = models.pauses
    wanted = _names(step["resume"])
    with stage.store.reading() as tx:
        rows = tx.all(p.select().where(p.c.case_id == stage.case_id).order_by(p.c.id.desc()))
    same = [row for row in rows if row["limits"] == wanted and row["kind"] != "extension"]
    if not same:
        raise StoryFailed(f"没有中止或者中断过：{step['resume']}")
    open_ = [row for row in same if row["ends_at"] is None]
    pause_id = (open_ or same)[0]["id"]
    cases.resume_limits(stage.store, actor, stage.case_id, pause_id, _reasons(said))


def extend(stage: Stage, actor: Actor, step: Mapping[str, Any], said: Said) -> None:
    """`extend` names a limit; `with`: length, unit, ground, article, evidence, document_no, and
    for one that has passed obstacle_ended_on.
    """
    ended_on = said.get("obstacle_ended_on")
    cases.extend_limit(
        stage.store,
        actor,
        stage.case_id,
        str(step["extend"]),
        _reasons(said),
        length=int(said.get("length", 0)),
        unit=str(said.get("unit", "workdays")),
        obstacle_ended_on=date.fromisoformat(ended_on) if ended_on else None,
    )


def _names(said: Any) -> list[str] | None:
    if said == ALL:
        return None
    return [said] if isinstance(said, str) else list(said)


def _reasons(said: Said) -> cases.Reasons:
    return cases.Reasons(
        ground=str(said.get("ground", "")),
        article=str(said.get("article", "")),
        evidence=list(said.get("evidence") or ()),
        document_no=str(said.get("document_no", "")),
    )
