"""A designer's changed files on their way: read, refused one by one, checked together, carried.

What was uploaded travels in the page itself, so that a second file, a fault or an ended session
costs nobody an upload.
"""

import base64
import binascii
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePath

from flask import request

from web.language import gettext as _
from workflows import designing, errors
from workflows.access import Actor
from workflows.queries import designing as questions
from workflows.queries.comparing import Comparison
from workflows.queries.designing import VersionPage
from workflows.store import Store

CARRIED = "carried:"
WHOLE = designing.LARGEST
"""Bytes of all files of one change together: they travel in the page."""


@dataclass
class Change:
    """What the page of a change shows; `refused`: file → why it was not taken."""

    newest: VersionPage
    files: dict[str, bytes] = field(default_factory=dict[str, bytes])
    refused: dict[str, str] = field(default_factory=dict[str, str])
    complaints: Sequence[designing.Complaint] = ()
    comparison: Comparison | None = None
    note: str = ""
    wrong: Mapping[str, str] = field(default_factory=dict[str, str])
    outrun: bool = False
    """Somebody deployed another version since the page was made."""

    @property
    def faults(self) -> int:
        return sum(one.severity == "error" for one in self.complaints)

    @property
    def deployable(self) -> bool:
        return self.comparison is not None and bool(self.comparison.files)

    @property
    def carried(self) -> dict[str, str]:
        """Name of the hidden field → the file in base64."""
        return {
            CARRIED + name: base64.b64encode(data).decode() for name, data in self.files.items()
        }

    @property
    def diagrams(self) -> list[tuple[str, str, dict[str, str]]]:
        """Diagrams to look at: (path, the uploaded file if it is one, element → mark)."""
        marks: dict[str, dict[str, str]] = {}
        for one in self.complaints:
            if one.file.endswith(".bpmn"):
                marks.setdefault(one.file, {})[one.element] = "fault"
        files = {key: path for key, _name, path in self.newest.processes}
        for one in self.comparison.elements if self.comparison else ():
            marks.setdefault(files.get(one.process, ""), {})[one.id] = "changed"
        changed = {path for path in self._paths if PurePath(path).name in self.files}
        return [
            (path, PurePath(path).name if path in changed else "", marks.get(path, {}))
            for path in sorted({*marks, *changed} & self._paths)
        ]

    @property
    def _paths(self) -> set[str]:
        return {one.path for one in self.newest.files if one.kind == "bpmn"}


def read(newest: VersionPage) -> Change:
    """The change as posted: files carried along, then those uploaded now; some may be refused."""
    change = Change(newest, note=request.form.get("note", "").strip())
    change.outrun = request.form.get("newest") != str(newest.newest)
    known = {PurePath(one.path).name: one.path for one in newest.files}
    for name, data in (*_carried(), *_uploaded()):
        try:
            _check_file(name, data, known, change.files)
        except errors.FileRefused as refused:
            change.refused[name] = refused.message
        else:
            change.files[name] = data
    dropped = request.form.get("_action", "").removeprefix("drop:")
    change.files.pop(dropped, None)
    return change


def check(store: Store, actor: Actor, key: str, change: Change) -> None:
    """Find everything wrong with the change; where nothing is, what it changes."""
    if not change.files:
        return
    bundle, change.complaints = designing.check_upload(store, actor, key, change.files)
    if not change.faults:
        change.comparison = questions.compare(store, actor, key, bundle)


def _carried() -> list[tuple[str, bytes]]:
    found: list[tuple[str, bytes]] = []
    for name, value in request.form.items():
        if name.startswith(CARRIED):
            try:
                data = base64.b64decode(value, validate=True)
            except binascii.Error:
                continue
            found.append((name.removeprefix(CARRIED), data))
    return found


def _uploaded() -> list[tuple[str, bytes]]:
    """Chosen files; of one that is too large no more is read than shows it."""
    chosen = (one for one in request.files.getlist("files") if one.filename)
    return [(_base(one.filename or ""), one.stream.read(WHOLE + 1)) for one in chosen]


def _base(filename: str) -> str:
    return filename.replace("\\", "/").rpartition("/")[2]


def _check_file(
    name: str, data: bytes, known: Mapping[str, str], kept: Mapping[str, bytes]
) -> None:
    if len(data) > WHOLE:
        raise errors.FileRefused(
            _("“%(name)s”超过5MB。流程文件一般不到1MB，请检查是否选错文件", name=name)
        )
    if data.startswith(b"PK\x03\x04"):
        raise errors.FileRefused(_("“%(name)s”是压缩包，请解压后上传其中的文件", name=name))
    if known.get(name, "").startswith("law/"):
        raise errors.FileRefused(
            _("“%(name)s”是法律数据，随法律修订统一更新，不能在这里替换", name=name)
        )
    if name not in known:
        raise errors.FileRefused(
            _("该程序没有名为“%(name)s”的文件，只能替换已有的文件，文件名须一致", name=name)
        )
    if b"\x00" in data or not _is_text(data):
        raise errors.FileRefused(_("“%(name)s”不是UTF-8编码的文本文件", name=name))
    others = sum(len(one) for other, one in kept.items() if other != name)
    if others + len(data) > WHOLE:
        raise errors.FileRefused(_("加上“%(name)s”，本次修改合计超过5MB，请分次部署", name=name))


def _is_text(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True
