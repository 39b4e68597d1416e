# pyright: reportMissingTypeStubs=false
"""The red round seal and the QR code, drawn as outlines so that copied text stays clean."""

import functools
import math
from dataclasses import dataclass

import markupsafe
import segno
from fontTools.pens import svgPathPen

from workflows.documents import fonts


@dataclass(frozen=True)
class Glyph:
    """One character on the arc: outline in 1000 units, degrees from the top, width in mm."""

    outline: str
    angle: float
    width: float


@functools.lru_cache(maxsize=64)
def seal_glyphs(name: str) -> tuple[Glyph, ...]:
    """The organ's name from left to right along the ring, narrower the longer it is."""
    step = min(250 / max(len(name) - 1, 1), 30)
    first = -step * (len(name) - 1) / 2
    width = min(math.radians(step) * 14.5, 5)
    return tuple(
        Glyph(drawn, first + step * place, width) for place, drawn in enumerate(outlines(name))
    )


@functools.lru_cache(maxsize=64)
def outlines(text: str) -> tuple[str, ...]:
    """The SVG path of each character, 1000 units to the em; empty when no font has it."""
    faces = [fonts.face_with(char, "song") for char in text]
    drawn: dict[str, str] = {}
    for face in dict.fromkeys(face for face in faces if face):
        drawn |= _draw(face, {char for char, its in zip(text, faces, strict=True) if its == face})
    return tuple(drawn.get(char, "") for char in text)


def _draw(face: fonts.Face, wanted: set[str]) -> dict[str, str]:
    """The outlines of some characters from one opening of a font."""
    names = fonts.characters(face)
    with fonts.open_face(face) as font:
        glyphs = font.getGlyphSet()
        pens = {char: svgPathPen.SVGPathPen(glyphs, lambda at: f"{at:g}") for char in wanted}
        for char, pen in pens.items():
            glyphs[names[ord(char)]].draw(pen)
    return {char: pen.getCommands() for char, pen in pens.items()}


def qr(number: str, content_sha256: str) -> markupsafe.Markup:
    """The QR code of number, line feed, hash of the content; inline SVG without quiet zone."""
    code = segno.make(f"{number}\n{content_sha256}", error="m", micro=False)
    return markupsafe.Markup(  # noqa: S704 - segno draws squares, no text of ours is inside
        code.svg_inline(border=0, omitsize=True, svgclass="qr", lineclass=None)
    )


WORDS = {"seal_glyphs": seal_glyphs, "outlines": outlines, "qr": qr}
"""What a template may call besides Jinja's own."""
