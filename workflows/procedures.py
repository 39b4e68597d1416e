"""Procedures: load, check (all complaints at once), hash, deploy as a frozen bundle."""

import hashlib
import re
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

import orjson

from workflows import (
    access,
    deadlines,
    documents,
    engine,
    errors,
    forms,
    models,
    settings,
    workdays,
)
from workflows.access import Actor
from workflows.engine import Bundle, Complaint
from workflows.store import Row, Store, Transaction

LAW_FILES = ("limits.yaml", "escalation.yaml", "lists.yaml", "measures.yaml", "thresholds.yaml")
"""The law that is frozen with a procedure: a running case stays on the text it began with."""

WORDING = frozenset({"clauses.yaml"})
"""What lies among the forms and is no document: wording kept as data, by version."""

OPENING_FACTS = {"subject_id": "number", "record_ids": "list"}
"""Facts that every case has from its opening."""

_CALLED = re.compile(rb'calledElement="(\w+)"')
_DECISION = re.compile(rb'decisionRef="(\w+)"')


@dataclass(frozen=True)
class Deployed:
    """One version of a procedure, read once and shared by every case that runs on it."""

    id: int
    key: str
    version: int
    hash: str
    bundle: Bundle
    procedure: engine.Procedure

    @cached_property
    def forms(self) -> Mapping[str, forms.Form]:
        """Forms by '<process>/<form key>'."""
        return read_forms(self.bundle)

    @cached_property
    def limits(self) -> tuple[deadlines.Limit, ...]:
        """The limits as they stood at deployment."""
        return deadlines.read_limits(self.bundle["law/limits.yaml"].decode())

    @cached_property
    def ladder(self) -> tuple[deadlines.Rung, ...]:
        """The escalation ladder (D18) as it stood at deployment."""
        return deadlines.read_ladder(self.bundle["law/escalation.yaml"].decode())

    def get_ready(self) -> tuple[object, ...]:
        """Its parts, each read now rather than when a case first needs it."""
        return self.forms, self.limits, self.ladder


def load(key: str) -> dict[str, bytes]:
    """Gather the procedure `key` from bpmn/ and forms/, with all that it calls; path → bytes."""
    home = settings.PROCEDURES / key
    if not (home / f"{key}.bpmn").is_file():
        raise errors.NotFound(f"没有程序“{key}”：缺少 bpmn/{key}/{key}.bpmn")
    return load_folder(home)


def load_folder(home: Path) -> dict[str, bytes]:
    """As `load`, from the folder `home` named after its procedure."""
    bundle = {
        f"{home.name}/{file.name}": file.read_bytes()
        for file in sorted(home.iterdir())
        if file.suffix in {".bpmn", ".dmn"}
    }
    _add_called(bundle)
    processes = {Path(path).stem for path in bundle if path.endswith(".bpmn")}
    for folder in sorted({"shared", *processes}):
        for file in sorted((settings.FORMS / folder).glob("*")):
            if file.is_file() and file.suffix != ".md":
                bundle[f"forms/{folder}/{file.name}"] = file.read_bytes()
    for name in LAW_FILES:
        bundle[f"law/{name}"] = (settings.LAW / name).read_bytes()
    return bundle


def known_keys() -> list[str]:
    """The procedures that the house carries: folders of bpmn/ with a diagram of their name."""
    folders = (folder for folder in settings.PROCEDURES.iterdir() if folder.is_dir())
    return sorted(folder.name for folder in folders if (folder / f"{folder.name}.bpmn").is_file())


@lru_cache
def house_form(name: str) -> forms.Form:
    """A form that belongs to no procedure, `shared/change`, as the house carries it."""
    return forms.parse((settings.FORMS / f"{name}.form").read_bytes(), name)


def check_bundle(bundle: Bundle, key: str, offered_topics: engine.Topics) -> list[Complaint]:
    """Everything wrong with the bundle at once: diagrams, decisions, forms, limits."""
    complaints: list[Complaint] = []
    offered = _offer(bundle, offered_topics, complaints)
    for path in sorted(bundle):
        if path.endswith(".yaml") and path.startswith("forms/") and Path(path).name not in WORDING:
            name = Path(path).stem
            faults = documents.check_template(name, bundle)
            complaints += [Complaint(path, name, fault) for fault in faults]
    return complaints + engine.check(bundle, key, offered)


