# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false
"""Which fonts a document is set in, and whether they have every character in it.

A role (仿宋, 小标宋, 黑体, 楷体, 宋体) is a chain of fonts: the agency's own licensed ones from
`settings.FONTS` first, then the free ones Debian has. A style sheet says `var(--fangsong)`.
"""

import functools
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fontTools import ttLib
from weasyprint.text import ffi

from workflows import settings


@dataclass(frozen=True)
class Face:
    """A font file: the family it is known by in CSS, its role, its place in a collection."""

    family: str
    role: str
    path: Path
    index: int = 0


ROLES = {
    "xiaobiaosong": ("小标宋", "xbs", "xiaobiaosong", "biaosong"),
    "fangsong": ("仿宋", "fangsong", "fang song", "fandolfang", "zhuque"),
    "kai": ("楷", "kai"),
    "hei": ("黑", "hei"),
    "song": ("宋", "song", "simsun"),
}
"""Role → what the names of such fonts contain, the most particular role first."""

FREE = {
    "FandolFang-Regular.otf": ("FandolFang", "fangsong", 0),
    "LXGWWenKai-Light.ttf": ("LXGW WenKai Light", "rare", 0),
    "LXGWWenKai-Regular.ttf": ("LXGW WenKai", "kai", 0),
    "NotoSansCJK-Regular.ttc": ("Noto Sans CJK SC", "hei", 2),
    "NotoSerifCJK-Bold.ttc": ("Noto Serif CJK SC", "xiaobiaosong", 2),
    "NotoSerifCJK-Regular.ttc": ("Noto Serif CJK SC", "song", 2),
}
"""Debian's file → family, role, place of the simplified Chinese face in its collection."""

FOLDERS = (
    Path("/usr/share/fonts"),
    Path("/usr/local/share/fonts"),
    Path.home() / ".local/share/fonts",
)

LAST_RESORT = ("LXGW WenKai Light", "Noto Serif CJK SC")
"""Every chain ends here: both have all of GBK and the name characters of the extension planes."""


def agency_faces() -> tuple[Face, ...]:
    """The fonts dropped into `settings.FONTS` whose names tell their role, in order of name."""
    folder = settings.FONTS
    if not folder.is_dir():
        return ()
    stamps = tuple(
        (path, path.stat().st_mtime_ns)
        for path in sorted(folder.iterdir())
        if path.suffix.lower() in {".ttf", ".otf"}
    )
    return _agency_faces(stamps)


@functools.lru_cache(maxsize=4)
def _agency_faces(stamps: tuple[tuple[Path, int], ...]) -> tuple[Face, ...]:
    named = ((path, _names(path)) for path, _ in stamps)
    return tuple(
        Face(f"agency-{role}-{place}", role, path)
        for place, (path, names) in enumerate(named)
        for role in [_role(names)]
        if role
    )


def _names(path: Path) -> str:
    """All names a font gives itself; an unreadable file gives none and is left aside."""
    try:
        with path.open("rb") as file:
            named: Any = ttLib.TTFont(file, lazy=True)["name"]
            return " ".join(record.toUnicode() for record in named.names)
    except (ttLib.TTLibError, OSError, UnicodeDecodeError):
        return ""


def _role(names: str) -> str | None:
    lower = names.lower()
    return next((role for role, said in ROLES.items() if any(one in lower for one in said)), None)


@functools.cache
def free_faces() -> tuple[Face, ...]:
    """Those of the free fonts that are installed, in the order of preference."""
    present = {
        path.name: path for folder in FOLDERS for path in folder.rglob("*") if path.name in FREE
    }
    return tuple(
        Face(family, role, present[file], index)
        for file, (family, role, index) in FREE.items()
        if file in present
    )


def chains() -> dict[str, list[str]]:
    """Role → families in order, as for CSS."""
    faces = (*agency_faces(), *free_faces())
    return {
        role: list(
            dict.fromkeys([*(face.family for face in faces if face.role == role), *LAST_RESORT])
        )
        for role in ROLES
    }


def carried_faces() -> tuple[Face, ...]:
    """The fonts handed over by file: the agency's, and the 仿宋 that may lie in a home folder."""
    return (*agency_faces(), *(face for face in free_faces() if face.role == "fangsong"))


def style_sheet() -> str:
    """The carried fonts as @font-face and every chain as a custom property."""
    declared = "".join(
        f'@font-face{{font-family:"{face.family}";src:url("font:{face.path.name}")'
        f"{';font-weight:bold' if face.role == 'xiaobiaosong' else ''}}}\n"
        for face in carried_faces()
    )
    chained = ";".join(
        f"--{role}:" + ",".join(f'"{family}"' for family in families)
        for role, families in chains().items()
    )
    return f"{declared}:root{{{chained}}}\n"


def substitutions() -> str:
    """Which free fonts stand in for the standard's, for the metadata of the PDF."""
    said = {"fangsong": "仿宋", "xiaobiaosong": "小标宋", "hei": "黑体", "kai": "楷体"}
    return "；".join(f"{said[role]}={chain[0]}" for role, chain in chains().items() if role in said)


def missing_glyphs(text: str) -> set[str]:
    """The characters of `text` that no installed font can show."""
    return {char for char in set(text) if _visible(char) and face_with(char) is None}


def face_with(char: str, role: str = "fangsong") -> Face | None:
    """The first installed font that has `char`, those of `role` first."""
    faces = sorted((*agency_faces(), *free_faces()), key=lambda face: face.role != role)
    return next((face for face in faces if ord(char) in characters(face)), None)


@functools.lru_cache(maxsize=32)
def characters(face: Face) -> Mapping[int, str]:
    """Code point → name of its glyph."""
    with open_face(face) as font:
        return font.getBestCmap()


def open_face(face: Face) -> Any:
    """The font, read lazily; to be closed by the caller."""
    return ttLib.TTFont(face.path, fontNumber=face.index, lazy=True)


def check_ready() -> list[str]:
    """What keeps documents from being printed as they should, in Chinese; empty when ready."""
    chain = chains()
    installed = {face.family for face in (*agency_faces(), *free_faces())}
    complaints: list[str] = []
    if ffi.harfbuzz_subset is None:
        complaints.append("缺少 libharfbuzz-subset0：文书生成慢且字节不固定，请安装该软件包")
    if not installed:
        complaints.append("没有中文字库：请安装 fonts-lxgw-wenkai 和 fonts-noto-cjk")
    if chain["fangsong"][0] in LAST_RESORT:
        complaints.append(f"没有仿宋字库：正文暂以楷体代替，请将仿宋字库放入 {settings.FONTS}")
    if not installed & set(LAST_RESORT):
        complaints.append("没有大字库：姓名中的生僻字可能无法显示，请安装 fonts-lxgw-wenkai")
    return complaints


def _visible(char: str) -> bool:
    return unicodedata.category(char) not in {"Cc", "Cf", "Zs", "Zl", "Zp"}
