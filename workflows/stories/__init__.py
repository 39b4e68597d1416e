"""Stories: legal acts told as data, run in a throw-away database with a travelling clock."""

import atexit
import json
import re
import shutil
import tempfile
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import yaml

from workflows import designing, errors, models, procedures, store
from workflows.stories.acts import ACTS, act
from workflows.stories.stage import Stage, add_people, add_registry, instant, set_stage

__all__ = ["ACTS", "Stage", "Told", "act", "beginning", "furnish", "read", "tell"]

DEFAULT_AT = "2026-03-02T09:00"
FURNISHED_AT = instant("2020-01-01T00:00")
LEFT = "story"
"""Under this name a database keeps the stage on which a story was told."""


@dataclass
class Told:
    """What came of one story: `error` is empty when it went as told."""

    file: str
    name: str
    steps: int = 0
    error: str = ""


def tell(file: Path, url: str = "") -> Told:
    """Run the story in `file`; never raises for what the story says, see `Told.error`.

    `url`: a database as `beginning` builds it to tell it in, instead of a throw-away file.
    """
    told = Told(str(file), file.stem)
    try:
        story = _written(file)
        told.name = str(story["story"])
        with _stage(story, file, url) as stage:
            for told.steps, step in enumerate(story.get("steps") or [], 1):
                act(stage, step)
    except (
        errors.ZhengchengError,
        yaml.YAMLError,
        AttributeError,
        KeyError,
        TypeError,
        ValueError,
        OSError,
    ) as fault:
        said = fault.message if isinstance(fault, errors.ZhengchengError) else repr(fault)
        told.error = f"第{told.steps}步：{type(fault).__name__}：{said}"
    return told


class _Loader(yaml.SafeLoader):
    """YAML 1.2's booleans only: `no: 1` is a ground's number and `approved: yes` an answer."""

    yaml_implicit_resolvers = {  # noqa: RUF012
        first: [
            (tag, re.compile("(true|false)$") if tag == "tag:yaml.org,2002:bool" else pattern)
            for tag, pattern in resolvers
        ]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }


def read(file: Path) -> dict[str, Any]:
    """The story in a file, as data; `after` names a story whose people, rows and steps come first.

    The steps carry on with the case of that story.
    """
    story = _written(file)
    if "after" not in story:
        return story
    before = read(file.parent / story["after"])
    joined: dict[str, list[Any]] = {
        name: [*before.get(name, ()), *story.get(name, ())]
        for name in ("people", "subjects", "records", "steps")
    }
    told = {name: rows for name, rows in joined.items() if rows}
    return {**before, **story, **told, "at": before.get("at", DEFAULT_AT)}


def _written(file: Path) -> dict[str, Any]:
    return yaml.load(file.read_text("utf-8"), _Loader)  # noqa: S506 — a SafeLoader


def beginning(file: Path) -> tuple[str, Callable[[str], None]]:
    """A name, and what makes an empty database one in which the steps of the story begin.

    Stories that come after the same story begin in the same database: it is told only once.
    """
    after = _written(file).get("after")
    if after is None:
        return "told", furnish
    first = (file.parent / after).resolve()
    return f"after_{first.parent.name}_{first.stem}", partial(_tell_first, first)


def furnish(url: str) -> None:
    """Put the offices, the cast and every procedure of the house into an empty database."""
    house = store.travelling(url, FURNISHED_AT)
    try:
        set_stage(house)
        for key in procedures.known_keys():
            designing.deploy_bundle(house, procedures.load(key), key)
    finally:
        house.close()


def _tell_first(file: Path, url: str) -> None:
    """Furnish the database and tell the story in it; what comes next finds its stage again."""
    furnish(url)
    story = read(file)
    house = store.travelling(url, instant(story.get("at", DEFAULT_AT)))
    try:
        stage = Stage(house, folder=file.parent)
        add_people(house, story.get("people") or [])
        add_registry(stage, story)
        for step in list[dict[str, Any]](story.get("steps") or ()):
            act(stage, step)
        left = {"at": house.now.isoformat(), "cases": stage.cases, "current": stage.current}
        with house.transaction() as tx:
            said = {"name": LEFT, "value": json.dumps(left), "made_at": tx.now}
            tx.insert(models.keys, said)
    finally:
        house.close()


def _begun(file: Path) -> Path:
    """A database in which the story begins, made once in a process and copied for each."""
    name, build = beginning(file)
    if name not in _made:
        folder = tempfile.TemporaryDirectory()
        atexit.register(folder.cleanup)
        made = Path(folder.name) / f"{name}.sqlite3"
        empty = store.travelling(f"sqlite:///{made}", FURNISHED_AT)
        store.create_tables(empty)
        empty.close()
        build(f"sqlite:///{made}")
        _made[name] = made
    return _made[name]


_made: dict[str, Path] = {}


@contextmanager
def _stage(story: Mapping[str, Any], file: Path, url: str) -> Generator[Stage]:
    with tempfile.TemporaryDirectory() as temporary:
        if not url:
            url = f"sqlite:///{shutil.copy(_begun(file), temporary)}"
        left = _left_by_first(url) if "after" in story else {}
        at = instant(left.get("at") or story.get("at", DEFAULT_AT))
        house = store.travelling(url, at)
        stage = Stage(house, left.get("cases", {}), left.get("current", ""), file.parent)
        try:
            add_people(house, story.get("people") or [])
            if not left or story.get("subjects") or story.get("records"):
                add_registry(stage, story)
            yield stage
        finally:
            house.close()


def _left_by_first(url: str) -> dict[str, Any]:
    """The instant, the cases and the current case with which the story before ended."""
    house = store.travelling(url, FURNISHED_AT)
    try:
        with house.reading() as tx:
            row = tx.one(models.keys.select().where(models.keys.c.name == LEFT))
    finally:
        house.close()
    return json.loads(row["value"])
