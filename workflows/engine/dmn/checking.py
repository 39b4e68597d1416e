"""What can be said against a decision before it decides."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from workflows.engine import feel
from workflows.engine.complaints import Complaint
from workflows.engine.dmn import overlaps
from workflows.engine.dmn.tables import SINGLE, Decision, Input, Output


@dataclass(frozen=True)
class _Text:
    """One text of a table, where it stands and what type it must have."""

    element: str
    place: str
    question: feel.Question
    result: str | None = None
    """The type an expression must give."""


def check_decision(
    decision: Decision, types: feel.Types | None = None, file: str = ""
) -> list[Complaint]:
    """Every fault of a decision over facts of these types; without types any name may be a fact."""
    texts = list(_texts(decision, open_=types is None))
    known = dict(types or {}) | {one.variable: one.type_ref for one in decision.requires}
    answers = feel.examine([text.question for text in texts], known)
    complaints: list[Complaint] = []
    for text, answer in zip(texts, answers, strict=True):
        if answer.complaint:
            complaints.append(Complaint(file, text.element, f"{text.place}{answer.complaint}"))
        elif text.result and not _fits(answer.kind, text.result):
            got, wanted = feel.KIND_NAMES[answer.kind], feel.KIND_NAMES[text.result]
            complaints.append(Complaint(file, text.element, f"{text.place}应为{wanted}，却是{got}"))
    if not complaints:
        complaints += _check_values(decision, file)
    return complaints


def facts_of(decision: Decision) -> frozenset[str]:
    """The names a decision takes as facts, and those the decisions it requires take."""
    answers = feel.examine([text.question for text in _texts(decision, open_=True)], {})
    names = frozenset[str]().union(*(answer.facts for answer in answers))
    own = names - {one.variable for one in decision.requires}
    return own.union(*(one.facts for one in decision.requires))


def _fits(kind: str, type_ref: str) -> bool:
    return type_ref == "any" or kind in {"any", "null", type_ref}


def _texts(decision: Decision, *, open_: bool) -> Iterator[_Text]:
    for one in decision.inputs:
        place = f"输入“{one.name}”："
        expression = feel.Question(one.expression, unknown_facts=open_)
        yield _Text(one.id, place, expression, one.type_ref)
        if one.allowed:
            yield _Text(one.id, f"{place}允许取值", _cell(one.allowed, one.type_ref, open_=open_))
    for one in decision.outputs:
        place = f"输出“{one.name}”："
        if one.allowed:
            yield _Text(one.id, f"{place}允许取值", _cell(one.allowed, one.type_ref, open_=open_))
        if one.default is not None:
            default = feel.Question(one.default, unknown_facts=open_)
            yield _Text(one.id, f"{place}缺省值", default, one.type_ref)
    for number, rule in enumerate(decision.rules, 1):
        for column, cell in zip(decision.inputs, rule.tests, strict=True):
            place = f"第 {number} 条规则“{column.name}”列："
            yield _Text(rule.id, place, _cell(cell, column.type_ref, open_=open_))
        for column, cell in zip(decision.outputs, rule.results, strict=True):
            place = f"第 {number} 条规则“{column.name}”列："
            expression = feel.Question(cell, unknown_facts=open_)
            yield _Text(rule.id, place, expression, column.type_ref)


def _cell(text: str, type_ref: str, *, open_: bool) -> feel.Question:
    return feel.Question(text, "tests", type_ref, unknown_facts=open_)


# -- the values of sound cells ---------------------------------------------------------------------


def _check_values(decision: Decision, file: str) -> list[Complaint]:
    columns = [
        _column(one, [rule.tests[at] for rule in decision.rules])
        for at, one in enumerate(decision.inputs)
    ]
    complaints = list(_check_outputs(decision, file))
    complaints += _check_reachable(decision, columns, file)
    if decision.hit_policy == "UNIQUE":
        complaints += _check_disjoint(decision, columns, file)
    undefined = all(output.default is None for output in decision.outputs)
    if decision.hit_policy in SINGLE and undefined and columns:
        gap = overlaps.find_gap(columns, len(decision.rules))
        if gap:
            said = f"没有规则适用于 {gap}，此时决策没有结果"
            complaints.append(Complaint(file, decision.key, said, "warning"))
    return complaints


def _column(of: Input | Output, cells: Sequence[str]) -> overlaps.Column:
    """The cells as sets of values."""
    return overlaps.column(of.name, of.type_ref, feel.shapes([*cells, of.allowed or "-"]))


def _check_outputs(decision: Decision, file: str) -> Iterator[Complaint]:
    for at, output in enumerate(decision.outputs):
        if not output.allowed:
            continue
        column = _column(output, [rule.results[at] for rule in decision.rules])
        for number, (rule, mask) in enumerate(zip(decision.rules, column.masks, strict=True), 1):
            if mask is not None and not mask & column.domain:
                said = f"{rule.results[at]} 不在“{output.name}”的允许取值 {output.allowed} 之内"
                yield Complaint(file, rule.id, f"第 {number} 条规则：{said}")


def _check_reachable(
    decision: Decision, columns: Sequence[overlaps.Column], file: str
) -> Iterator[Complaint]:
    for number, rule in enumerate(decision.rules, 1):
        for input_, column, cell in zip(decision.inputs, columns, rule.tests, strict=True):
            mask = column.masks[number - 1]
            if mask is not None and not mask & column.domain:
                said = f"{cell} 不在“{input_.name}”的允许取值之内，永远不会命中"
                yield Complaint(file, rule.id, f"第 {number} 条规则：{said}")


def _check_disjoint(
    decision: Decision, columns: Sequence[overlaps.Column], file: str
) -> Iterator[Complaint]:
    for one, other, example in overlaps.find_overlaps(columns, len(decision.rules)):
        said = (
            f"第 {one + 1} 条与第 {other + 1} 条规则（{decision.rules[other].id}）重叠，"
            f"例如 {example}，而命中策略为 UNIQUE"
        )
        yield Complaint(file, decision.rules[one].id, said)
