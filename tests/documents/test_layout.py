"""The printed page against GB/T 9704-2012, measured on the PDF and on its picture."""

import copy
import io
import itertools
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator
from datetime import datetime

import pypdf
import pytest
import segno

from tests.documents import contexts, pages
from workflows import documents
from workflows.documents import fonts

AT = datetime.fromisoformat("2026-03-02T09:00:00+08:00")
NAMES = sorted(contexts.CONTEXTS)
LINE = 10.227
"""Pitch of the 22 lines in mm."""

Files = dict[str, str | bytes]
Printed = dict[str, documents.Rendered]


def page_of(printed: documents.Rendered) -> str:
    """Its layout: letter, record, table, plain; nothing for an act of the organ."""
    found = re.search(r'<body class="(\w*)">', printed.html)
    assert found
    return found[1]


def is_sealed(printed: documents.Rendered) -> bool:
    return 'data-block="seal"' in printed.html


def print_with(files: Files, name: str, **facts: object) -> documents.Rendered:
    context = {**copy.deepcopy(contexts.CONTEXTS[name]), **facts}
    return documents.render(name, files, context, number=contexts.NUMBERS[name], issued_at=AT)


def long_notice(files: Files) -> documents.Rendered:
    grounds = [{"no": 1, "text": "查明事实" * 500, "evidence": "笔录"}]
    return print_with(files, "prior_notice", grounds=grounds)


@pytest.mark.parametrize("name", NAMES)
def test_every_page_is_a4(printed: Printed, name: str) -> None:
    reader = pypdf.PdfReader(_stream(printed[name].pdf))
    assert len(reader.pages) == printed[name].pages
    for page in reader.pages:
        assert float(page.mediabox.width) == pytest.approx(595.28, abs=0.5)
        assert float(page.mediabox.height) == pytest.approx(841.89, abs=0.5)


@pytest.mark.parametrize("page", [1, 2, 3, 4])
def test_the_binding_edge_is_28_mm_on_odd_pages_and_mirrored_on_even_ones(
    printed: Printed, page: int
) -> None:
    left = min(line.left for line in pages.lines(printed["listing_decision"].pdf, page))
    assert left == pytest.approx(28 if page % 2 else 26, abs=1.5)


def test_a_full_page_has_22_lines_of_28_characters(files: Files) -> None:
    full = pages.body(long_notice(files).pdf, 2)
    assert len(full) == 22
    assert [len(line.text) for line in full] == [28] * 22
    assert full[0].top == pytest.approx(37 + (LINE - 5.57) / 2, abs=1.5)
    assert full[-1].bottom < 37 + 225
    pitches = [below.top - above.top for above, below in itertools.pairwise(full)]
    assert pitches == pytest.approx([LINE] * 21, abs=0.05)
    assert max(line.right for line in full) == pytest.approx(182, abs=1)


def test_rare_names_do_not_break_the_grid(files: Files) -> None:
    text = ("查明喆堃旻玥犇镕瑄昇𬭎㐂等人" + "查明事实" * 14) * 30
    full = pages.body(
        print_with(files, "prior_notice", grounds=[{"text": text, "evidence": "笔录"}]).pdf, 2
    )
    assert len(full) == 22


@pytest.mark.parametrize("name", NAMES)
def test_page_one_shows_the_first_sentence_of_the_body(printed: Printed, name: str) -> None:
    first = "".join(line.text for line in pages.lines(printed[name].pdf, 1))
    context = contexts.CONTEXTS[name]
    assert context["party"]["name"] in first
    said = {"table": "送达方式", "record": "记录内容", "plain": "承诺"}
    assert said.get(page_of(printed[name]), "本机关") in first


@pytest.mark.parametrize("name", NAMES)
def test_the_page_number_stands_outside_on_its_side(printed: Printed, name: str) -> None:
    if page_of(printed[name]) in {"table", "record"}:
        assert "— 1 —" not in pages.text(printed[name].pdf)
        return
    first = 2 if page_of(printed[name]) == "letter" else 1
    for page in range(first, printed[name].pages + 1):
        found = next(
            line for line in pages.lines(printed[name].pdf, page) if line.text == f"—{page}—"
        )
        if page % 2:
            assert found.right == pytest.approx(184 - 14 * pages.MM, abs=1)
        else:
            assert found.left == pytest.approx(26 + 14 * pages.MM, abs=1)
        assert _top_of_dash(printed[name].pdf, page, found) == pytest.approx(269, abs=0.6)


