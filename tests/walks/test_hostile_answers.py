"""Every form of every procedure, filled in by somebody who means harm or by a broken program."""

import hashlib
import json
import random
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

import pytest

from tests.databases import Databases, Kind
from tests.walks import house, office, walk
from workflows import cases, errors, forms, models, procedures
from workflows.cases import answering

INJECTION = "{{7*7}} ${7*7} #{7*7} {% raw %} =7*7 <script>alert(7*7)</script> ' OR 1=1 -- 列入"
FOREIGN = hashlib.sha256(b"%PDF-1.4 another case").hexdigest()


def nested(depth: int) -> Any:
    value: Any = "x"
    for _ in range(depth):
        value = [value] if depth % 2 else {"no": value, "text": value}
    return value


HOSTILE: dict[str, Any] = {
    "nothing": None,
    "blank": "   ",
    "nought": 0,
    "negative": -1,
    "fraction": 1.5,
    "yes": True,
    "no": False,
    "not a number": float("nan"),
    "without end": float("inf"),
    "huge": 10**18,
    "larger than a machine word": 10**30,
    "larger than any float": 10**400,
    "number as text": "1e400",
    "digits of another script": "١٢",
    "long": "长" * 200_000,
    "zero byte": "a\x00b",
    "escape": "\x1b[31m",
    "turned round": "\u202e列入",
    "half a character": "\ud800",
    "astral": "𠮷😀",
    "injection": INJECTION,
    "expression": "=1+1",
    "a day that is none": "2026-02-30",
    "a time that is none": "2026-13-01T25:61",
    "the first instant": "0001-01-01T00:00:00+23:59",
    "the last instant": "9999-12-31T23:59:59-23:59",
    "another zone": "2026-03-02T09:00:00-12:00",
    "an unknown option": "no_such_option",
    "a file nobody added": "f" * 64,
    "a file of another case": FOREIGN,
    "files of another case": [FOREIGN],
    "not a hash": "F" * 64 + "../../etc/passwd",
    "empty list": [],
    "empty object": {},
    "list of nothing": [None],
    "list of lists": [[[]]],
    "list of everything": [1, "a", None, {"no": 1}, [], True],
    "rows of junk": [{"no": "x", "text": 7, "accepted": "maybe", "grounds": {"a": 1}}],
    "rows of injection": [{"no": 1, "text": INJECTION, "evidence_ref": INJECTION, "reason": "x"}],
    "too many rows": [{"no": 1, "text": "多"}] * 500,
    "deep": nested(41),
    "deep objects": nested(10),
    "__proto__": {"__proto__": {"admin": True}, "constructor": "x"},
}


@pytest.fixture
def begun(databases: Databases, words_only: None) -> Iterator[walk.Walk]:
    """Two open cases, the second with an attachment that is not the first one's."""
    under_way = begin(databases)
    yield under_way
    under_way.close()


@pytest.fixture(scope="module")
def looked_at(database_kind: Kind, tmp_path_factory: pytest.TempPathFactory) -> Iterator[walk.Walk]:
    """As `begun`, for tests that change nothing."""
    databases = Databases(database_kind, tmp_path_factory.mktemp("looked_at"))
    under_way = begin(databases)
    yield under_way
    under_way.close()
    databases.drop()


def begin(databases: Databases) -> walk.Walk:
    under_way = walk.Walk(databases, random.Random(5), steady=True)  # noqa: S311
    while len(under_way.rows.of("cases", status="open")) < 2:
        under_way.open()
    other = under_way.rows.of("cases", status="open")[1]
    wang = next(one for one in under_way.cast if one.login == "wang")
    cases.add_attachment(under_way.store, wang, other["id"], "x.pdf", b"%PDF-1.4 another case")
    return under_way


def all_forms() -> list[str]:
    return sorted(procedures.read_forms(procedures.load("serious_listing")))


def harmful(form: forms.Form, value: Any) -> Iterator[dict[str, Any]]:
    """The value in every field at once, in each field alone, and in the fields of every row."""
    keys = [one.key for one in forms.fields(form) if one.key]
    yield dict.fromkeys(keys, value)
    yield {str(value)[:100]: value}
    for one in form.fields:
        if one.key:
            yield {one.key: value}
            yield {one.key: [value, value]}
        if one.kind == "dynamiclist":
            yield {one.key: [dict.fromkeys([child.key for child in one.fields], value)]}


@pytest.mark.parametrize("name", all_forms())
def test_a_form_takes_what_is_harmless_and_complains_of_the_rest(
    looked_at: walk.Walk, name: str
) -> None:
    with looked_at.store.reading() as tx:
        case = tx.one(models.cases.select().order_by(models.cases.c.id))
        form = procedures.deployed(tx, case["procedure_id"]).forms[name]
        for what, value in HOSTILE.items():
            for answers in harmful(form, value):
                try:
                    taken = answering.clean(tx, case, form, answers, case["facts"][""])
                except errors.AnswersRefused as refused:
                    complaints = refused.complaints
                else:
                    check_harmless(taken, what)
                    continue
                assert complaints, what
                assert all(office.CHINESE.search(one) for one in complaints.values())


