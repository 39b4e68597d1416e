"""流程设计: the procedures as deployed, and one version with its files and elements."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

import sqlalchemy as sa

from workflows import access, deadlines, engine, errors, models, procedures
from workflows.access import Actor
from workflows.queries import comparing, diagrams
from workflows.queries.comparing import Comparison
from workflows.registry import law
from workflows.store import Store, Transaction

CONFIRMED = "V"
"""The confidence of what has been compared with the text of the law."""

LIMIT = re.compile(r'limit\("(\w+)"')


@dataclass(frozen=True)
class Version:
    """One deployed version; `running` cases stay on it until they end."""

    id: int
    key: str
    name: str
    version: int
    hash: str
    note: str
    deployed_at: datetime
    deployed_by: str
    running: int
    ended: int


@dataclass(frozen=True)
class File:
    """One file of a version. `kind`: bpmn | dmn | form | html | yaml | css."""

    path: str
    kind: str
    size: int


@dataclass(frozen=True)
class DesignedElement:
    """One flow node: who does it, with which form, by when, on which law."""

    id: str
    kind: str
    name: str
    process: str
    role: str
    form: str
    limit: str
    limit_basis: str
    article: str


@dataclass(frozen=True)
class VersionPage:
    """One version. `processes`: (key, name, path of its diagram), the procedure's own first.

    `unconfirmed`: limits it names that nobody has compared with the text of the law: drafts.
    """

    version: Version
    newest: int
    processes: tuple[tuple[str, str, str], ...]
    files: tuple[File, ...]
    elements: tuple[DesignedElement, ...]
    unconfirmed: tuple[deadlines.Limit, ...]


def deployed_procedures(store: Store, actor: Actor) -> tuple[Version, ...]:
    """The newest version of each procedure; `running` and `ended` count the cases of them all."""
    _check(actor)
    with store.reading() as tx:
        newest: dict[str, Version] = {}
        totals: dict[str, tuple[int, int]] = {}
        for one in _versions(tx):
            running, ended = totals.get(one.key, (0, 0))
            totals[one.key] = running + one.running, ended + one.ended
            newest.setdefault(one.key, one)
    return tuple(
        replace(one, running=totals[key][0], ended=totals[key][1])
        for key, one in sorted(newest.items())
    )


def versions(store: Store, actor: Actor, key: str) -> tuple[Version, ...]:
    """Every version of a procedure, newest first; raises NotFound."""
    _check(actor)
    with store.reading() as tx:
        found = _versions(tx, models.procedures.c.key == key)
    if not found:
        raise errors.NotFound(f"程序“{key}”尚未部署")
    return found


def version_page(store: Store, actor: Actor, key: str, number: int) -> VersionPage:
    """One version with its files and elements; raises NotFound."""
    _check(actor)
    with store.reading() as tx:
        found = {one.version: one for one in _versions(tx, models.procedures.c.key == key)}
        if number not in found:
            raise errors.NotFound(f"程序“{key}”没有第{number}版")
        deployed = procedures.deployed(tx, found[number].id)
    return VersionPage(
        version=found[number],
        newest=max(found),
        processes=_processes(deployed.procedure),
        files=_files(deployed.bundle),
        elements=_elements(deployed),
        unconfirmed=_unconfirmed(deployed),
    )


@dataclass(frozen=True)
class LawPage:
    """What of the law is not to be used, and what is to be confirmed before it is relied on."""

    blocked: tuple[law.Measure, ...]
    lists: tuple[law.ListRule, ...]
    measures: tuple[law.Measure, ...]


def law_page(store: Store, actor: Actor) -> LawPage:
    """Measures that are blocked, with the reason, and lists and measures that are still drafts."""
    _check(actor)
    with store.reading() as tx:
        day = tx.now.date()
    measures = [one for one in law.measures() if law.is_in_force(one, day)]
    drafts = [one for one in measures if one.status != "blocked" and one.confidence != CONFIRMED]
    lists = [one for one in law.lists() if law.is_in_force(one, day)]
    return LawPage(
        blocked=tuple(one for one in measures if one.status == "blocked"),
        lists=tuple(one for one in lists if one.confidence != CONFIRMED),
        measures=tuple(drafts),
    )


def _unconfirmed(deployed: procedures.Deployed) -> tuple[deadlines.Limit, ...]:
    """The limits named in its diagrams and tables, in every version of theirs that is a draft."""
    drawn = b" ".join(
        data for path, data in deployed.bundle.items() if path.endswith((".bpmn", ".dmn"))
    )
    words = set(re.findall(r"[A-Za-z_]\w*", drawn.decode()))
    return tuple(one for one in deployed.limits if one.confidence != CONFIRMED and one.id in words)


def version_files(store: Store, actor: Actor, key: str, number: int) -> dict[str, bytes]:
    """The files of a version as they were deployed, path → bytes; raises NotFound."""
    _check(actor)
    p = models.procedures
    with store.reading() as tx:
        wanted = sa.select(p.c.id).where(p.c.key == key, p.c.version == number)
        return procedures.bundle_of(tx, tx.one(wanted)["id"])


def compare(store: Store, actor: Actor, key: str, bundle: Mapping[str, bytes]) -> Comparison:
    """What `bundle`, which must be without fault, changes in the newest version."""
    _check(actor)
    with store.reading() as tx:
        old = procedures.latest(tx, key)
        running = sum(one.running for one in _versions(tx, models.procedures.c.key == key))
    new = engine.parse(bundle, key, old.procedure.types)
    return Comparison(
        files=comparing.changed_files(old.bundle, bundle),
        elements=comparing.changed_elements(old.procedure, new),
        running=running,
    )


def _check(actor: Actor) -> None:
    access.check_role(actor, access.DESIGNS, "查看流程设计")


def _versions(tx: Transaction, *wanted: sa.ColumnElement[bool]) -> tuple[Version, ...]:
    """By procedure, newest first; the bundles stay in the database."""
    p, c, who = models.procedures.c, models.cases.c, models.people.c
    running, ended = (
        sa.func.coalesce(sa.func.sum(sa.case((c.status == status, 1), else_=0)), 0)
        for status in ("open", "ended")
    )
    shown = (p.id, p.key, p.name, p.version, p.hash, p.note, p.deployed_at)
    rows = tx.all(
        sa.select(
            *shown,
            who.name.label("deployed_by"),
            running.label("running"),
            ended.label("ended"),
        )
        .select_from(
            models.procedures.outerjoin(models.people, p.deployed_by == who.id).outerjoin(
                models.cases, c.procedure_id == p.id
            )
        )
        .where(*wanted)
        .group_by(*shown, who.name)
        .order_by(p.key, p.version.desc())
    )
    return tuple(
        Version(
            id=row["id"],
            key=row["key"],
            name=row["name"],
            version=row["version"],
            hash=row["hash"],
            note=row["note"],
            deployed_at=row["deployed_at"],
            deployed_by=row["deployed_by"] or "",
            running=row["running"],
            ended=row["ended"],
        )
        for row in rows
    )


def _processes(procedure: engine.Procedure) -> tuple[tuple[str, str, str], ...]:
    called = {one.called: one.name for one in procedure.elements.values() if one.called}
    others = sorted(key for key in procedure.processes if key != procedure.key)
    return (
        (procedure.key, procedure.name, procedure.processes[procedure.key]),
        *((key, called.get(key, key), procedure.processes[key]) for key in others),
    )


def _files(bundle: Mapping[str, bytes]) -> tuple[File, ...]:
    return tuple(
        File(path=path, kind=path.rpartition(".")[2], size=len(bundle[path]))
        for path in sorted(bundle, key=lambda path: (path.startswith("law/"), path))
    )


def _elements(deployed: procedures.Deployed) -> tuple[DesignedElement, ...]:
    """Those that read as steps and have a name; the others show on the picture."""
    limits = {one.id: one for one in deployed.limits}
    return tuple(
        DesignedElement(
            id=one.id,
            kind=one.kind,
            name=one.name,
            process=one.process,
            role=_role(one),
            form=one.form or "",
            limit=_limit_name(limit, one),
            limit_basis=limit.basis if limit else "",
            article=one.properties.get("article", ""),
        )
        for one in deployed.procedure.elements.values()
        if one.name and one.kind in diagrams.SHOWN
        for limit in [_limit(limits, one)]
    )


def _role(one: engine.Element) -> str:
    """The lane, system for what the machine does, '' for what happens."""
    if one.kind in diagrams.BY_PEOPLE:
        return one.lane or ""
    return "system" if one.kind.endswith("Task") else ""


def _limit(limits: Mapping[str, deadlines.Limit], one: engine.Element) -> deadlines.Limit | None:
    found = LIMIT.search(one.due_date or one.timer or "")
    return limits.get(found[1]) if found else None


def _limit_name(limit: deadlines.Limit | None, one: engine.Element) -> str:
    return f"{limit.name}（{limit.amount}）" if limit else (one.due_date or one.timer or "")
