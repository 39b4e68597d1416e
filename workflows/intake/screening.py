"""筛查 by a person's hand: as every night, but as of a day of their choice (P-02)."""

from datetime import date

from workflows import access, errors
from workflows.registry import screening
from workflows.store import Store

SCREENS = frozenset({"ndrc_lead", "credit_center", "supervisor"})


def request_screening(store: Store, actor: access.Actor, as_of: date) -> int:
    """Have the workers classify every subject as of a day that is not in the future (D02).

    Returns the id of the job, whose payload tells how far it is (`registry.screening.carry_out`).
    Raises NotAllowed, AnswersRefused (as_of), LawFaulty where no policy was in force.
    """
    access.check_role(actor, SCREENS, "筛查高频失信主体")
    if as_of > store.now.date():
        raise errors.AnswersRefused({"as_of": "截止日期不能晚于今天，请改填今天或者以前的日期"})
    screening.read_policy(as_of)
    with store.transaction() as tx:
        return screening.request(tx, as_of, actor.name)
