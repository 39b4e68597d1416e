"""改派 as a page: tasks of one department and role go to one person; several kinds to several."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from web.language import gettext as _
from workflows import cases, errors
from workflows.access import Actor
from workflows.queries import supervision, workload
from workflows.queries.supervision import WatchedTask
from workflows.queries.workload import Load
from workflows.store import Store

MOST = 100
"""So many tasks at once."""


@dataclass(frozen=True)
class Group:
    """Tasks that the same people could take, who those are, who was chosen, what would happen."""

    key: str
    role: str
    department_name: str
    tasks: tuple[WatchedTask, ...]
    people: tuple[Load, ...]
    chosen: str
    refusals: Mapping[int, str]
    """Task → why it may not go to the chosen person; '' where it may."""

    @property
    def movable(self) -> int:
        return sum(not said for said in self.refusals.values())

    @property
    def chosen_name(self) -> str:
        return next((one.name for one in self.people if one.key == self.chosen), self.chosen)


@dataclass(frozen=True)
class Moved:
    """What became of one task."""

    task: WatchedTask
    to: str
    refusal: str


def plan(
    store: Store, actor: Actor, task_ids: Sequence[int], chosen: Mapping[str, str]
) -> tuple[Group, ...]:
    """The tasks in groups, each with what would happen if its chosen person got them.

    `chosen`: group key → login. Raises NotFound for a task the actor does not see.
    """
    wanted = list(dict.fromkeys(task_ids))[:MOST]
    found = supervision.watched_tasks(store, actor, wanted)
    if len(found) != len(wanted):
        raise errors.NotFound
    ordered = sorted(found, key=_place)
    groups = (tuple(tasks) for _place_, tasks in groupby(ordered, key=_place))
    return tuple(_group(store, actor, tasks, chosen) for tasks in groups)


def carry_out(
    store: Store, actor: Actor, groups: Sequence[Group], reason: str
) -> tuple[Moved, ...]:
    """Move what may be moved; raises AnswersRefused before anything is moved."""
    faults = {f"to:{one.key}": _("请选择接办人") for one in groups if not one.chosen}
    if len(reason.strip()) < 2:
        faults["reason"] = _("请填写改派理由，理由将载入案件历史")
    if faults:
        raise errors.AnswersRefused(faults)
    moved: list[Moved] = []
    for group in groups:
        ids = [task.id for task in group.tasks]
        refused = cases.reassign_tasks(store, actor, ids, group.chosen, reason)
        said = {one.task["id"]: one.refusal for one in refused}
        moved += [Moved(one, group.chosen_name, said.get(one.id, "")) for one in group.tasks]
    return tuple(moved)


def _place(task: WatchedTask) -> tuple[int, str]:
    return task.department_id, task.role


def _group(
    store: Store, actor: Actor, tasks: tuple[WatchedTask, ...], chosen: Mapping[str, str]
) -> Group:
    first = tasks[0]
    key = f"{first.department_id}-{first.role}"
    login = chosen.get(key, "")
    ids = [task.id for task in tasks]
    previews = cases.preview_reassign(store, actor, ids, login) if login else []
    return Group(
        key=key,
        role=first.role,
        department_name=first.department_name,
        tasks=tasks,
        people=workload.successors(store, actor, first.department_id, first.role),
        chosen=login,
        refusals={one.task["id"]: one.refusal for one in previews},
    )