def test_the_record_of_service_is_one_page_without_number(printed: Printed) -> None:
    assert printed["service_record"].pages == 1
    assert "— 1 —" not in pages.text(printed["service_record"].pdf)


@pytest.mark.parametrize("name", NAMES)
def test_the_number_is_lawful_and_printed(printed: Printed, name: str) -> None:
    assert documents.NUMBER.match(contexts.NUMBERS[name])
    first = [line.text for line in pages.lines(printed[name].pdf, 1)]
    assert contexts.NUMBERS[name] in first


def test_the_head_is_red_and_its_rule_as_wide_as_the_type_area(printed: Printed) -> None:
    left, top, right, bottom = pages.red_box(printed["prior_notice"].pdf, 1)
    assert (left, right) == (pytest.approx(28, abs=1), pytest.approx(184, abs=1))
    number = next(
        line
        for line in pages.lines(printed["prior_notice"].pdf, 1)
        if line.text == contexts.NUMBERS["prior_notice"]
    )
    assert 37 <= top < 45
    assert bottom - number.bottom == pytest.approx(4, abs=1.2)


@pytest.mark.parametrize("name", NAMES)
def test_the_seal_presses_name_and_date_within_a_line_of_the_text(
    printed: Printed, name: str
) -> None:
    pdf, last = printed[name].pdf, printed[name].pages
    found = pages.lines(pdf, last)
    if not is_sealed(printed[name]):
        assert page_of(printed[name]) in {"record", "plain"}
        return
    organ = [line for line in found if contexts.ORGAN["name"] in line.text][-1]
    date = next(line for line in found if line.top > organ.top and "2026年3月2日" in line.text)
    above = max(line.bottom for line in found if line.bottom < organ.top)
    left, top, right, bottom = pages.red_box(pdf, last, below=above)
    assert (right - left, bottom - top) == (pytest.approx(42, abs=0.6),) * 2
    assert organ.top < (top + bottom) / 2 < date.bottom
    assert (organ.top + date.bottom) / 2 > (top + bottom) / 2
    assert bottom > date.bottom
    assert top - above < LINE
    assert (left + right) / 2 == pytest.approx(_middle(date), abs=3)


@pytest.mark.parametrize("length", range(1, 24))
def test_the_seal_never_stands_alone_on_a_page(files: Files, length: int) -> None:
    reasons = ["理由。"] * length
    found = print_with(
        files, "no_listing_notice", decision={"outcome": "不予列入", "reasons": reasons}
    )
    last = pages.body(found.pdf, found.pages)
    organ = next(line for line in last if line.text.startswith(contexts.ORGAN["name"]))
    assert [line for line in last if line.bottom < organ.top]


@pytest.mark.parametrize(
    "name", ["财政局", "黄河流域生态保护示范区市场监督管理和信用监管综合执法局"]
)
def test_short_and_long_names_of_organs_stay_inside_the_type_area(files: Files, name: str) -> None:
    organ = {**contexts.ORGAN, "name": name, "seal_name": name}
    found = print_with(files, "no_listing_notice", organ=organ)
    odd = found.pages % 2
    line = next(line for line in pages.lines(found.pdf, found.pages) if line.text.endswith(name))
    assert line.right <= (184 if odd else 182)


@pytest.mark.parametrize("name", NAMES)
def test_all_fonts_are_embedded_and_nothing_is_set_in_a_foreign_one(
    printed: Printed, name: str
) -> None:
    rows = pages.fonts(printed[name].pdf)
    assert rows
    for row in rows:
        assert row[-5:-3] == ["yes", "yes"], row
        assert "DejaVu" not in row[0]
    body = fonts.chains()["fangsong"][0]
    assert any(body.replace(" ", "") in row[0].replace("-", "") for row in rows)


@pytest.mark.parametrize("name", NAMES)
def test_no_placeholder_and_no_stray_space_is_printed(printed: Printed, name: str) -> None:
    copied = pages.text(printed[name].pdf)
    assert "{{" not in copied
    assert "{%" not in copied
    assert "�" not in copied
    assert "None" not in copied
    assert "。。" not in copied
    written = re.sub(r"<svg.*?</svg>", "", printed[name].html, flags=re.DOTALL)
    for paragraph in re.findall(r"<p[^>]*>(.*?)</p>", written, flags=re.DOTALL):
        assert not re.search(r"[\u4e00-\u9fff，。；][ \n]+[\u4e00-\u9fff]", paragraph), paragraph


