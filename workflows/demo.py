"""演示: an installation with sample offices, people, imported batches and cases under way."""

import secrets
import string
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, cast

import orjson
import yaml
from tqdm import tqdm

from workflows import (
    access,
    designing,
    errors,
    intake,
    migrations,
    models,
    people,
    procedures,
    scheduler,
    settings,
    stories,
    terminal,
)
from workflows.registry import screening
from workflows.store import Row, Store, travelling
from workflows.stories import stage

SAMPLES = settings.ROOT / "workflows" / "samples"
LOGINS = settings.DATA / "demo.json"
BEGINS = timedelta(days=120)
"""The demonstration's cases began this long ago."""

REGISTRY = ("subjects", "records")
"""What the sample cases put into the registry beside the batches."""

Login = tuple[str, str, str, str]
"""Login, password, name and duties of a person of the demonstration."""


def prepare(tell: Callable[[str], None], *, fresh: bool = False) -> list[Login]:
    """Make the demonstration once; returns who may sign in.

    Raises NotDemonstration where a real installation's database stands, or one on a server is set.
    """
    if not settings.DATABASE_URL.startswith("sqlite:///"):
        raise errors.NotDemonstration("演示只用SQLite；请先取消ZHENGCHENG_DATABASE_URL")
    database = Path(settings.DATABASE_URL.removeprefix("sqlite:///"))
    if fresh:
        for file in (*database.parent.glob(f"{database.name}*"), settings.CLOCK, LOGINS):
            file.unlink(missing_ok=True)
    if not (LOGINS.exists() and database.exists()):
        _build(tell, database)
    return [(row[0], row[1], row[2], row[3]) for row in orjson.loads(LOGINS.read_bytes())]


def _build(tell: Callable[[str], None], database: Path) -> None:
    """Build beside the database and put it in place when whole: a stop half-way leaves nothing."""
    settings.DATA.mkdir(parents=True, exist_ok=True)
    if database.exists():
        raise errors.NotDemonstration(f"{database}；请另设ZHENGCHENG_DATA")
    unfinished = database.with_suffix(".building")
    for file in unfinished.parent.glob(f"{unfinished.name}*"):
        file.unlink()
    store = Store(f"sqlite:///{unfinished}")
    tell("建立数据库")
    migrations.migrate(store)
    logins = _furnish(store)
    for key in procedures.known_keys():
        tell(f"部署程序 {key}")
        designing.deploy_bundle(store, procedures.load(key), key)
    _import(store, tell)
    _act(travelling(store.url, _morning(store.now - BEGINS)), store.now, tell)
    tell("筛查高频失信主体")
    screening.screen(store, store.now.date())
    with store.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    store.close()
    settings.CLOCK.write_text("0")
    LOGINS.touch(mode=0o600)
    LOGINS.write_bytes(orjson.dumps(logins, option=orjson.OPT_INDENT_2))
    unfinished.rename(database)


def _furnish(store: Store) -> list[Login]:
    office = yaml.safe_load((SAMPLES / "office.yaml").read_text("utf-8"))
    names = {row["code"]: row["name"] for row in office["departments"]}
    passwords = {person["login"]: _password() for person in office["people"]}
    with store.transaction() as tx:
        people.furnish(tx, office, passwords)
    return [
        (person["login"], passwords[person["login"]], person["name"], _duties(person, names))
        for person in office["people"]
    ]


def _duties(person: dict[str, dict[str, list[str]]], names: dict[str, str]) -> str:
    return "；".join(
        f"{names[code]} {'、'.join(access.ROLES[role] for role in roles)}"
        for code, roles in person["roles"].items()
    )


def _password() -> str:
    letters = string.ascii_lowercase.replace("l", "").replace("o", "")
    return "-".join("".join(secrets.choice(letters) for _ in range(4)) for _ in range(3))


def _import(store: Store, tell: Callable[[str], None]) -> None:
    commands = (
        ("subjects.csv", intake.import_subjects),
        ("penalties.csv", intake.import_penalties),
    )
    with store.reading() as tx:
        actor = people.find_actor(tx, "wu", role="credit_center")
    for name, command in commands:
        file = SAMPLES / name
        size = file.stat().st_size
        with file.open("rb") as stream, terminal.progress_bar(name, size) as progress:
            receipt = command(store, actor, name, stream, progress=progress)
        tell(
            f"{name}：共{receipt.total}行，接收{receipt.accepted}，"
            f"重复{receipt.duplicates}，拒收{receipt.rejected}"
        )


def _act(past: Store, until: datetime, tell: Callable[[str], None]) -> None:
    """Tell the sample cases as they happened, on subjects of the imported batch."""
    story = stories.read(SAMPLES / "cases.yaml")
    tell(f"办理{story['story']}")
    told = stories.Stage(past, folder=SAMPLES)
    stage.add_registry(told, _meant({key: story[key] for key in REGISTRY}, told, until))
    for step in tqdm(story["steps"], unit="步", disable=None):
        if "days_ago" in step:
            scheduler.travel(past, _morning(until - timedelta(days=step["days_ago"])))
        else:
            stories.act(told, _meant(step, told, until))
    scheduler.travel(past, until)
    past.close()


def _meant(value: Any, told: stories.Stage, until: datetime) -> Any:
    """A step with days, instants and numbers in the place of what stands for them."""
    if isinstance(value, list):
        return [_meant(one, told, until) for one in cast("list[Any]", value)]
    if isinstance(value, Mapping):
        said = cast("Mapping[str, Any]", value)
        if said.keys() & {"days_ago", "days_ahead"}:
            return _day(said, until)
        if said.keys() & {"objection_of", "id_of", "record"}:
            return _number(said, told)
        return {name: _meant(one, told, until) for name, one in said.items()}
    now = told.store.now
    return {"today": now.date().isoformat(), "now": now.isoformat()}.get(value, value)


def _day(said: Mapping[str, Any], until: datetime) -> str:
    """A day counted from that of the demonstration, or an instant where a `time` is said."""
    day = until + timedelta(days=said.get("days_ahead", 0) - said.get("days_ago", 0))
    return f"{day.date()}T{said['time']}" if "time" in said else day.date().isoformat()


def _number(said: Mapping[str, Any], told: stories.Stage) -> Any:
    """What only the database knows: an objection's number, a record's id or how forms name it."""
    if "objection_of" in said:
        o = models.objections
        return _find(told, o, o.c.case_id == told.cases[said["objection_of"]])["number"]
    number = said.get("id_of") or said["record"]
    found = _find(told, models.records, models.records.c.doc_no == number)["id"]
    return found if "id_of" in said else f"record:{found}"


def _find(told: stories.Stage, table: Any, condition: Any) -> Row:
    with told.store.reading() as tx:
        return tx.one(table.select().where(condition))


def _morning(at: datetime) -> datetime:
    """When the office opens on that day."""
    return at.replace(hour=9, minute=0, second=0, microsecond=0)
