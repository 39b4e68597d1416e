"""Bytes of an upload: what is read, and what is refused with a way to mend it."""

import io
import zipfile
from collections.abc import Callable
from contextlib import suppress

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflows import errors
from workflows.intake import reading

LAYOUT = reading.Layout(
    names={"CODE": "统一社会信用代码", "NAME": "名称", "FINE": "罚款金额"},
    required=("CODE", "NAME"),
    aliases={"企业名称": "NAME", "金额": "FINE"},
)
TEXT = "CODE,NAME\n1,甲公司\n2,乙公司\n"


def rows_of(data: bytes) -> list[reading.Row]:
    return list(reading.open_table(io.BytesIO(data), LAYOUT).rows)


def cells_of(data: bytes) -> list[dict[str, str]]:
    return [row.cells for row in rows_of(data)]


def refusal(data: bytes) -> str:
    with pytest.raises(errors.FileRefused) as refused:
        rows_of(data)
    return refused.value.detail


def xlsx(*rows: list[object], change: Callable[[openpyxl.Workbook], None] | None = None) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.worksheets[0].append(row)
    if change:
        change(book)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def repacked(book: bytes, **parts: bytes) -> bytes:
    """The archive with parts replaced: a `__` in a name stands for `/`."""
    file = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(book)) as old,
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            key = name.replace("/", "__").removesuffix(".xml")
            new.writestr(name, parts.pop(key, old.read(name)))
        for key, data in parts.items():
            new.writestr(key.replace("__", "/") + ".xml", data)
    return file.getvalue()


GOOD = [{"CODE": "1", "NAME": "甲公司"}, {"CODE": "2", "NAME": "乙公司"}]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_encoding_delimiter_and_newline_are_found(encoding: str, delimiter: str, newline: str):
    text = TEXT.replace(",", delimiter).replace("\n", newline)
    assert cells_of(text.encode(encoding)) == GOOD


def test_characters_beyond_gb2312_are_read():
    assert cells_of("CODE,NAME\n1,𬎆㛃公司\n".encode("gb18030"))[0]["NAME"] == "𬎆㛃公司"


def test_a_workbook_is_read_like_a_csv():
    assert cells_of(xlsx(["CODE", "NAME"], [1, "甲公司"], [2.0, "乙公司"])) == GOOD


def test_row_numbers_are_those_a_spreadsheet_shows():
    title = "某市处罚信息\n\nCODE,NAME\n1,甲\n\n3,丙\n"
    assert [row.number for row in rows_of(title.encode())] == [4, 6]
    book = xlsx(["某市处罚信息"], [], ["CODE", "NAME"], [1, "甲"], [], [3, "丙"])
    assert [row.number for row in rows_of(book)] == [4, 6]


def test_headers_are_known_by_any_of_their_names():
    text = "统一社会信用代码*,企业名称（必填）,罚款金额(万元),别的\n1,甲,20,x\n"
    table = reading.open_table(io.BytesIO(text.encode()), LAYOUT)
    row = next(table.rows)
    assert row.cells == {"CODE": "1", "NAME": "甲", "FINE": "20"}
    assert row.raw["别的"] == "x"
    assert table.units == {"FINE": "万元"}


def test_a_header_that_says_the_column_exactly_wins_over_another_wording():
    row = rows_of("CODE,企业名称,名称\n1,旧名,新名\n".encode())[0]
    assert row.cells["NAME"] == "新名"
    assert row.raw["企业名称"] == "旧名"


def test_two_headers_for_one_column_are_refused():
    assert "有几列都是名称" in refusal("CODE,NAME,名称\n1,a,b\n".encode())


