# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false
"""HTML → PDF bytes that are the same every time: the one use of WeasyPrint."""

import functools
import hashlib
import io
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from importlib import resources
from pathlib import PurePosixPath
from typing import Any

import orjson
import weasyprint
from weasyprint import css, urls
from weasyprint.text import fonts as engine_fonts

from workflows import errors
from workflows.documents import content, fonts
from workflows.documents import number as numbers

MIME = {".css": "text/css", ".svg": "image/svg+xml", ".png": "image/png", ".jpg": "image/jpeg"}

_press = threading.Lock()
"""Pango's font map is shared by all documents of the process and is not for two threads."""


@dataclass(frozen=True)
class Rendered:
    """A printed document.

    `sha256` is of the PDF's bytes. `content_sha256` is of its canonical content (name, number,
    instant and context as sorted JSON) and stands in the QR code beside the number: a file cannot
    contain its own hash.
    """

    pdf: bytes
    sha256: str
    content_sha256: str
    html: str
    pages: int


def render(
    name: str,
    files: Mapping[str, str | bytes],
    context: Mapping[str, Any],
    *,
    number: str,
    issued_at: datetime,
) -> Rendered:
    """Print document `name` of the bundle `files` with the facts `context` (see forms/README.md).

    The same arguments give the same bytes. Raises NoticeIncomplete, DecisionIncomplete or
    DocumentIncomplete when a mandatory block is missing or the number is unlawful (INV-02, INV-05,
    INV-23), GlyphMissing when no font has a character, TemplateRefused when the template does what
    it may not (reaching for the network or a file included).
    """
    numbers.check_number(number)
    said = {"name": name, "number": number, "issued_at": issued_at, "context": dict(context)}
    content_sha256 = hashlib.sha256(orjson.dumps(said, option=orjson.OPT_SORT_KEYS)).hexdigest()
    issued = {
        "number": number,
        "issued_at": issued_at.isoformat(),
        "content_sha256": content_sha256,
        "fonts": fonts.substitutions(),
    }
    page = content.compose(name, files, context, issued)
    _check_glyphs(page)
    pdf, pages = _print(page, files, content_sha256)
    return Rendered(pdf, hashlib.sha256(pdf).hexdigest(), content_sha256, page, pages)


def _check_glyphs(page: str) -> None:
    if missing := fonts.missing_glyphs(content.visible_text(page)):
        named = "、".join(f"“{char}”(U+{ord(char):04X})" for char in sorted(missing))
        raise errors.GlyphMissing(named, characters=sorted(missing))


def _print(page: str, files: Mapping[str, str | bytes], identifier: str) -> tuple[bytes, int]:
    fetcher = _Bundle(files)
    source = weasyprint.HTML(string=page, base_url="asset:", url_fetcher=fetcher)
    with _press:
        try:
            printed = _lay_out(source, bytes.fromhex(identifier[:32]))
        except ArithmeticError as fault:
            raise errors.TemplateRefused(f"样式无法排版：{fault}") from fault
    if fetcher.refused:
        raise errors.TemplateRefused("模板引用了流程包以外的内容：" + "、".join(fetcher.refused))
    return printed


def _lay_out(source: weasyprint.HTML, identifier: bytes) -> tuple[bytes, int]:
    config, sheet = _typography(fonts.style_sheet())
    laid_out: Any = source.render(
        font_config=config,
        stylesheets=[sheet],
        color_profiles={"office": _colours()},
        output_intent="office",
    )
    pdf = laid_out.write_pdf(
        pdf_identifier=identifier, pdf_variant="pdf/a-3u", pdf_tags=True, output_intent="office"
    )
    return pdf, len(laid_out.pages)


def _colours() -> css.ColorProfile:
    """The output intent of PDF/A, read by us because WeasyPrint leaves the file open."""
    profile = resources.files("weasyprint.pdf").joinpath("sRGB2014.icc").read_bytes()
    channels = (["r"], ["g"], ["b"])
    return css.ColorProfile(io.BytesIO(profile), "sRGB2014.icc", "relative-colorimetric", channels)


@functools.lru_cache(maxsize=2)
def _typography(sheet: str) -> tuple[engine_fonts.FontConfiguration, weasyprint.CSS]:
    """Loading fonts takes longer than a page: they stay loaded while the folder is unchanged."""
    config = engine_fonts.FontConfiguration()
    return config, weasyprint.CSS(string=sheet, font_config=config, url_fetcher=_Fonts())


class _Bundle(urls.URLFetcher):
    """Fetches `asset:<name>` from the bundle and `data:`; notes whatever else was asked for.

    WeasyPrint swallows the errors of a fetcher in places, hence the note.
    """

    def __init__(self, files: Mapping[str, str | bytes]) -> None:
        super().__init__(allowed_protocols=("data",), allow_redirects=False)
        self._files = {PurePosixPath(path).name: text for path, text in files.items()}
        self.refused: list[str] = []

    def fetch(self, url: str, headers: Any = None) -> Any:
        scheme, _, name = url.partition(":")
        if scheme == "data":
            return super().fetch(url, headers)
        mime = MIME.get(PurePosixPath(name).suffix)
        if scheme != "asset" or mime is None or name not in self._files:
            self.refused.append(url)
            raise urls.URLFetchingError(url)
        return urls.URLFetcherResponse(url, self._files[name], {"Content-Type": mime})


class _Fonts(urls.URLFetcher):
    """Fetches `font:<file>` among the carried fonts, by exact name."""

    def fetch(self, url: str, headers: Any = None) -> Any:  # noqa: ARG002
        known = {f"font:{face.path.name}": face.path for face in fonts.carried_faces()}
        return urls.URLFetcherResponse(url, known[url].read_bytes(), {"Content-Type": "font/otf"})
