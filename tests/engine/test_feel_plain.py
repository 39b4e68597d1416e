"""What is answered without V8 is what V8 would have answered."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workflows.engine import feel, feel_plain

TYPES = {
    "title": "string",
    "count": "number",
    "agreed": "boolean",
    "审查结论": "string",
    "served_on": "date",
    "anything": "any",
}
TEXTS = st.sampled_from(["", "yes", "no", "同意", "2026-03-02", "10", "true"])
NUMBERS = st.integers(-3, 12) | st.sampled_from([2**53 - 1, 0.5, 3.0])
FACTS = st.fixed_dictionaries(
    {
        "title": TEXTS | st.none(),
        "count": NUMBERS | st.none(),
        "agreed": st.booleans() | st.none(),
        "审查结论": TEXTS,
        "served_on": st.just("2026-03-02") | st.none(),
        "anything": TEXTS | NUMBERS | st.booleans() | st.none() | st.just([]),
    }
)
CONSTANTS = st.sampled_from(
    ['""', '"yes"', '"同意"', '"2026-03-02"', '"10"', '" and "', "0", "3", "007", "true", "false"]
)
SIGNS = st.sampled_from(["=", "!=", "<", "<=", ">", ">="])
SPACE = st.sampled_from(["", " ", "  "])
COMPARED = st.builds(
    lambda name, space, sign, constant: f"{name}{space}{sign}{space}{constant}",
    st.sampled_from(sorted(TYPES)),
    SPACE,
    SIGNS,
    CONSTANTS,
)
ATOMS = st.sampled_from(sorted(TYPES)) | COMPARED
PLAIN = st.lists(ATOMS, min_size=1, max_size=3).map(" and ".join)


def by_v8(text: str, facts: dict[str, Any]) -> Any:
    known = feel.feel_facts.check_facts(facts, TYPES)
    return feel.hop("evaluate", TYPES, expressions=[text], facts=known, mode="values")[0]


@settings(max_examples=400, deadline=None)
@given(text=PLAIN, facts=FACTS)
def test_a_plain_answer_is_the_answer_of_v8(text: str, facts: dict[str, Any]) -> None:
    known = feel.feel_facts.check_facts(facts, TYPES)
    plain = feel_plain.value(text, known, TYPES)
    if plain is not feel_plain.UNDECIDED:
        true = by_v8(text, facts)
        assert (plain, type(plain)) == (true, type(true))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("agreed", True),
        ("agreed = true and count > 2", True),
        ('title = "yes" and agreed', True),
        ('title != "yes"', False),
        ("count", 3),
        (" title ", "yes"),
    ],
)
def test_comparisons_with_constants_are_plain(text: str, value: object) -> None:
    facts = {"agreed": True, "count": 3, "title": "yes"}
    assert feel_plain.value(text, facts, TYPES) == value


@pytest.mark.parametrize(
    "text",
    [
        "",
        "not(agreed)",
        "agreed or count > 2",
        "title.length",
        "agreed = true and",
        "and agreed",
        "count + 1",
        "count > 2.5",
        "count = -1",
        'title < "z"',
        'title = "a\\"b"',
        "served_on",
        "anything",
        "unknown",
        "true",
        "if agreed then 1 else 2",
        "count > 2 > 1",
        'title = "yes" agreed',
        "agreedand count",
    ],
)
def test_everything_else_is_left_to_v8(text: str) -> None:
    facts = {"agreed": True, "count": 3, "title": "yes", "anything": True, "served_on": None}
    assert feel_plain.value(text, facts, TYPES) is feel_plain.UNDECIDED


def test_the_first_condition_that_holds_is_found_without_asking_the_others() -> None:
    facts = {"agreed": True, "count": 3}
    assert feel.first_true(["count > 5", "agreed", "1 / 0 > 1"], facts, TYPES) == 1
    assert feel.first_true(["count > 5", "count < 2"], facts, TYPES) is None
