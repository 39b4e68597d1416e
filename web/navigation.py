"""The menu: each entry is shown to those who may enter it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import current_app, g, request, url_for

from web import security
from web.language import later


@dataclass(frozen=True)
class Item:
    """One entry; `current`: the page shown belongs to it."""

    label: str
    url: str
    current: bool


ENTRIES: Mapping[str, Any] = {
    "supervision.index": later("督导"),
    "tasks.worklist": later("工作台"),
    "cases.index": later("案件"),
    "subjects.index": later("主体"),
    "imports.index": later("数据导入"),
    "screening.index": later("筛查"),
    "designing.index": later("流程设计"),
    "operating.index": later("运行"),
}
"""Endpoint → label, in the order of the menu."""


def items() -> list[Item]:
    """The entries for who asks."""
    if g.get("session") is None:
        return []
    here = (request.endpoint or "").partition(".")[0]
    return [
        Item(str(label), url_for(endpoint), endpoint.partition(".")[0] == here)
        for endpoint, label in ENTRIES.items()
        if endpoint in current_app.view_functions
        and g.session.actor.role in (security.may_enter(endpoint) or ())
    ]
