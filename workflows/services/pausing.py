"""The diagram's words that stop a clock and let it go on: expert opinions, inspections, hearings.

The case's limits follow when the command is saved (`cases.clocks`).
"""

from collections.abc import Mapping

from workflows import errors
from workflows.registry import law, pauses
from workflows.services.steps import Outputs, Step, Topic

EXCLUDED = "河南省社会信用条例第四十一条第三款"


def stop_clock(step: Step) -> Outputs:
    """Suspend a limit of the case (id or family; `all`: every one) while others work.

    Their time is excluded (河南省社会信用条例第四十一条第三款). Who stops it twice lets it go on
    twice. Raises NotExpected without a ground, LimitUnknown.
    """
    ground = str(step.inputs.get("ground") or "").strip()
    if not ground:
        raise errors.NotExpected("停止计算期限须写明事由", article=EXCLUDED)
    order = pauses.Order(
        kind="suspension",
        ground=ground,
        article=EXCLUDED,
        starts_at=step.now,
        limits=_limits(step),
        made_by=step.actor.person_id,
        element=step.element,
    )
    pauses.begin(step.tx, step.case["id"], order)
    return {}


def start_clock(step: Step) -> Outputs:
    """Let the limit go on that a diagram has stopped, once; what remained of it is kept.

    Nothing happens where none did: what a person has ordered only a person ends.
    """
    limits = _limits(step)
    for row in pauses.of_case(step.tx, step.case["id"]):
        if pauses.is_open(row) and row["element"] and row["limits"] == limits:
            pauses.end(step.tx, row["id"], "流程已办完停止计算期限的环节", step.actor.person_id)
            break
    return {}


def _limits(step: Step) -> list[str] | None:
    said = str(step.inputs.get("limit") or "")
    if not said:
        raise errors.NotExpected("没有写明停止计算或者恢复计算哪一期限", article=EXCLUDED)
    if said == pauses.ALL:
        return None
    known = law.pinned_limits(step.bundle["law/limits.yaml"])
    if not any(said in {one.id, one.family} for one in known):
        raise errors.LimitUnknown(said)
    return [said]


TOPICS: Mapping[str, Topic] = {
    "stop_clock": Topic(
        stop_clock, inputs={"limit": "string", "ground": "string"}, article=EXCLUDED
    ),
    "start_clock": Topic(start_clock, inputs={"limit": "string"}, article=EXCLUDED),
}