def test_missing_columns_are_all_listed():
    said = refusal("甲,乙\n1,2\n".encode())
    assert "缺少必需的列：统一社会信用代码（CODE）、名称（NAME）" in said


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "文件是空的"),
        (b"\n\n\n", "没有数据"),
        (b"CODE,NAME\n1,a\0b\n", "第 2 行含有 NUL 字节"),
        (b"%PDF-1.7 ...", "PDF"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", ".xls"),
        (TEXT.encode("utf-16"), "UTF-16"),
        (b"\x89PNG\r\n\x1a\n\0\0", "NUL"),
        (TEXT.encode() + "3,丙公司\n".encode("gb18030"), "第 4 行不能"),
        (TEXT.encode("gb18030") + ("3,丙公司" + "丁" * 10 + "\n").encode(), "第 4 行不能"),
        (b"\xef\xbb\xbf" + TEXT.encode("gb18030"), "第 2 行不能"),
        (TEXT.encode("gb18030") + b"3,\xff\xff\n", "第 4 行不能"),
        (b"CODE,NAME\r1,a\r2,b\r", "引号或者换行"),
        (b"CODE,NAME\n1," + b"x" * 1_100_000, "第 2 行超过 1 MB"),
        (b"PK\x03\x04 not a zip", "已经损坏"),
    ],
)
def test_what_is_no_table_is_refused_and_says_where(data: bytes, said: str):
    assert said in refusal(data)


def test_a_file_over_500_mb_is_refused_unread():
    class Huge(io.BytesIO):
        def seek(self, offset: int, whence: int = 0) -> int:
            return 600 * 1024 * 1024 if whence == 2 else super().seek(offset, whence)

    with pytest.raises(errors.FileRefused, match="600 MB，超过 500 MB"):
        reading.open_table(Huge(TEXT.encode()), LAYOUT)


def test_a_row_with_too_many_columns_is_one_bad_row():
    rows = rows_of(b"CODE,NAME\n1,a,b,c\n2,d\n3,e,,\n4\n")
    assert "该行有 4 列，表头只有 2 列" in rows[0].fault
    assert rows[0].raw == {"第1列": "1", "第2列": "a", "第3列": "b", "第4列": "c"}
    assert [row.cells for row in rows[1:]] == [
        {"CODE": "2", "NAME": "d"},
        {"CODE": "3", "NAME": "e"},
        {"CODE": "4", "NAME": ""},
    ]


def test_a_quoted_cell_may_hold_commas_quotes_and_lines():
    assert rows_of(b'CODE,NAME\n1,"a, ""b""\nc"\n')[0].cells["NAME"] == 'a, "b"\nc'


def test_a_stray_quote_costs_one_row():
    rows = rows_of(b'CODE,NAME\n1,"a"b\n2,c\n')
    assert "第 2 行的引号或者换行不合 CSV 规则" in rows[0].fault
    assert rows[1].cells == {"CODE": "2", "NAME": "c"}


def test_a_quote_that_is_never_closed_names_the_lines_it_swallowed():
    rows = rows_of(b'CODE,NAME\n1,a\n2,"b\n3,c\n4,d\n')
    assert rows[0].cells["NAME"] == "a"
    assert "第 3 至 5 行的引号没有配对" in rows[1].fault
    assert len(rows) == 2


def test_a_formula_is_not_evaluated():
    rows = rows_of(xlsx(["CODE", "NAME"], ["1", "=1+1"], ["2", "乙公司"]))
    assert "第 2 列是公式" in rows[0].fault
    assert rows[1].cells == GOOD[1]


def test_a_day_in_a_workbook_reads_as_a_day():
    from datetime import date, datetime

    book = xlsx(
        ["CODE", "NAME"],
        [date(2026, 3, 9), datetime.fromisoformat("2026-03-09 08:30")],
        [True, 0.02],
    )
    assert [list(cells.values()) for cells in cells_of(book)] == [
        ["2026-03-09", "2026-03-09 08:30:00"],
        ["是", "0.02"],
    ]


def test_the_first_visible_sheet_is_read():
    def hide(book: openpyxl.Workbook) -> None:
        book.create_sheet("数据").append(["CODE", "NAME"])
        book.worksheets[1].append(["1", "甲公司"])
        book.worksheets[0].sheet_state = "hidden"

    assert cells_of(xlsx(["别的"], change=hide)) == GOOD[:1]


def test_an_archive_that_swells_is_refused():
    bomb = repacked(xlsx(["CODE", "NAME"]), xl__worksheets__sheet1=b" " * 70_000_000)
    assert len(bomb) < 1_000_000
    assert "解压后过大" in refusal(bomb)


