"""Whatever the house writes into the history of a case has a word that people can read."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import workflows
from web import event_words, subject_words, words
from workflows import scheduler
from workflows.queries import remarks
from workflows.registry import (
    commitments,
    disputes,
    interviews,
    listings,
    overdue,
    removal_grounds,
    repairs,
)

ROOMS = Path(workflows.__file__).parent
THE_ENGINES = {"step.kind"}
"""What the engine did, noted under its own name by `handling`: decided, fired."""


def modules() -> list[ast.Module]:
    return [ast.parse(file.read_text("utf-8")) for file in sorted(ROOMS.rglob("*.py"))]


def calls(tree: ast.AST) -> Iterator[ast.Call]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.Call))


def called(call: ast.Call) -> str:
    return getattr(call.func, "attr", "") or getattr(call.func, "id", "")


def first(call: ast.Call) -> list[ast.expr]:
    """The kinds that a call may write: of `a if x else b` both."""
    written = call.args[0]
    return [written.body, written.orelse] if isinstance(written, ast.IfExp) else [written]


def passed_on(tree: ast.Module, parameter: str) -> list[ast.expr]:
    """What a module gives its own function that takes the kind as a parameter."""
    takers = {
        one.name: [argument.arg for argument in one.args.args].index(parameter)
        for one in tree.body
        if isinstance(one, ast.FunctionDef)
        and parameter in [argument.arg for argument in one.args.args]
        and any(called(call) in {"note", "Event"} for call in calls(one))
    }
    return [
        written
        for call in calls(tree)
        if isinstance(call.func, ast.Name) and call.func.id in takers
        for written in first(ast.Call(call.func, call.args[takers[call.func.id] :], []))
    ]


def written() -> tuple[set[str], set[str]]:
    """Kinds of events that the source writes, and what it writes that is no literal."""
    kinds: set[str] = set()
    others: set[str] = set()
    for tree in modules():
        notes = [call for call in calls(tree) if called(call) in {"note", "Event"} and call.args]
        found = [one for call in notes for one in first(call)]
        found += [
            one for name in found if isinstance(name, ast.Name) for one in passed_on(tree, name.id)
        ]
        kinds |= {str(one.value) for one in found if isinstance(one, ast.Constant)}
        others |= {
            ast.unparse(one)
            for one in found
            if not isinstance(one, ast.Constant)
            and not (isinstance(one, ast.Name) and passed_on(tree, one.id))
        }
    return kinds, others


def test_every_kind_of_event_that_is_written_has_a_word() -> None:
    kinds, others = written()
    assert others <= THE_ENGINES | {"kind"}, others
    assert sorted((kinds | {"decided", "fired"}) - set(event_words.EVENTS)) == []


def test_remarks_of_the_history_are_of_kinds_that_are_written() -> None:
    kinds, _others = written()
    assert sorted(set(remarks.REMARKS) - kinds) == []


SHOWN = {
    "a listing": {"draft", "noticed", "terminated", "revoked"}
    | listings.IN_FORCE
    | {rule.status for rule in removal_grounds.GROUNDS.values()},
    "a commitment": set(commitments.NAMES),
    "a repair": set(repairs.STATES),
    "a dispute": set(disputes.STATUSES),
    "an interview": set(interviews.KINDS),
}
"""What the subject's page shows under `outcome`."""


@pytest.mark.parametrize("about", SHOWN)
def test_however_something_about_a_subject_stands_there_is_a_word_for_it(about: str) -> None:
    assert sorted(SHOWN[about] - set(subject_words.OUTCOMES)) == []


def test_every_kind_of_job_that_an_operator_sees_has_a_word() -> None:
    nightly = {*scheduler.DAILY, overdue.JOB}
    others = {"timer", "service", "message", "opening", listings.OVERDUE}
    assert sorted((nightly | others) - set(words.JOB_KINDS)) == []
