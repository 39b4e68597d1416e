"""Templates are uploaded by designers: they can neither run code, nor reach out, nor hang us."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from tests.documents import conftest, contexts
from workflows import documents, errors
from workflows.documents import sandbox

Files = dict[str, str | bytes]


def fill(source: str, **facts: Any) -> str:
    return sandbox.fill("t.html", {"t.html": source}, facts, {})


ATTACKS = {
    "class": "{{ ''.__class__.__mro__ }}",
    "globals": "{{ day.__globals__ }}",
    "attr filter": "{{ ''|attr('__class__') }}",
    "getitem": "{{ facts['__class__'] }}",
    "self": "{{ self.__init__.__globals__ }}",
    "format": "{{ '{0.__class__}'.format(1) }}",
    "big range": "{% for i in range(10**9) %}{% endfor %}",
    "nested loops": "{% for a in range(999) %}{% for b in range(999) %}{% endfor %}{% endfor %}",
    "loops over text": "{% for a in text %}{% for b in text %}{% endfor %}{% endfor %}",
    "endless macro": "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
    "branching macro": "{% macro m(n) %}{% if n %}{{ m(n-1) }}{{ m(n-1) }}{% endif %}"
    "{% endmacro %}{{ m(60) }}",
    "doubling macro": "{% macro d(x) %}{{ x }}{{ x }}{% endmacro %}{{ "
    + "d(" * 40
    + "'x'"
    + ")" * 40
    + " }}",
    "doubling concat": "{% set x = 'x' %}" + "{% set x = x ~ x %}" * 40,
    "doubling plus": "{% set x = 'x' %}" + "{% set x = x + x %}" * 40,
    "doubling block": "{% set x %}xx{% endset %}",
    "doubling numbers": "{% set x = 10 %}" + "{% set x = x * x %}" * 40,
    "times": "{{ 'x' * 10**9 }}",
    "power": "{{ 10 ** 10 ** 10 }}",
    "percent": "{{ '%1000000000d' % 1 }}",
    "center": "{{ 'x'|center(10**9) }}",
    "ljust": "{{ 'x'.ljust(10**9) }}",
    "lipsum": "{{ lipsum(10**6) }}",
    "cycler": "{{ cycler(1).next() }}",
    "recursive loop": "{% for a in [1] recursive %}{{ loop([1]) }}{% endfor %}",
    "include itself": "{% include 't.html' %}",
    "include a file": "{% include '/etc/hostname' %}",
    "flood": "{% for a in range(1000) %}{{ text }}{% endfor %}",
    "join flood": "{{ texts|join(text) }}",
    "unknown fact": "{{ nobody }}",
    "unknown field": "{{ facts.nobody }}",
    "change a fact": "{{ texts.append('x') }}",
    "syntax": "{% if %}",
    "zero": "{{ 1 / 0 }}",
    "wrong type": "{{ facts|round }}",
    "day of nonsense": "{{ 'gestern'|day }}",
}


@pytest.mark.parametrize("attack", ATTACKS.values(), ids=ATTACKS.keys())
def test_an_attack_is_refused_with_the_place(attack: str) -> None:
    with pytest.raises(errors.TemplateRefused, match=r"t\.html|hostname"):
        fill(attack, facts={"a": 1}, text="字" * 2000, texts=["字"] * 900)


def test_what_templates_need_is_allowed() -> None:
    source = (
        "{% set n = 1 + 2 %}{% for a in names|sort %}{{ loop.index }}{{ a }}{% endfor %}"
        "{{ n }}{{ names|join('、') }}{{ facts.items }}{{ at|day }}{{ 7 % 4 }}{{ 2 ** 3 }}"
    )
    found = fill(source, names=["乙", "甲"], facts={"items": "件"}, at="2026-03-09")
    assert found == "1乙2甲3乙、甲件2026年3月9日38"


def test_a_complaint_names_the_line() -> None:
    with pytest.raises(errors.TemplateRefused, match=r"t\.html第3行"):
        fill("甲\n乙\n{{ nobody }}")


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("2026-03-09", "2026年3月9日"),
        (date(2026, 12, 31), "2026年12月31日"),
        ("2026-03-09T16:30:00+00:00", "2026年3月10日"),
        (datetime(2026, 3, 9, 16, tzinfo=UTC), "2026年3月10日"),
    ],
)
def test_a_day_is_the_day_of_the_office(value: str | date, said: str) -> None:
    assert sandbox.day(value) == said


def test_a_moment_has_hour_and_minute_and_a_date_has_none() -> None:
    assert sandbox.moment("2026-03-09T02:05:00+00:00") == "2026年3月9日10时05分"
    assert sandbox.moment("2026-03-09") == "2026年3月9日"


def test_an_instant_without_offset_is_refused() -> None:
    with pytest.raises(ValueError, match="没有时区"):
        sandbox.moment("2026-03-09T02:05:00")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("成立", "成立。"),
        ("成立。", "成立。"),
        ("成立；", "成立。"),
        ("属实？", "属实？"),
        ("“甲。”", "“甲。”"),
    ],
)
def test_a_sentence_ends_once(text: str, said: str) -> None:
    assert sandbox.sentence(text) == said


def test_joined_evidence_is_escaped_once() -> None:
    assert fill("{{ ['A&B']|each|join('；')|sentence }}") == "A&amp;B。"


@pytest.mark.parametrize(
    ("number", "masked"),
    [("410505199001010017", "410505********0017"), ("E12345678", "E1*****78")],
)
def test_identity_numbers_are_masked(number: str, masked: str) -> None:
    assert sandbox.masked_id(number) == masked


REACHING_OUT = [
    '<img src="file:///etc/hostname">',
    '<img src="http://127.0.0.1:9/x.png">',
    '<img src="ftp://127.0.0.1/x.png">',
    '<img src="asset:nobody.png">',
    '<img src="asset:../../etc/hostname">',
    '<img src="asset:prior_notice.yaml">',
    '<object data="file:///etc/hostname"></object>',
    '<link rel="attachment" href="file:///etc/hostname">',
    '<a rel="attachment" href="file:///etc/hostname">x</a>',
    '<style>@import url("http://127.0.0.1:9/x.css");</style>',
    '<style>@font-face{font-family:x;src:url("file:///etc/hostname")}</style>',
    '<style>p{background:url("file:///etc/hostname")}</style>',
    '<svg viewBox="0 0 9 9"><image href="file:///etc/hostname" width="9" height="9"/></svg>',
]


@pytest.mark.parametrize("markup", REACHING_OUT)
def test_a_template_cannot_reach_files_or_the_network(files: Files, markup: str) -> None:
    path = "objection/objection_answer.html"
    text = files[path]
    assert isinstance(text, bytes)
    changed = text.replace(b"{% block body %}", b"{% block body %}" + markup.encode())
    with pytest.raises(errors.TemplateRefused, match="流程包以外"):
        documents.render(
            "objection_answer",
            {**files, path: changed},
            contexts.OBJECTION_ANSWER,
            number=contexts.NUMBERS["objection_answer"],
            issued_at=conftest.AT,
        )


def test_a_picture_of_the_bundle_is_shown(files: Files) -> None:
    path = "objection/objection_answer.html"
    text = files[path]
    assert isinstance(text, bytes)
    changed = text.replace(b"{% block body %}", b'{% block body %}<img src="asset:mark.svg">')
    mark = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><circle r="9"/></svg>'
    found = documents.render(
        "objection_answer",
        {**files, path: changed, "objection/mark.svg": mark},
        contexts.OBJECTION_ANSWER,
        number=contexts.NUMBERS["objection_answer"],
        issued_at=conftest.AT,
    )
    assert found.pages >= 2


def test_faults_are_complained_of_before_deploying(files: Files) -> None:
    changed = {**files, "prior_notice/prior_notice.html": "{% if %}{{ a ~ b }}"}
    found = documents.check_template("prior_notice", changed)
    assert found[0].startswith("prior_notice.html第1行")
    assert any("拟列入事由" in one for one in found)


def test_a_style_that_cannot_be_set_is_refused(files: Files) -> None:
    sheet = files["shared/document.css"]
    assert isinstance(sheet, bytes)
    with pytest.raises(errors.TemplateRefused, match="无法排版"):
        documents.render(
            "objection_answer",
            {**files, "shared/document.css": sheet + b"body{font-size:1000000pt}"},
            contexts.OBJECTION_ANSWER,
            number=contexts.NUMBERS["objection_answer"],
            issued_at=conftest.AT,
        )
