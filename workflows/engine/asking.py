"""Whether a diagram asks only for what is offered: topics, forms, roles, limits, facts."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from workflows.engine import dmn, feel, kinds, procedure, profile, supply, timing
from workflows.engine.complaints import Complaint
from workflows.engine.procedure import Bundle, Reading
from workflows.engine.reading import Element, Process
from workflows.engine.supply import Offered, Types


@dataclass(frozen=True)
class _Ask:
    """One expression of a diagram, where it stands and what it must give."""

    element: str
    place: str
    text: str
    wanted: str = "any"


def check(bundle: Bundle, key: str, offered: Offered) -> list[Complaint]:
    """Everything wrong with the bundle, all at once, by element id, in Chinese."""
    found = procedure.read(bundle)
    complaints = [
        *found.complaints,
        *profile.check_structure(found.diagrams, found.decisions, key),
    ]
    given = supply.supplied(found, key, offered)
    types = {process: supply.settled(facts) for process, facts in given.items()}
    files = _decision_files(bundle)
    for process in found.processes:
        complaints += _check_clashes(process, given[process.key])
        for element in process.elements:
            complaints += _check_names(process, element, offered)
        complaints += _check_expressions(process, types, found, offered)
        complaints += _check_decisions(process, found, types[process.key], files)
        complaints += _check_beginnings(process, found, offered, types, key)
    complaints += _check_sources(found, types)
    return list(dict.fromkeys(complaints))


def _check_clashes(process: Process, facts: Mapping[str, set[str]]) -> Iterator[Complaint]:
    for name, types in facts.items():
        sure = types - {"any"}
        if len(sure) > 1:
            said = "、".join(feel.KIND_NAMES[one] for one in sorted(sure))
            yield Complaint(
                process.file, process.key, f"事实“{name}”在不同来源中类型不同（{said}），请统一"
            )


def _check_names(process: Process, element: Element, offered: Offered) -> Iterator[Complaint]:
    form = supply.form_name(element)
    if form and form not in offered.forms:
        said = f"没有表单“{form}”，请加上forms/{form}.form或者改正formKey"
        yield Complaint(process.file, element.id, said)
    human = element.kind in {"userTask", "manualTask"}
    if human and element.lane and element.lane not in offered.roles:
        said = f"泳道“{element.lane}”不是角色，角色有：{'、'.join(sorted(offered.roles))}"
        yield Complaint(process.file, element.id, said)
    for group in element.candidate_groups:
        if group not in offered.roles and not kinds.is_expression(group):
            yield Complaint(process.file, element.id, f"候选组“{group}”不是角色")
    if element.topic and element.kind in {"serviceTask", "sendTask"}:
        yield from _check_topic(process, element, offered)


def _check_topic(process: Process, element: Element, offered: Offered) -> Iterator[Complaint]:
    topic = offered.topics.get(element.topic or "")
    if topic is None:
        yield Complaint(process.file, element.id, f"没有服务主题“{element.topic}”")
        return
    for name, text in element.inputs.items():
        if name not in topic.inputs:
            said = f"服务主题“{element.topic}”没有名为“{name}”的输入"
            yield Complaint(process.file, element.id, said)
        elif not kinds.is_expression(text) and topic.inputs[name] not in {"string", "any"}:
            kind = feel.KIND_NAMES[topic.inputs[name]]
            said = f"输入“{name}”应为{kind}，却是文字“{text[:40]}”，请写成${{…}}"
            yield Complaint(process.file, element.id, said)


def _check_moments(
    process: Process, element: Element, offered: Offered, types: Types
) -> Iterator[Complaint]:
    for text in (element.timer, element.due_date, element.follow_up_date):
        moment = timing.read_moment(text) if text else None
        if not isinstance(moment, timing.Moment):
            continue
        if moment.limit and moment.limit not in offered.limits:
            yield Complaint(process.file, element.id, f"没有期限“{moment.limit}”")
        wanted = (
            (moment.since, {"date", "date and time", "any"}),
            (moment.fact, {"date and time", "any"}),
            (moment.limit_fact, {"string", "any"}),
        )
        for path, kinds_ in wanted:
            if not path:
                continue
            name, _, rest = path.partition(".")
            if name not in types:
                yield Complaint(process.file, element.id, f"“{text}”中的事实“{name}”没有来源")
            elif not rest and types[name] not in kinds_:
                kind = feel.KIND_NAMES[types[name]]
                yield Complaint(process.file, element.id, f"“{text}”中的事实“{name}”不能是{kind}")


def _check_beginnings(
    process: Process, found: Reading, offered: Offered, types: Mapping[str, Types], key: str
) -> Iterator[Complaint]:
    """The timer of an event sub-process of a process runs from its beginning: so must its facts."""
    top = {one.id for one in process.elements if one.triggered and one.container is None}
    there = set(offered.facts) if process.key == key else set[str]()
    for one in process.elements:
        if one.kind == "startEvent" and one.container is None:
            there |= supply.answers(one, found, offered).keys()
    for caller, call, callee in supply.calls(found):
        if callee.key == process.key:
            local = kinds.local_types(caller.elements, types).get(call.id, {})
            there |= supply.passed(call.passed_in, types[caller.key], local).keys()
    for one in process.elements:
        if one.kind != "startEvent" or one.container not in top or not one.timer:
            continue
        moment = timing.read_moment(one.timer)
        for name in moment.facts if isinstance(moment, timing.Moment) else ():
            if name in types[process.key] and name not in there:
                said = f"“{one.timer}”中的事实“{name}”在流程开始时还没有，定时从流程开始时起算"
                yield Complaint(process.file, one.id, said)


def _check_expressions(
    process: Process, types: Mapping[str, Types], found: Reading, offered: Offered
) -> Iterator[Complaint]:
    local = kinds.local_types(process.elements, types)
    for element in process.elements:
        facts = types[process.key]
        seen = {**facts, **local.get(element.id, {})}
        known = {**seen, **kinds.CLOCK}
        yield from _check_moments(process, element, offered, seen)
        yield from _check_asks(process, _asks(element, offered), known)
        yield from _check_asks(process, _count_asks(element), _before(element, known, facts))
        yield from _check_asks(process, _until_asks(element), known | kinds.COUNTS)
        answers = dict.fromkeys(supply.answers(element, found, offered), "any")
        outputs = [
            _Ask(element.id, f"输出参数{name}", text)
            for name, text in element.outputs.items()
            if kinds.is_expression(text)
        ]
        yield from _check_asks(process, outputs, known | answers)
        yield from _check_mixed(process, element)


def _check_asks(process: Process, asks: Iterable[_Ask], known: Types) -> Iterator[Complaint]:
    asked = list(asks)
    answers = feel.examine([feel.Question(one.text) for one in asked], known)
    for one, answer in zip(asked, answers, strict=True):
        if answer.complaint:
            yield Complaint(process.file, one.element, f"{one.place}：{answer.complaint}")
        elif one.wanted != "any" and answer.kind not in {one.wanted, "any"}:
            got, wanted = feel.KIND_NAMES[answer.kind], feel.KIND_NAMES[one.wanted]
            said = f"{one.place}“{one.text}”应为{wanted}，却是{got}"
            yield Complaint(process.file, one.element, said)


def _asks(element: Element, offered: Offered) -> Iterator[_Ask]:
    """The expressions of an element over the facts of its process."""
    topic = offered.topics.get(element.topic or "")
    wanted: Mapping[str, str] = topic.inputs if topic else {}
    for flow in element.flows:
        if flow.condition:
            yield _Ask(flow.id, "条件", flow.condition, "boolean")
    for name, text in element.inputs.items():
        if kinds.is_expression(text):
            yield _Ask(element.id, f"输入参数{name}", text, wanted.get(name, "any"))
    for one in element.passed_in:
        if one.expression:
            yield _Ask(element.id, f"camunda:in {one.target}", one.expression)
    if element.assignee and kinds.is_expression(element.assignee):
        yield _Ask(element.id, "办理人", element.assignee, "string")


def _before(element: Element, known: Types, facts: Types) -> Types:
    """What is known before there are instances: not their own variable, nor their inputs."""
    own = {element.loop.variable if element.loop else None, *element.inputs}
    return {name: kind for name, kind in known.items() if name not in own or name in facts}


def _count_asks(element: Element) -> Iterator[_Ask]:
    """How many instances there will be."""
    if element.loop and element.loop.collection:
        yield _Ask(element.id, "多实例的集合", element.loop.collection, "list")
    if element.loop and element.loop.cardinality:
        yield _Ask(element.id, "多实例的次数", element.loop.cardinality, "number")


def _until_asks(element: Element) -> Iterator[_Ask]:
    if element.loop and element.loop.until:
        yield _Ask(element.id, "多实例的完成条件", element.loop.until, "boolean")


def _check_mixed(process: Process, element: Element) -> Iterator[Complaint]:
    """Text with an expression in its middle is neither."""
    texts = [*element.inputs.values(), *element.outputs.values(), element.assignee or ""]
    texts += [*element.candidate_groups, *element.candidate_users]
    whole = {*element.inputs.values(), *element.outputs.values(), element.assignee}
    for text in texts:
        inside = text[2:-1] if kinds.is_expression(text) and text.endswith("}") else text
        if "${" in inside or "#{" in inside or (inside != text and text not in whole):
            yield Complaint(
                process.file, element.id, f"“{text[:60]}”应整个是文字或者整个是${{表达式}}"
            )


def _check_decisions(
    process: Process, found: Reading, types: Types, files: Mapping[str, str]
) -> Iterator[Complaint]:
    for element in process.elements:
        if element.decision and element.decision in found.decisions:
            decision = found.decisions[element.decision]
            known = {**types, **kinds.CLOCK}
            yield from dmn.check_decision(decision, known, files.get(decision.key, ""))


def _decision_files(bundle: Bundle) -> dict[str, str]:
    return {
        key: file
        for file, data in bundle.items()
        if file.endswith(".dmn")
        for key in dmn.parse_dmn(data, file)[0]
    }


def _check_sources(found: Reading, types: Mapping[str, Types]) -> Iterator[Complaint]:
    """Facts that camunda:in takes from the caller and camunda:out from the called process."""
    for caller, call, callee in supply.calls(found):
        local = kinds.local_types(caller.elements, types).get(call.id, {})
        for one in call.passed_in:
            if one.source and one.source not in {**types[caller.key], **local}:
                yield Complaint(caller.file, call.id, f"camunda:in的事实“{one.source}”没有来源")
        known = {**types[callee.key], **kinds.CLOCK}
        asked = [one.expression for one in call.passed_out if one.expression]
        answers = feel.examine([feel.Question(text) for text in asked], known)
        for text, answer in zip(asked, answers, strict=True):
            if answer.complaint:
                yield Complaint(caller.file, call.id, f"camunda:out“{text}”：{answer.complaint}")
        for one in call.passed_out:
            if one.source and one.source not in types[callee.key]:
                said = f"camunda:out的事实“{one.source}”在“{callee.key}”中没有来源"
                yield Complaint(caller.file, call.id, said)