def check_harmless(taken: Mapping[str, Any], what: str) -> None:
    """JSON that can be kept, in the sizes of the form, with nothing that cannot be printed."""
    said = json.dumps(taken, allow_nan=False, ensure_ascii=False).encode()
    assert len(said) < 2_000_000, what
    for bad in (b"\\u0000", b"\\u001b", "\u202e".encode(), FOREIGN.encode()):
        assert bad not in said, what


def test_tasks_filled_with_harm_are_refused_or_go_on_and_the_case_still_ends(
    begun: walk.Walk,
) -> None:
    """Every hostile value is tried on every task that a listing with an objection meets."""
    rng = random.Random(3)  # noqa: S311
    wang = next(one for one in begun.cast if one.login == "wang")
    values = list(HOSTILE.values())
    for _ in range(16):
        for case in begun.rows.of("cases", status="open"):
            for message in ("objection_received", "waiver_signed"):
                answers = {key: rng.choice(values) for key in ("received_at", "points", "evidence")}
                begun.try_to(
                    f"harmful {message} {str(answers)[:200]}",
                    lambda c=case, m=message, a=answers: cases.send_message(
                        begun.store, wang, c["id"], m, a
                    ),
                )
        for task in begun.rows.of("tasks", status="open"):
            harm(begun, task, rng)
        open_now = begun.rows.of("cases", status="open")
        if not open_now:
            break
        begun.object()
        begun.go_on(open_now[0]["id"])
    begun.finish()
    assert not [one["error"] for one in begun.rows.of("jobs") if one["error"]]


def harm(begun: walk.Walk, task: Mapping[str, Any], rng: random.Random) -> None:
    """Good answers with one or two of them spoiled, as draft and as answer."""
    actor = begun.find_hand(dict(task))
    if actor is None:
        return
    for _ in range(3):
        answers = begun.answers(dict(task), actor, careful=True)
        for key in rng.sample(sorted(answers), k=min(2, len(answers))):
            answers[key] = rng.choice(list(HOSTILE.values()))
        begun.try_to(
            f"{actor.login} drafts harm",
            lambda a=answers: cases.save_draft(begun.store, actor, task["id"], a),
        )
        if begun.complete(dict(task), actor, answers) is None:
            return


def told_by_walk(databases: Databases, seed: int) -> dict[str, str]:
    """Document → what a walk printed on it last, where the walk came to a listing; else nothing."""
    under_way = walk.Walk(databases, random.Random(seed), steady=True)  # noqa: S311
    while not under_way.rows.of("cases", status="open"):
        under_way.open()
    for _ in range(3):
        under_way.object()
    under_way.finish()
    printed = {
        one["kind"]: under_way.rows.of("document_bytes", document_id=one["id"])[0]["pdf"].decode()
        for one in under_way.rows.of("documents")
    }
    under_way.close()
    return printed if "listing_decision" in printed else {}


def test_what_is_typed_is_printed_and_never_run(
    databases: Databases, words_only: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Templates, expressions and markup in answers come out as they were typed."""
    monkeypatch.setattr("tests.walks.filling.TEXTS", (INJECTION,))
    monkeypatch.setattr("tests.walks.samples.of", lambda _element, _keys: [])
    printed = next(said for said in map(partial(told_by_walk, databases), range(2, 10)) if said)
    assert {"prior_notice", "listing_decision"} <= set(printed)
    for kind in ("prior_notice", "listing_decision"):
        assert "{{7*7}} ${7*7} #{7*7} {% raw %} =7*7" in printed[kind]
        assert "&lt;script&gt;alert(7*7)&lt;/script&gt;" in printed[kind]
    assert not [kind for kind, page in printed.items() if "<script" in page]


@pytest.mark.parametrize("subject", [house.COMPANY, house.PUPIL])
def test_a_start_form_full_of_harm_opens_nothing(begun: walk.Walk, subject: int) -> None:
    wang = next(one for one in begun.cast if one.login == "wang")
    before = len(begun.rows.of("cases"))
    for value in HOSTILE.values():
        keys = ["list_code", "region", "harm_class", "summary"]
        answers: dict[str, Any] = dict.fromkeys(keys, value)
        begun.try_to(
            f"wang opens with {str(value)[:50]}",
            lambda a=answers: cases.open_case(
                begun.store, wang, "serious_listing", a, subject_id=subject
            ),
        )
    assert len(begun.rows.of("cases")) == before
