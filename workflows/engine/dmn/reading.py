"""Reads DMN 1.1 to 1.3; every fault becomes a complaint, none an exception."""
# pyright: reportPrivateUsage=false
# lxml has no public name for an element.

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from lxml import etree

from workflows import errors
from workflows.engine import feel
from workflows.engine.complaints import Complaint
from workflows.engine.dmn import checking
from workflows.engine.dmn.deciding import allowed_values
from workflows.engine.dmn.tables import AGGREGATIONS, POLICIES, Decision, Input, Output, Rule

LARGEST = 2 * 1024 * 1024
"""Bytes of one file."""

MOST_RULES = 1_000

DEEPEST = 20
"""Decisions that require decisions."""

_TYPES = {
    "string": "string",
    "boolean": "boolean",
    "number": "number",
    "integer": "number",
    "long": "number",
    "double": "number",
    "date": "date",
    "datetime": "date and time",
    "date and time": "date and time",
    "list": "list",
    "context": "context",
    "any": "any",
    "": "any",
}
_LANGUAGES = ("", "feel", "juel")


@dataclass
class _Reading:
    """One file being read."""

    file: str
    items: dict[str, etree._Element]
    complaints: list[Complaint]

    def complain(self, element: etree._Element | str, reason: str) -> None:
        at = element if isinstance(element, str) else element.get("id", _tag(element))
        self.complaints.append(Complaint(self.file, at, reason))


def parse_dmn(data: bytes, file: str = "") -> tuple[dict[str, Decision], list[Complaint]]:
    """The sound decisions of a file by their id, and everything there is to say against it.

    Names that no decision gives are taken as facts; check_decision looks at them with their types.
    """
    reading = _Reading(file, {}, [])
    root = _parse_xml(reading, data)
    if root is None:
        return {}, reading.complaints
    reading.items = {one.get("name", ""): one for one in _children(root, "itemDefinition")}
    for one in _children(root, "businessKnowledgeModel"):
        reading.complain(one, "不支持业务知识模型（businessKnowledgeModel），请改写为决策表")
    elements = {one.get("id", ""): one for one in _children(root, "decision")}
    if not elements:
        reading.complain(root, "文件中没有决策（decision）")
    if len(elements) < len(_children(root, "decision")):
        reading.complain(root, "有决策的 id 重复")
    decisions: dict[str, Decision | None] = {}
    for key in elements:
        _read_required(reading, elements, decisions, key, ())
    return {key: one for key, one in decisions.items() if one}, reading.complaints


def _parse_xml(reading: _Reading, data: bytes) -> etree._Element | None:
    if len(data) > LARGEST:
        reading.complain("", f"文件超过 {LARGEST // 1024 // 1024} MB")
        return None
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as fault:
        reading.complain("", f"不是格式良好的 XML：{fault}")
        return None
    docinfo: Any = root.getroottree().docinfo
    if docinfo.doctype:
        reading.complain("", "不得含有 DOCTYPE 声明")
        return None
    if _tag(root) != "definitions" or "DMN" not in str(etree.QName(root).namespace):
        reading.complain("", "不是 DMN 文件（根元素应为 DMN 的 definitions）")
        return None
    return root


# -- elements --------------------------------------------------------------------------------------


def _tag(element: etree._Element) -> str:
    return etree.QName(element).localname


def _children(element: etree._Element, *tags: str) -> list[etree._Element]:
    return [one for one in element if _tag(one) in tags]


def _child(element: etree._Element, tag: str) -> etree._Element | None:
    return next(iter(_children(element, tag)), None)


def _text(element: etree._Element | None) -> str:
    """The text of an entry's <text>, stripped."""
    inner = None if element is None else _child(element, "text")
    return "" if inner is None else "".join(str(part) for part in inner.itertext()).strip()


# -- decisions -------------------------------------------------------------------------------------


