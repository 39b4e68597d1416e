"""Who may do what: lanes, departments and four eyes. Pure."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from workflows import errors

ROLES: Mapping[str, str] = {
    "caseworker": "承办人",
    "dept_head": "部门负责人",
    "legal_reviewer": "法制审核人",
    "hearing_officer": "听证主持人",
    "dept_peer": "协同部门经办人",
    "provincial_credit": "省级复核人",
    "supervisor": "督导",
    "ndrc_lead": "发改委（牵头）",
    "credit_center": "信用信息中心",
    "designer": "流程设计员",
    "auditor": "审计员",
    "operator": "运维人员",
}
"""The lanes a person may work in (domain §2.0) and what people call them."""

WORKS_ON_TASKS = frozenset(
    {"caseworker", "dept_head", "legal_reviewer", "credit_center"}
    | {"hearing_officer", "dept_peer", "provincial_credit"}
)
HAS_TASKS = WORKS_ON_TASKS | {"supervisor"}
"""Lanes in which tasks may stand; a supervisor does some, but registers nothing for a case."""

SEES_BELOW = frozenset({"supervisor", "ndrc_lead", "auditor"})
REASSIGNS = frozenset({"supervisor", "ndrc_lead"})
OPENS_CASES = frozenset({"caseworker", "dept_head"})
UNSEALS = frozenset({"supervisor"})
"""Learns who reported, for a reason that is recorded (INV-22)."""

DESIGNS = frozenset({"designer"})
IMPORTS = frozenset({"caseworker", "credit_center", "ndrc_lead"})
PAUSES = frozenset({"dept_head"})
"""Who may stop a clock or give it more time: never the caseworker alone."""
RESUMES = frozenset({"dept_head", "caseworker"})
OPERATES = frozenset({"operator"})
"""Sees that a case is held up and by what, never what it is about."""


@dataclass(frozen=True)
class Actor:
    """A person working for one department in one role, or the machine (`SYSTEM`)."""

    person_id: int | None
    login: str
    name: str
    department_id: int | None
    department_path: str
    role: str


SYSTEM = Actor(None, "system", "系统", None, "/", "system")


@dataclass(frozen=True)
class TaskFacts:
    """What access needs to know of a task."""

    department_id: int
    department_path: str
    role: str
    assignee_id: int | None
    candidate_logins: Collection[str] = ()
    barred: Collection[int] = ()
    """People who did a task that this one must not share a hand with (INV-10)."""


def sees_department(actor: Actor, department_id: int, department_path: str) -> bool:
    """Own department; supervisor, lead office and auditor also those below."""
    if actor.department_id == department_id or actor is SYSTEM:
        return True
    return actor.role in SEES_BELOW and department_path.startswith(actor.department_path)


def check_sees(actor: Actor, department_id: int, department_path: str) -> None:
    """Raise NotFound where the row must not even be known to exist."""
    if not sees_department(actor, department_id, department_path):
        raise errors.NotFound


def check_may_take(actor: Actor, task: TaskFacts) -> None:
    """Who may claim or be given a task: right department, lane, candidates, four eyes (INV-10)."""
    if actor.department_id != task.department_id:
        raise errors.NotFound
    if actor.role != task.role:
        needed = ROLES.get(task.role, task.role)
        raise errors.NotYourTask(f"须由{needed}办理，您的角色是{ROLES.get(actor.role, actor.role)}")
    if task.candidate_logins and actor.login not in task.candidate_logins:
        raise errors.NotYourTask("该任务已指定其他人员办理")
    if actor.person_id in task.barred:
        raise errors.FourEyes(
            "您办理过本案的前道任务", article="行政处罚法第六十四条第四项（参照）"
        )


def check_may_complete(actor: Actor, task: TaskFacts) -> None:
    """As `check_may_take`, and not claimed by somebody else."""
    check_may_take(actor, task)
    if task.assignee_id is not None and task.assignee_id != actor.person_id:
        raise errors.NotYourTask("该任务已由他人签收")


def check_role(actor: Actor, allowed: Iterable[str], what: str) -> None:
    """Raise NotAllowed unless the actor's role is one of `allowed`."""
    if actor.role not in set(allowed):
        needed = "、".join(ROLES.get(role, role) for role in sorted(allowed))
        raise errors.NotAllowed(f"{what}须由{needed}进行")
