"""What a printed page looks like, measured with poppler. Lengths in millimetres from top left."""

import io
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from lxml import etree
from PIL import Image

MM = 25.4 / 72
DPI = 150


@dataclass(frozen=True)
class Line:
    left: float
    top: float
    right: float
    bottom: float
    text: str


def _run(pdf: bytes, *command: str) -> bytes:
    with tempfile.NamedTemporaryFile(suffix=".pdf") as file:
        Path(file.name).write_bytes(pdf)
        argv = [file.name if one == "PDF" else one for one in command]
        return subprocess.run(argv, check=True, capture_output=True).stdout


def lines(pdf: bytes, page: int) -> list[Line]:
    """The lines of text of a page from top to bottom; words on one height are one line."""
    which = ["-f", str(page), "-l", str(page)]
    told = _run(pdf, "pdftotext", "-bbox-layout", *which, "PDF", "-")
    rows: dict[int, list[etree._Element]] = {}
    for word in etree.fromstring(told).iter("{*}word"):
        middle = (float(word.get("yMin", "0")) + float(word.get("yMax", "0"))) / 2
        near = next((key for key in rows if abs(key - middle * 10) < 60), int(middle * 10))
        rows.setdefault(near, []).append(word)
    return [_line(rows[key]) for key in sorted(rows)]


def _line(words: list[etree._Element]) -> Line:
    words = sorted(words, key=lambda word: float(word.get("xMin", "0")))
    edge = {
        name: [float(word.get(name, "0")) * MM for word in words]
        for name in ("xMin", "yMin", "xMax", "yMax")
    }
    return Line(
        min(edge["xMin"]),
        min(edge["yMin"]),
        max(edge["xMax"]),
        max(edge["yMax"]),
        "".join(word.text or "" for word in words),
    )


def body(pdf: bytes, page: int) -> list[Line]:
    """The lines inside the 版心, without the page number and the small print at the QR code."""
    return [line for line in lines(pdf, page) if line.bottom < 263 and line.bottom - line.top > 4]


def text(pdf: bytes) -> str:
    """All text, as copied by a reader."""
    return _run(pdf, "pdftotext", "-layout", "PDF", "-").decode()


def fonts(pdf: bytes) -> list[list[str]]:
    """The rows of pdffonts: name, …, emb, sub, uni, object, id."""
    return [row.split() for row in _run(pdf, "pdffonts", "PDF").decode().splitlines()[2:]]


def picture(pdf: bytes, page: int, dpi: int = DPI) -> Image.Image:
    """The page as an RGB picture."""
    which = ["-f", str(page), "-l", str(page), "-r", str(dpi)]
    return Image.open(io.BytesIO(_run(pdf, "pdftoppm", *which, "PDF"))).convert("RGB")


def red_box(pdf: bytes, page: int, below: float = 0) -> tuple[float, float, float, float]:
    """Left, top, right, bottom of all red ink lower than `below` mm."""
    image = picture(pdf, page)
    skipped = int(below / 25.4 * DPI)
    part = image.crop((0, skipped, image.width, image.height))
    red, green, blue = part.split()
    ink = Image.merge("RGB", (red, green, blue)).point(
        [255 if value >= 200 else 0 for value in range(256)]
        + [255 if value <= 80 else 0 for value in range(256)] * 2
    )
    mask = ink.convert("L").point([255 if value > 250 else 0 for value in range(256)])
    box = mask.getbbox()
    assert box, "no red ink"
    left, top, right, bottom = (value / DPI * 25.4 for value in box)
    return left, top + below, right, bottom + below


def dark(image: Image.Image, x: float, y: float, dpi: int) -> bool:
    """Whether the ink at x, y mm is black."""
    found = image.getpixel((round(x / 25.4 * dpi), round(y / 25.4 * dpi)))
    assert isinstance(found, tuple)
    return max(found) < 128
