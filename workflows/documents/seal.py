# pyright: reportMissingTypeStubs=false
"""The red round seal and the QR code, drawn as outlines so that copied text stays clean."""

import functools
import math
from dataclasses import dataclass
from typing import Any

import markupsafe
import segno
from fontTools.pens import svgPathPen

from workflows.documents import fonts


@dataclass(frozen=True)
class Glyph:
    """One character on the arc: outline in 1000 units to the em, degrees from the top, width mm."""

    outline: str
    angle: float
    width: float


@functools.lru_cache(maxsize=64)
def seal_glyphs(name: str) -> tuple[Glyph, ...]:
    """The organ's name from left to right along the ring, narrower the longer it is."""
    step = min(250 / max(len(name) - 1, 1), 30)
    first = -step * (len(name) - 1) / 2
    width = min(math.radians(step) * 14.5, 5)
    return tuple(Glyph(outline(char), first + step * at, width) for at, char in enumerate(name))


@functools.lru_cache(maxsize=512)
def outline(char: str) -> str:
    """The SVG path of `char` in 1000 units to the em; empty when no font has it."""
    face = fonts.face_with(char, "song")
    if face is None:
        return ""
    font = fonts.open_face(face)
    glyphs: Any = font.getGlyphSet()
    pen = svgPathPen.SVGPathPen(glyphs, lambda number: f"{number:g}")
    glyphs[font.getBestCmap()[ord(char)]].draw(pen)
    return pen.getCommands()


def qr(number: str, content_sha256: str) -> markupsafe.Markup:
    """The QR code of number, line feed, hash of the content; inline SVG without quiet zone."""
    code = segno.make(f"{number}\n{content_sha256}", error="m", micro=False)
    return markupsafe.Markup(  # noqa: S704 - segno draws squares, no text of ours is inside
        code.svg_inline(border=0, omitsize=True, svgclass="qr", lineclass=None)
    )


WORDS = {"seal_glyphs": seal_glyphs, "outline": outline, "qr": qr}
"""What a template may call besides Jinja's own."""
