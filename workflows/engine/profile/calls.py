"""Checks across processes: calls that exist and do not circle, errors that somebody catches."""

from collections.abc import Iterator, Sequence

from workflows.engine.complaints import Complaint
from workflows.engine.profile.sheet import Sheet
from workflows.engine.reading import Element


def check(sheets: Sequence[Sheet], key: str) -> Iterator[Complaint]:
    """Everything wrong between the processes of a bundle."""
    known = {sheet.process.key: sheet for sheet in sheets}
    for sheet in sheets:
        for call in _calls(sheet):
            if not call.called:
                yield sheet.complain(call.id, "调用活动没有calledElement")
            elif "{" in call.called:
                yield sheet.complain(call.id, "被调用的流程必须写死，不能用表达式")
            elif call.called not in known:
                yield sheet.complain(call.id, f"没有被调用的流程“{call.called}”")
            elif _reaches(known, call.called, sheet.process.key):
                yield sheet.complain(call.id, f"调用“{call.called}”形成循环调用")
        for end in sheet.process.elements:
            if end.kind == "endEvent" and end.event == "error" and end.error_code:
                yield from _check_caught(known, sheet, end, key)


def _calls(sheet: Sheet) -> list[Element]:
    return [one for one in sheet.process.elements if one.kind == "callActivity"]


def _reaches(known: dict[str, Sheet], start: str, goal: str) -> bool:
    waiting, seen = [start], set[str]()
    while waiting:
        one = waiting.pop()
        if one == goal:
            return True
        if one in known and one not in seen:
            seen.add(one)
            waiting += [call.called for call in _calls(known[one]) if call.called]
    return False


def _check_caught(
    known: dict[str, Sheet], sheet: Sheet, end: Element, key: str
) -> Iterator[Complaint]:
    """Follow the error outwards through every caller; each way out must have a catcher."""
    waiting: list[tuple[Sheet, Element]] = [(sheet, end)]
    seen: set[tuple[str, str]] = set()
    while waiting:
        place, element = waiting.pop()
        if (place.process.key, element.id) in seen:
            continue
        seen.add((place.process.key, element.id))
        host = element
        while host.container and not _catches(place, host.container, end.error_code):
            host = place.elements[host.container]
        if host.container:
            continue
        callers = [
            (caller, call)
            for caller in known.values()
            for call in _calls(caller)
            if call.called == place.process.key
        ]
        if place.process.key == key or not callers:
            yield sheet.complain(end.id, f"错误“{end.error_code}”没有边界事件接住，案件会悄悄结束")
            return
        waiting += [
            (caller, call)
            for caller, call in callers
            if not _catches(caller, call.id, end.error_code)
        ]


def _catches(sheet: Sheet, host: str, code: str | None) -> bool:
    return any(
        event.event == "error" and event.error_code in (None, code)
        for event in sheet.boundaries(host)
    )