def deploy(
    store: Store,
    bundle: Bundle,
    key: str,
    offered_topics: engine.Topics,
    actor: Actor | None = None,
    note: str = "",
) -> int:
    """Deploy as a new version and return its number; the same content again adds nothing.

    Raises ProcedureRefused with every complaint. Running cases stay on their version.
    """
    digest = bundle_hash(bundle)
    fact_types = _sound_types(bundle, key, offered_topics, digest)
    with store.transaction() as tx:
        hold_versions(tx, key)
        newest = _newest(tx, key)
        if newest is not None and newest["hash"] == digest:
            return newest["version"]
        version = newest["version"] + 1 if newest else 1
        tx.insert(
            models.procedures,
            {
                "key": key,
                "version": version,
                "name": engine.parse(bundle, key, fact_types).name,
                "fact_types": fact_types,
                "hash": digest,
                "bundle": pack(bundle),
                "note": note,
                "suspended_at": newest["suspended_at"] if newest else None,
                "deployed_at": tx.now,
                "deployed_by": actor.person_id if actor else None,
            },
        )
    return version


def _sound_types(bundle: Bundle, key: str, topics: engine.Topics, digest: str) -> engine.FactTypes:
    """The types of the facts of a bundle in which nothing is wrong; found once in a process."""
    known = _sound.get((digest, key))
    if known is not None and known[0] is topics:
        return known[1]
    wrong = [one for one in check_bundle(bundle, key, topics) if one.severity == "error"]
    if wrong:
        raise errors.ProcedureRefused(wrong)
    fact_types = engine.fact_types(bundle, key, _offer(bundle, topics, []))
    _sound[digest, key] = topics, fact_types
    return fact_types


def hold_versions(tx: Transaction, key: str) -> None:
    """Until the commit nobody else adds a version of the procedure or suspends it."""
    tx.queue_at(f"deploy-{key}")


def latest(tx: Transaction, key: str) -> Deployed:
    """The newest version; raises NotFound when the procedure was never deployed."""
    row = _newest(tx, key)
    if row is None:
        raise errors.NotFound(f"程序“{key}”尚未部署")
    return deployed(tx, row["id"])


def open_to_new(tx: Transaction, key: str) -> Deployed:
    """As `latest`, for a case about to be opened; CaseSuspended while the operator holds it."""
    row = _newest(tx, key)
    if row is None:
        raise errors.NotFound(f"程序“{key}”尚未部署")
    if row["suspended_at"] is not None:
        raise errors.CaseSuspended(f"程序“{row['name']}”")
    return deployed(tx, row["id"])


def check_running(tx: Transaction, procedure_id: int) -> None:
    """Raise CaseSuspended where the operator has come first.

    Asked after the row of a new case is written: from then on a suspension waits for its commit.
    """
    row = tx.one(_SUSPENDED, procedure_id=procedure_id)
    if row["suspended_at"] is not None:
        raise errors.CaseSuspended


def deployed(tx: Transaction, procedure_id: int) -> Deployed:
    """The version with this id; read from the database once in a process, then from memory."""
    known = _cache.get((tx.origin, procedure_id))
    if known is None:
        row = tx.one(models.procedures.select().where(models.procedures.c.id == procedure_id))
        known = _read(row)
        if len(_cache) > 200:
            _cache.clear()
        _cache[tx.origin, procedure_id] = known
    return known


def bundle_of(tx: Transaction, procedure_id: int) -> dict[str, bytes]:
    """The files of a version as they were deployed."""
    return dict(deployed(tx, procedure_id).bundle)


def supplies(deployed: Deployed, topics: engine.Topics) -> engine.Supplies:
    """Which element of the version supplies which facts; found once in a process."""
    known = _supplies.get(deployed.hash)
    if known is None:
        known = engine.supplies(deployed.bundle, deployed.key, _offer(deployed.bundle, topics, []))
        _supplies[deployed.hash] = known
    return known