@pytest.mark.parametrize("name", NAMES)
def test_the_qr_code_carries_number_and_hash_of_the_content(printed: Printed, name: str) -> None:
    found = printed[name]
    said = f"{contexts.NUMBERS[name]}\n{found.content_sha256}"
    matrix = [list(map(bool, row)) for row in segno.make(said, error="m", micro=False).matrix]
    image = pages.picture(found.pdf, found.pages, dpi=300)
    left = 28 if found.pages % 2 else 26
    side = 20 / len(matrix)

    def differs(top: float) -> int:
        return sum(
            pages.dark(image, left + (x + 0.5) * side, top + (y + 0.5) * side, 300) != module
            for y, row in enumerate(matrix)
            for x, module in enumerate(row)
        )

    caption = next(line for line in pages.lines(found.pdf, found.pages) if "扫码核验" in line.text)
    tops = [caption.top - 14 + step * 0.1 for step in range(140)]
    assert min(differs(top) for top in tops) == 0


LETTERS = ["credit_warning_letter", "interview_notice"]


@pytest.mark.parametrize("name", LETTERS)
def test_a_letter_has_the_name_30_mm_from_the_top_and_double_lines_of_170_mm(
    printed: Printed, name: str
) -> None:
    pdf = printed[name].pdf
    left, top, right, bottom = pages.red_box(pdf, 1)
    assert (left, right) == (pytest.approx(20, abs=0.3), pytest.approx(190, abs=0.3))
    assert top == pytest.approx(30, abs=0.5)
    assert bottom == pytest.approx(297 - 20, abs=0.5)
    organ, upper, lower = _red_bands(pdf)
    assert upper[0][0] - organ[-1][1] == pytest.approx(4, abs=0.6)
    for thick, thin in (upper, lower[::-1]):
        assert thick[1] - thick[0] > thin[1] - thin[0]


@pytest.mark.parametrize("name", LETTERS)
def test_the_number_of_a_letter_is_flush_right_seven_eighths_below_the_first_line(
    printed: Printed, name: str
) -> None:
    pdf = printed[name].pdf
    number = next(line for line in pages.lines(pdf, 1) if line.text == contexts.NUMBERS[name])
    _, upper, _ = _red_bands(pdf)
    assert number.right == pytest.approx(184, abs=1)
    ink = _first_ink(pdf, upper[-1][1], number)
    assert ink - upper[-1][1] == pytest.approx(16 * 7 / 8 * pages.MM, abs=0.7)


def test_text_ends_seven_eighths_above_the_lower_line_and_page_one_has_no_number(
    files: Files,
) -> None:
    found = print_with(
        files, "interview_notice", basis=[{"title": "甲", "article": "乙", "text": "文" * 900}]
    )
    assert not [line for line in pages.lines(found.pdf, 1) if line.text == "—1—"]
    assert [line for line in pages.lines(found.pdf, 2) if line.text == "—2—"]
    last = pages.lines(found.pdf, 1)[-1]
    lower = _red_bands(found.pdf)[-1]
    assert lower[0][0] - last.bottom == pytest.approx(16 * 7 / 8 * pages.MM, abs=1.5)


@pytest.mark.parametrize("length", range(300, 460, 20))
def test_the_seal_of_a_letter_never_stands_alone_on_a_page(files: Files, length: int) -> None:
    basis = [{"title": "甲", "article": "乙", "text": "文" * length}]
    found = print_with(files, "interview_notice", basis=basis)
    organ = next(
        line
        for line in pages.body(found.pdf, found.pages)
        if line.text.startswith(contexts.ORGAN["name"])
    )
    assert [line for line in pages.body(found.pdf, found.pages) if line.bottom < organ.top]


@pytest.mark.parametrize(
    "name", ["财政局", "黄河流域生态保护示范区市场监督管理和信用监管综合执法局"]
)
def test_the_name_above_a_letter_is_one_line_of_at_most_170_mm(files: Files, name: str) -> None:
    organ = {**contexts.ORGAN, "name": name, "seal_name": name}
    found = print_with(files, "interview_notice", organ=organ)
    head = pages.lines(found.pdf, 1)[0]
    assert head.text == name
    assert head.left >= 20
    assert head.right <= 190
    assert _red_bands(found.pdf)[0][0][0] == pytest.approx(30, abs=0.5)


