"""bpmn/REQUIREMENTS.md and the house say the same: nothing is claimed that is not there, and back.

A row names where a requirement is realised (`process#element`, `table:`, `guard:`, `document:`,
`data:`) and the story or test that shows it, or it is open and says which later work realises it.
"""

import importlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from xml.etree import ElementTree as ET

import pytest
import yaml

from tests.walks import diagrams
from workflows import forms, settings

SOURCE = settings.PROCEDURES / "REQUIREMENTS.md"
NUMBERS = [
    *(f"R-{number:03}" for number in range(1, 191)),
    *(f"INV-{number:02}" for number in range(1, 25)),
]
LONGEST = 25
OPEN = "open"
QUOTED = re.compile(r"`([^`]+)`")
MONEY = re.compile(r"收费|费用|fee\b|charge", re.IGNORECASE)


@dataclass(frozen=True)
class Row:
    """One requirement; `places` and `shown` are empty where it is open, `why` where it is not."""

    number: str
    text: str
    places: tuple[str, ...]
    shown: tuple[str, ...]
    why: str


@cache
def rows() -> tuple[Row, ...]:
    return tuple(_rows())


def _rows() -> Iterator[Row]:
    for line in SOURCE.read_text("utf-8").splitlines():
        if line.startswith(("| R-", "| INV-")):
            number, text, places, shown = (one.strip() for one in line.strip("|").split("|"))
            is_open = places == OPEN
            yield Row(
                number,
                text,
                () if is_open else tuple(QUOTED.findall(places)),
                () if is_open else tuple(QUOTED.findall(shown)),
                shown if is_open else "",
            )


@cache
def tables() -> frozenset[str]:
    """Keys of every decision table of the house."""
    return frozenset(
        one.get("id", "")
        for file in settings.PROCEDURES.glob("*/*.dmn")
        for one in ET.fromstring(file.read_bytes()).iter()  # noqa: S314 — our own file
        if one.tag.endswith("}decision")
    )


@cache
def documents() -> frozenset[str]:
    """Kinds of every document of the house: templates that have their list of blocks beside."""
    return frozenset(
        file.stem for file in settings.FORMS.glob("*/*.html") if file.with_suffix(".yaml").exists()
    )


@cache
def elements(process: str) -> frozenset[str]:
    """Ids of everything drawn in a process."""
    file = next(settings.PROCEDURES.glob(f"*/{process}.bpmn"))
    root = ET.fromstring(file.read_bytes())  # noqa: S314 — our own file
    return frozenset(one.get("id", "") for one in root.iter())


@cache
def entries(file: str) -> frozenset[str]:
    """Ids of the entries of a file of bpmn/law."""
    return frozenset(_ids(yaml.safe_load((settings.LAW / file).read_text("utf-8"))))


def _ids(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        for key in ("id", "code", "key"):
            if isinstance(value.get(key), str):
                yield value[key]
        for one in value.values():
            yield from _ids(one)
    elif isinstance(value, list):
        for one in value:
            yield from _ids(one)


def is_there(place: str) -> bool:
    """Whether what a row names exists."""
    kind, _, name = place.partition(":")
    if "#" in place and kind != "data":
        process, _, element = place.partition("#")
        return process in diagrams.drawn() and element in elements(process)
    match kind:
        case "table":
            return name in tables()
        case "document":
            return name in documents()
        case "data":
            file, _, entry = name.partition("#")
            return (settings.LAW / file).is_file() and entry in entries(file)
        case "guard":
            module, _, function = name.rpartition(".")
            home = importlib.import_module(f"workflows.registry.{module}")
            return callable(getattr(home, function, None))
        case _:
            return False


def is_shown(test: str) -> bool:
    """Whether the story or the test exists."""
    path, _, name = test.partition("::")
    file = settings.ROOT / path
    if not file.is_file():
        return False
    return not name or f"def {name}(" in file.read_text("utf-8")


def test_every_requirement_and_invariant_has_one_row() -> None:
    assert [one.number for one in rows()] == NUMBERS


@pytest.mark.parametrize("number", NUMBERS)
def test_a_row_names_what_exists_or_says_why_it_is_open(number: str) -> None:
    row = next(one for one in rows() if one.number == number)
    assert 0 < len(row.text) <= LONGEST, row.text
    if row.why:
        return
    assert row.places, "neither realised nor open"
    assert row.shown, "nothing shows it"
    missing = [one for one in row.places if not is_there(one)]
    missing += [one for one in row.shown if not is_shown(one)]
    assert not missing


def test_everything_the_house_carries_is_asked_for_by_some_requirement() -> None:
    named = {place for row in rows() for place in row.places}
    carried = {f"table:{one}" for one in tables()} | {f"document:{one}" for one in documents()}
    for process, one in diagrams.drawn().items():
        carried |= {f"{process}#{task}" for task in one.user_tasks}
        if not any(place.startswith(f"{process}#") for place in named):
            carried.add(process)
    assert not carried - named


def test_no_form_of_the_house_has_a_field_for_money_to_be_paid_by_the_subject() -> None:
    """INV-14: 不得以任何形式收取费用."""
    asked = [
        f"{file.parent.name}/{file.name}: {one.key}"
        for file in settings.FORMS.glob("*/*.form")
        for one in forms.fields(forms.parse(file.read_bytes(), file.stem))
        if MONEY.search(f"{one.key} {one.label}")
    ]
    assert not asked