def replace_file(bundle: Bundle, filename: str, data: bytes) -> dict[str, bytes]:
    """The bundle with the one file of that name exchanged; raises FileRefused for a stranger."""
    paths = [path for path in bundle if path.rsplit("/", 1)[-1] == filename]
    if len(paths) != 1:
        names = "、".join(sorted(path.rsplit("/", 1)[-1] for path in bundle if "law/" not in path))
        raise errors.FileRefused(f"该程序没有名为“{filename}”的文件；可替换的文件：{names}")
    return {**bundle, paths[0]: data}


@lru_cache(maxsize=1)
def calendar() -> workdays.Calendar:
    """The official calendars as they stand now: a new year's notice reaches running cases too."""
    return workdays.load_calendars(settings.LAW / "calendar")


def bundle_hash(bundle: Bundle) -> str:
    """sha256 over paths and contents, sorted."""
    digest = hashlib.sha256()
    for path in sorted(bundle):
        digest.update(f"{path}\0{len(bundle[path])}\0".encode())
        digest.update(bundle[path])
    return digest.hexdigest()


def pack(bundle: Bundle) -> bytes:
    """A bundle as it is kept: JSON path → text, compressed."""
    return zlib.compress(orjson.dumps({path: bundle[path].decode() for path in sorted(bundle)}))


def read_forms(bundle: Bundle) -> dict[str, forms.Form]:
    """Every form of the bundle, by '<process>/<form key>'."""
    return {
        _form_name(path): forms.parse(data, _form_name(path))
        for path, data in bundle.items()
        if path.endswith(".form")
    }


_p = models.procedures
_NEWEST = (
    _p.select()
    .with_only_columns(_p.c.id, _p.c.version, _p.c.name, _p.c.hash, _p.c.suspended_at)
    .where(_p.c.key == models.given("of_key"))
    .order_by(_p.c.version.desc())
    .limit(1)
)

_SUSPENDED = (
    _p.select().with_only_columns(_p.c.suspended_at).where(_p.c.id == models.given("procedure_id"))
)

_cache: dict[tuple[str, int], Deployed] = {}
_supplies: dict[str, engine.Supplies] = {}
_sound: dict[tuple[str, str], tuple[engine.Topics, engine.FactTypes]] = {}


def _read(row: Row) -> Deployed:
    packed = orjson.loads(zlib.decompress(row["bundle"]))
    bundle = {path: text.encode() for path, text in packed.items()}
    return Deployed(
        id=row["id"],
        key=row["key"],
        version=row["version"],
        hash=row["hash"],
        bundle=bundle,
        procedure=engine.parse(bundle, row["key"], row["fact_types"]),
    )


def _newest(tx: Transaction, key: str) -> Row | None:
    """The newest version without its bundle."""
    return tx.first(_NEWEST, of_key=key)


def _add_called(bundle: dict[str, bytes]) -> None:
    """Add the shared diagrams and decisions that the bundle's diagrams call, and theirs."""
    waiting = list(bundle.values())
    while waiting:
        data = waiting.pop()
        names = [f"{name.decode()}.bpmn" for name in _CALLED.findall(data)]
        names += [f"{name.decode()}.dmn" for name in _DECISION.findall(data)]
        for name in names:
            file = settings.PROCEDURES / "shared" / name
            if f"shared/{name}" not in bundle and file.is_file():
                bundle[f"shared/{name}"] = file.read_bytes()
                waiting.append(bundle[f"shared/{name}"])


def _offer(bundle: Bundle, topics: engine.Topics, complaints: list[Complaint]) -> engine.Offered:
    """What the house and the bundle supply to its diagrams; faulty forms become complaints."""
    shapes: dict[str, Mapping[str, str]] = {}
    for path, data in bundle.items():
        if path.endswith(".form"):
            try:
                shapes[_form_name(path)] = forms.types(forms.parse(data, _form_name(path)))
            except errors.Refusal as refusal:
                complaints.append(Complaint(path, "", refusal.message))
    return engine.Offered(
        topics=topics,
        forms=shapes,
        limits=_limit_ids(bundle),
        roles=set(access.ROLES),
        facts=OPENING_FACTS,
    )


def _form_name(path: str) -> str:
    return path.removeprefix("forms/").removesuffix(".form")


def _limit_ids(bundle: Bundle) -> set[str]:
    text = bundle.get("law/limits.yaml")
    if text is None:
        return set()
    return {limit.id for limit in deadlines.read_limits(text.decode())}