def _read_required(
    reading: _Reading,
    elements: dict[str, etree._Element],
    decisions: dict[str, Decision | None],
    key: str,
    above: tuple[str, ...],
) -> Decision | None:
    """The decision of this id, after those it requires; None (and a complaint) if it is faulty."""
    if key in decisions:
        return decisions[key]
    element = elements[key]
    requires: list[Decision] = []
    sound = True
    for wanted in dict.fromkeys(_required(element)):
        if len(above) >= DEEPEST:
            reading.complain(element, f"决策的依赖超过 {DEEPEST} 层")
            sound = False
        elif wanted in {key, *above}:
            reading.complain(element, f"决策 {wanted} 循环依赖")
            sound = False
        elif wanted not in elements:
            reading.complain(element, f"所依赖的决策 {wanted} 不在本文件中")
            sound = False
        else:
            one = _read_required(reading, elements, decisions, wanted, (*above, key))
            sound = sound and one is not None
            requires += [one] if one else []
    mark = len(reading.complaints)
    decision = None
    try:
        decision = _read_decision(reading, element, tuple(requires)) if sound else None
        if decision and not _errors(reading.complaints[mark:]):
            reading.complaints += checking.check_decision(decision, file=reading.file)
    except errors.ExpressionTooCostly as costly:
        reading.complain(element, f"检查时{costly.detail or '耗费过多'}，请简化或者拆分")
    decisions[key] = None if _errors(reading.complaints[mark:]) else decision
    return decisions[key]


def _errors(complaints: list[Complaint]) -> bool:
    return any(one.severity == "error" for one in complaints)


def _required(element: etree._Element) -> Iterator[str]:
    for requirement in _children(element, "informationRequirement"):
        for one in _children(requirement, "requiredDecision"):
            yield one.get("href", "").rpartition("#")[2]


def _read_decision(
    reading: _Reading, element: etree._Element, requires: tuple[Decision, ...]
) -> Decision | None:
    if not element.get("id"):
        reading.complain(element, "决策没有 id")
        return None
    key = element.get("id", "")
    name = element.get("name") or key
    variable = _child(element, "variable")
    said = name if variable is None else variable.get("name") or name
    decision = Decision(key, name, said, (), (), (), requires=requires)
    table, literal = _child(element, "decisionTable"), _child(element, "literalExpression")
    if table is not None:
        decision = _read_table(reading, table, decision)
    elif literal is not None:
        decision = _read_literal(reading, literal, variable, decision)
    else:
        reading.complain(element, "只支持决策表（decisionTable）和表达式（literalExpression）")
        return None
    return replace(decision, facts=checking.facts_of(decision))


def _read_literal(
    reading: _Reading,
    literal: etree._Element,
    variable: etree._Element | None,
    decision: Decision,
) -> Decision:
    typed = literal if variable is None or not variable.get("typeRef") else variable
    type_ref, allowed = _read_type(reading, typed, typed.get("typeRef", ""))
    rule = Rule(literal.get("id", decision.key), (), (_feel(reading, literal),))
    output = Output(decision.key, decision.variable, type_ref, allowed)
    return replace(decision, outputs=(output,), rules=(rule,), hit_policy="FIRST")


def _read_table(reading: _Reading, table: etree._Element, decision: Decision) -> Decision:
    policy = table.get("hitPolicy", "UNIQUE")
    aggregation = table.get("aggregation")
    inputs = tuple(_read_input(reading, one) for one in _children(table, "input"))
    columns = _children(table, "output")
    outputs = tuple(_read_output(reading, one, decision, len(columns)) for one in columns)
    rules = _children(table, "rule")
    if not outputs:
        reading.complain(table, "决策表没有输出列")
    if not rules:
        reading.complain(table, "决策表没有规则")
    if len(rules) > MOST_RULES:
        reading.complain(table, f"决策表超过 {MOST_RULES} 条规则，请拆分")
        rules = []
    if policy not in POLICIES:
        reading.complain(table, f"不支持命中策略 {policy}")
    _check_aggregation(reading, table, policy, aggregation, outputs)
    if policy in {"PRIORITY", "OUTPUT ORDER"}:
        for output in outputs:
            if not allowed_values(output.allowed):
                reading.complain(output.id, f"命中策略 {policy} 须列出“{output.name}”的允许取值")
    return replace(
        decision,
        inputs=inputs,
        outputs=outputs,
        rules=tuple(_read_rules(reading, rules, len(inputs), len(outputs))),
        hit_policy=policy,
        aggregation=aggregation,
    )


