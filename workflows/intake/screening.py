"""筛查 by a person's hand: as every night, but as of a day of their choice (P-02)."""

from datetime import date

from workflows import access, errors
from workflows.registry import screening
from workflows.registry.screening import Screening
from workflows.store import Store

SCREENS = frozenset({"ndrc_lead", "credit_center", "supervisor"})


def run_screening(store: Store, actor: access.Actor, as_of: date) -> Screening:
    """Classify every subject as of a day that is not in the future (D02).

    Raises NotAllowed, AnswersRefused (as_of), LawFaulty where no policy was in force.
    """
    access.check_role(actor, SCREENS, "筛查高频失信主体")
    if as_of > store.now.date():
        raise errors.AnswersRefused({"as_of": "截止日期不能晚于今天，请改填今天或者以前的日期"})
    return screening.screen(store, as_of, actor)
