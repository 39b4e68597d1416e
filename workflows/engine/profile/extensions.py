"""Checks of Camunda's attributes and extension elements: nothing is silently ignored."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false

from collections.abc import Iterator

from workflows.engine.complaints import Complaint
from workflows.engine.profile.sheet import Sheet
from workflows.engine.reading import BPMN, CAMUNDA, Element

ANYWHERE = frozenset({"asyncBefore", "asyncAfter", "exclusive", "jobPriority"})
"""They say when Camunda commits; here each command is one transaction."""

PERSONAL = {
    "assignee", "candidateGroups", "candidateUsers", "dueDate", "followUpDate", "formKey",
    "priority",
}  # fmt: skip
ATTRIBUTES: dict[str, set[str]] = {
    "startEvent": {"formKey"},
    "userTask": PERSONAL,
    "manualTask": PERSONAL,
    "serviceTask": {"type", "topic", "taskPriority"},
    "sendTask": {"type", "topic", "taskPriority"},
    "businessRuleTask": {"decisionRef", "resultVariable", "mapDecisionResult"},
}
ELEMENTS: dict[str, set[str]] = {
    "userTask": {"inputOutput"},
    "manualTask": {"inputOutput"},
    "serviceTask": {"inputOutput"},
    "sendTask": {"inputOutput"},
    "businessRuleTask": {"inputOutput"},
    "receiveTask": {"inputOutput"},
    "intermediateCatchEvent": {"inputOutput"},
    "boundaryEvent": {"inputOutput"},
    "intermediateThrowEvent": {"inputOutput"},
    "endEvent": {"inputOutput"},
    "subProcess": {"inputOutput"},
    "callActivity": {"inputOutput", "in", "out"},
}
NO_INPUTS = {"receiveTask", "intermediateCatchEvent", "boundaryEvent"}
NO_OUTPUTS = {"intermediateThrowEvent", "endEvent", "subProcess", "callActivity"}
PROCESS = {
    "historyTimeToLive", "versionTag", "isStartableInTasklist", "taskPriority",
} | ANYWHERE  # fmt: skip
WHY = {
    "class": "不得指定代码",
    "expression": "不得指定代码",
    "delegateExpression": "不得指定代码",
    "executionListener": "不得挂接监听器",
    "taskListener": "不得挂接监听器",
    "connector": "不得使用连接器",
    "script": "不得含有脚本",
    "formData": "请改用formKey指向表单文件",
    "formRef": "请改用formKey",
    "calledElementBinding": "调用的流程随程序一并部署、版本固定，请删除",
    "decisionRefBinding": "决策随程序一并部署、版本固定，请删除",
}


def check(sheet: Sheet) -> Iterator[Complaint]:
    """Everything Camunda's notation says that the engine does not do."""
    yield from _check_attributes(sheet, sheet.node, sheet.process.key, PROCESS)
    yield from _check_holder(sheet, sheet.node, sheet.process.key, {"properties"})
    for element in sheet.process.elements:
        node = sheet.nodes[element.id]
        allowed = ATTRIBUTES.get(element.kind, set[str]()) | ANYWHERE
        yield from _check_attributes(sheet, node, element.id, allowed)
        held = {"properties"} | ELEMENTS.get(element.kind, set[str]())
        yield from _check_holder(sheet, node, element.id, held)
        for part in node.iter():
            if part.tag == f"{BPMN}multiInstanceLoopCharacteristics" and part.getparent() is node:
                loop = {"collection", "elementVariable"} | ANYWHERE
                yield from _check_attributes(sheet, part, element.id, loop)
            elif _is_definition(part) and part.getparent() is node:
                yield from _check_attributes(sheet, part, element.id, set())
        yield from _check_parameters(sheet, element)
        yield from _check_passings(sheet, element)
    for flow in sheet.node.iter(f"{BPMN}sequenceFlow"):
        yield from _check_holder(sheet, flow, flow.get("id", ""), {"properties"})
        condition = flow.find(f"{BPMN}conditionExpression")
        if condition is None:
            continue
        yield from _check_attributes(sheet, condition, flow.get("id", ""), set())
        language = condition.get("language")
        if language and "feel" not in language.lower():
            yield sheet.complain(flow.get("id", ""), f"条件的语言“{language}”不受支持，请用FEEL")


def _is_definition(node: object) -> bool:
    tag = getattr(node, "tag", "")
    return isinstance(tag, str) and tag.startswith(BPMN) and tag.endswith("EventDefinition")


def _check_attributes(
    sheet: Sheet, node: object, owner: str, allowed: set[str] | frozenset[str]
) -> Iterator[Complaint]:
    for name, value in node.attrib.items():  # pyright: ignore[reportAttributeAccessIssue]
        if name.startswith(CAMUNDA) and name[len(CAMUNDA) :] not in allowed:
            short = name[len(CAMUNDA) :]
            why = WHY.get(short, "引擎不支持，请删除")
            yield sheet.complain(owner, f'camunda:{short}="{value[:60]}"：{why}')
        if "zeebe" in name:
            yield sheet.complain(owner, "这是Camunda 8的写法，请按Camunda 7建模")


def _check_holder(sheet: Sheet, node: object, owner: str, allowed: set[str]) -> Iterator[Complaint]:
    holder = node.find(f"{BPMN}extensionElements")  # pyright: ignore[reportAttributeAccessIssue]
    for one in holder if holder is not None else ():
        if one.tag.startswith(CAMUNDA):
            short = one.tag[len(CAMUNDA) :]
            if short not in allowed:
                why = WHY.get(short, "引擎不支持，请删除")
                yield sheet.complain(owner, f"camunda:{short}：{why}")
        elif "zeebe" in one.tag:
            yield sheet.complain(owner, "这是Camunda 8的写法，请按Camunda 7建模")


def _check_parameters(sheet: Sheet, element: Element) -> Iterator[Complaint]:
    if element.inputs and element.kind in NO_INPUTS:
        yield sheet.complain(element.id, "捕获事件不能有输入参数（inputParameter）")
    if element.outputs and element.kind in NO_OUTPUTS:
        yield sheet.complain(element.id, "这种图元不能有输出参数，调用活动请用camunda:out")
    path = f"{BPMN}extensionElements/{CAMUNDA}inputOutput/*"
    for one in sheet.nodes[element.id].findall(path):
        if len(one):
            yield sheet.complain(
                element.id, f"参数“{one.get('name', '')}”只能是文字或者${{表达式}}"
            )
        if not one.get("name"):
            yield sheet.complain(element.id, "输入输出参数没有名称")


def _check_passings(sheet: Sheet, element: Element) -> Iterator[Complaint]:
    for tag in ("in", "out"):
        path = f"{BPMN}extensionElements/{CAMUNDA}{tag}"
        for one in sheet.nodes[element.id].findall(path):
            if one.get("businessKey"):
                continue
            if one.get("local") == "true":
                yield sheet.complain(element.id, f'camunda:{tag}的local="true"不受支持')
            whole = one.get("variables") == "all"
            named = one.get("target") and (one.get("source") or one.get("sourceExpression"))
            if not whole and not named:
                yield sheet.complain(
                    element.id, f"camunda:{tag}应写明source或者sourceExpression以及target"
                )