def _check_aggregation(
    reading: _Reading,
    table: etree._Element,
    policy: str,
    aggregation: str | None,
    outputs: tuple[Output, ...],
) -> None:
    if aggregation is None:
        return
    if policy != "COLLECT" or aggregation not in AGGREGATIONS:
        reading.complain(table, f"命中策略 {policy} 不支持汇总 {aggregation}")
    elif len(outputs) > 1:
        reading.complain(table, f"汇总 {aggregation} 只能有一个输出列")
    elif aggregation != "COUNT" and outputs and outputs[0].type_ref != "number":
        reading.complain(table, f"汇总 {aggregation} 的输出列应为数字（number）")


def _read_input(reading: _Reading, element: etree._Element) -> Input:
    expression = _child(element, "inputExpression")
    if not _text(expression):
        reading.complain(element, "输入列没有表达式（inputExpression）")
    typed = element if expression is None else expression
    type_ref, allowed = _read_type(reading, typed, typed.get("typeRef", ""))
    text = "null" if expression is None else _feel(reading, expression)
    return Input(
        id=element.get("id", ""),
        name=element.get("label") or text,
        expression=text,
        type_ref=type_ref,
        allowed=_text(_child(element, "inputValues")) or allowed,
    )


def _read_output(
    reading: _Reading, element: etree._Element, decision: Decision, outputs: int
) -> Output:
    name = element.get("name") or ""
    if not name and outputs > 1:
        reading.complain(element, "有多个输出列时，每列须有名称（name）")
    type_ref, allowed = _read_type(reading, element, element.get("typeRef", ""))
    default = _child(element, "defaultOutputEntry")
    return Output(
        id=element.get("id", ""),
        name=name or decision.variable,
        type_ref=type_ref,
        allowed=_text(_child(element, "outputValues")) or allowed,
        default=_feel(reading, default) if default is not None and _text(default) else None,
    )


def _read_rules(
    reading: _Reading, rules: list[etree._Element], inputs: int, outputs: int
) -> Iterator[Rule]:
    seen: set[str] = set()
    for number, element in enumerate(rules, 1):
        key = element.get("id") or f"rule_{number}"
        if key in seen:
            reading.complain(element, f"规则 id {key} 重复")
        seen.add(key)
        tests = _children(element, "inputEntry")
        results = _children(element, "outputEntry")
        if len(tests) != inputs or len(results) != outputs:
            reading.complain(key, f"第 {number} 条规则的单元格数与列数不符")
            continue
        notes = [_text(one) for one in _children(element, "annotationEntry")]
        described = _child(element, "description")
        notes += [] if described is None else [(described.text or "").strip()]
        yield Rule(
            id=key,
            tests=tuple(_feel(reading, one) or "-" for one in tests),
            results=tuple(_feel(reading, one) or "null" for one in results),
            annotation="；".join(note for note in notes if note),
        )


def _feel(reading: _Reading, element: etree._Element) -> str:
    """The FEEL of an entry, '' and a complaint where it is in another language."""
    language = element.get("expressionLanguage", "")
    if language.lower() not in _LANGUAGES and "feel" not in language.lower():
        reading.complain(element, f"不支持表达式语言 {language}，请用 FEEL")
        return ""
    try:
        return feel.translate_juel(_text(element))
    except errors.ExpressionRefused as refusal:
        reading.complain(element, refusal.detail)
        return ""


# -- types -----------------------------------------------------------------------------------------


def _read_type(
    reading: _Reading, element: etree._Element, type_ref: str, depth: int = 0
) -> tuple[str, str | None]:
    """The type of facts a typeRef stands for, and the values its item definition allows."""
    plain = type_ref.rpartition(":")[2].strip()
    item: Any = reading.items.get(plain)
    if item is None or depth > 10:
        known = _TYPES.get(plain.lower())
        if known is None or depth > 10:
            reading.complain(element, f"类型 {type_ref} 没有定义或者不支持")
        return known or "any", None
    allowed = _text(_child(item, "allowedValues")) or None
    if item.get("isCollection") == "true":
        return "list", allowed
    if _children(item, "itemComponent"):
        return "context", None
    inner = _child(item, "typeRef")
    base, inherited = _read_type(
        reading, element, "" if inner is None else (inner.text or ""), depth + 1
    )
    return base, allowed or inherited