@pytest.mark.parametrize("part", ["xl__workbook", "xl__styles", "xl__worksheets__sheet1"])
def test_an_entity_declaration_is_refused(part: str):
    hostile = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><worksheet>&b;</worksheet>'
    assert "XML 实体声明" in refusal(repacked(xlsx(["CODE", "NAME"]), **{part: hostile}))


def sheet_of(*cells: str, strings: str = "") -> bytes:
    """A workbook as Excel writes it: shared strings, runs of text, and cells as given."""
    main = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    header = '<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c></row>'
    rows = f"<sheetData>{header}{''.join(cells)}</sheetData>"
    shared = f"<si><t>CODE</t></si><si><t>NAME</t></si>{strings}"
    return repacked(
        xlsx(["CODE", "NAME"]),
        xl__worksheets__sheet1=f"<worksheet {main}>{rows}</worksheet>".encode(),
        xl__sharedStrings=f"<sst {main}>{shared}</sst>".encode(),
    )


def test_shared_strings_runs_and_gaps_are_read_as_excel_shows_them():
    strings = "<si><r><t>甲</t></r><r><t>公司</t></r><rPh><t>jia</t></rPh></si>"
    book = sheet_of(
        '<row r="3"><c r="B3" t="s"><v>2</v></c></row>',
        '<row><c><v>1E2</v></c><c t="str"><v>乙</v></c><c t="e"><v>#N/A</v></c></row>',
        strings=strings,
    )
    rows = rows_of(book)
    assert (rows[0].number, rows[0].cells) == (3, {"CODE": "", "NAME": "甲公司"})
    assert (rows[1].number, rows[1].raw) == (4, {"第1列": "100", "第2列": "乙", "第3列": "#N/A"})


@pytest.mark.parametrize(
    "cell",
    [
        '<c r="XFE2"><v>1</v></c>',
        '<c r="?2"><v>1</v></c>',
        '<c r="B2"><v>1</v></c><c r="A2"><v>1</v></c>',
        "<c/>" * 16_385,
        '<c t="s"><v>99</v></c>',
        "<c><v>one</v></c>",
        f'<c t="str"><v>{"x" * 1_000_001}</v></c>',
    ],
)
def test_a_cell_that_excel_could_not_have_written_is_refused(cell: str):
    assert "已经损坏" in refusal(sheet_of(f'<row r="2">{cell}</row>'))


def test_a_row_number_beyond_any_sheet_does_not_run_for_ever():
    sheet = (
        b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        b'<row r="1"><c r="A1" t="inlineStr"><is><t>CODE</t></is></c>'
        b'<c r="B1" t="inlineStr"><is><t>NAME</t></is></c></row>'
        b'<row r="99999999999"><c r="A99999999999"><v>1</v></c></row></sheetData></worksheet>'
    )
    assert "1048576" in refusal(repacked(xlsx([]), xl__worksheets__sheet1=sheet))


@pytest.mark.parametrize("part", [b"", b"<broken", b"<worksheet/>", b"\xff\xfe\x00"])
def test_a_damaged_workbook_is_refused(part: bytes):
    assert refusal(repacked(xlsx(["CODE", "NAME"], [1, 2]), xl__worksheets__sheet1=part))


def test_a_zip_that_is_no_workbook_is_refused():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("a.txt", "b")
    assert "不是 XLSX" in refusal(file.getvalue())


@given(st.binary(max_size=400))
def test_no_bytes_whatever_break_the_reader(data: bytes):
    for upload in (data, b"CODE,NAME\n" + data, b"PK\x03\x04" + data):
        with suppress(errors.FileRefused):
            assert all(row.fault or row.cells for row in rows_of(upload))


@given(st.lists(st.text("中文a\"',;\t\n ", min_size=1, max_size=8), min_size=1, max_size=20))
def test_what_a_csv_writer_writes_is_read_back(names: list[str]):
    import csv

    file = io.StringIO(newline="")
    writer = csv.writer(file)
    writer.writerows([["CODE", "NAME"], *([str(n), name] for n, name in enumerate(names))])
    for encoding in ("utf-8", "gb18030"):
        read = cells_of(file.getvalue().encode(encoding))
        assert [row["NAME"] for row in read] == names