def test_every_page_of_a_record_repeats_the_head_and_is_signed(files: Files) -> None:
    context = contexts.INTERVIEW_RECORD["interview"]
    interview = {**context, "statements": ["陈述的内容" * 30] * 20}
    found = print_with(files, "interview_record", interview=interview)
    assert found.pages >= 3
    for page in range(1, found.pages + 1):
        lines = pages.lines(found.pdf, page)
        said = [line.text for line in lines]
        assert f"第{page}页共{found.pages}页" in "".join(said)
        assert "项目记录内容" in said
        signing = [line for line in lines if "（签名）：" in line.text and line.top > 255]
        assert "".join(line.text for line in signing).count("约谈人（签名）") == 3
        assert max(line.bottom for line in lines) < 290
        assert min(line.left for line in lines) >= (28 if page % 2 else 26) - 0.2
        table = [line for line in lines if line.bottom < 259]
        assert max(line.bottom for line in table) < min(line.top for line in signing)


def test_a_record_bears_its_number_on_every_page(printed: Printed) -> None:
    found = printed["interview_record"]
    for page in range(1, found.pages + 1):
        said = "".join(line.text for line in pages.lines(found.pdf, page))
        assert contexts.NUMBERS["interview_record"] in said


def _red_bands(pdf: bytes) -> list[list[tuple[float, float]]]:
    """The red marks of page one by height: name, upper and lower double line; (top, bottom) mm."""
    image = pages.picture(pdf, 1, dpi=300)
    rows: list[bool] = []
    for y in range(image.height):
        reds = (image.getpixel((x, y)) for x in range(240, image.width - 240, 9))
        rows.append(any(red >= 200 and green <= 90 for red, green, _ in _rgb(reds)))
    edges = [y for y in range(1, len(rows)) if rows[y] != rows[y - 1]]
    marks = [
        (start / 300 * 25.4, end / 300 * 25.4)
        for start, end in zip(edges[::2], edges[1::2], strict=True)
    ]
    lower = [mark for mark in marks if mark[0] > 250]
    upper = [mark for mark in marks if mark not in lower][-2:]
    name = [mark for mark in marks if mark[1] < upper[0][0]]
    return [name, upper, lower]


def _rgb(pixels: Iterable[object]) -> Iterator[tuple[int, int, int]]:
    for pixel in pixels:
        assert isinstance(pixel, tuple)
        yield pixel


def _first_ink(pdf: bytes, below: float, line: pages.Line) -> float:
    image = pages.picture(pdf, 1, dpi=300)
    for step in range(200):
        y = below + 0.3 + step * 0.05
        if any(pages.dark(image, line.left + x * 0.1, y, 300) for x in range(500)):
            return y
    raise AssertionError("no ink")


def test_the_same_facts_give_the_same_bytes_in_another_process(printed: Printed) -> None:
    told = subprocess.run(
        ["env", "PYTHONHASHSEED=7", sys.executable, "-c", AGAIN],
        check=True,
        capture_output=True,
    )
    assert told.stdout.decode().strip() == printed["listing_decision"].sha256


AGAIN = """
from pathlib import Path
from tests.documents import contexts, conftest
from workflows import documents, settings
paths = [p for p in settings.FORMS.rglob("*") if p.suffix in {".html", ".yaml", ".css"}]
print(documents.render("listing_decision", {p.name: p.read_bytes() for p in paths},
    contexts.LISTING_DECISION, number=contexts.NUMBERS["listing_decision"],
    issued_at=conftest.AT).sha256)
"""


def test_the_pdf_says_when_it_was_issued_and_which_fonts_stand_in(printed: Printed) -> None:
    found = pypdf.PdfReader(_stream(printed["prior_notice"].pdf)).metadata
    assert found
    assert found.creation_date == AT
    assert found.author == contexts.ORGAN["name"]
    keywords = str(found["/Keywords"])
    assert "仿宋=" in keywords
    assert printed["prior_notice"].content_sha256 in keywords


def _middle(line: pages.Line) -> float:
    """The middle of the date, the small print left of it not counted."""
    width = 5.571 * 0.75 * len("2026年3月2日")
    return line.right - width / 2


def _top_of_dash(pdf: bytes, page: int, number: pages.Line) -> float:
    image = pages.picture(pdf, page, dpi=300)
    x = number.left + 2
    for step in range(200):
        y = 264 + step * 0.05
        if pages.dark(image, x, y, 300):
            return y
    raise AssertionError("no dash")


def _stream(pdf: bytes) -> io.BytesIO:
    return io.BytesIO(pdf)
