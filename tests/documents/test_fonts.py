"""Every character has a glyph or the document is refused; the agency's fonts come first."""

import shutil
from pathlib import Path

import pytest

from tests.documents import conftest, contexts, pages
from workflows import documents, errors, settings
from workflows.documents import fonts, seal

Files = dict[str, str | bytes]


def test_rare_characters_of_names_have_glyphs() -> None:
    assert documents.missing_glyphs("喆堃旻玥犇镕瑄昇𬭎㐂䶮𠮷〇〔〕①×℃　 \n") == set()


def test_a_character_without_glyph_is_named() -> None:
    assert documents.missing_glyphs("甲\U0010fffd乙") == {"\U0010fffd"}


def test_a_document_with_such_a_character_is_refused(files: Files) -> None:
    party = {**contexts.PARTY, "name": "安阳\U0010fffd公司"}
    with pytest.raises(errors.GlyphMissing, match=r"U\+10FFFD"):
        documents.render(
            "prior_notice",
            files,
            {**contexts.PRIOR_NOTICE, "party": party},
            number=contexts.NUMBERS["prior_notice"],
            issued_at=conftest.AT,
        )


def test_a_seal_with_such_a_character_is_refused(files: Files) -> None:
    organ = {**contexts.ORGAN, "seal_name": "安阳\U0010fffd局"}
    with pytest.raises(errors.GlyphMissing):
        documents.render(
            "prior_notice",
            files,
            {**contexts.PRIOR_NOTICE, "organ": organ},
            number=contexts.NUMBERS["prior_notice"],
            issued_at=conftest.AT,
        )


def test_this_machine_is_ready_to_print_but_perhaps_for_the_house_font() -> None:
    assert [one for one in documents.check_ready() if "仿宋" not in one] == []


def test_a_machine_without_fonts_is_told_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fonts, "free_faces", tuple)
    monkeypatch.setattr(fonts, "agency_faces", tuple)
    said = "".join(documents.check_ready())
    assert "fonts-noto-cjk" in said
    assert "仿宋" in said


def test_a_machine_without_the_subsetter_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fonts.ffi, "harfbuzz_subset", None)
    assert "libharfbuzz-subset0" in documents.check_ready()[0]


def test_the_agency_s_own_font_comes_first_and_is_embedded(
    files: Files, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kai = next(face for face in fonts.free_faces() if face.role == "kai")
    shutil.copy(kai.path, tmp_path / "楷体.ttf")
    (tmp_path / "broken.ttf").write_bytes(b"no font")
    (tmp_path / "readme.txt").write_text("no font")
    monkeypatch.setattr(settings, "FONTS", tmp_path)
    assert fonts.chains()["kai"][0] == "agency-kai-1"
    assert [face.path.name for face in fonts.agency_faces()] == ["楷体.ttf"]
    found = documents.render(
        "objection_answer",
        files,
        contexts.OBJECTION_ANSWER,
        number=contexts.NUMBERS["objection_answer"],
        issued_at=conftest.AT,
    )
    assert any("agency-kai" in row[0] or "WenKai" in row[0] for row in pages.fonts(found.pdf))


def test_the_seal_is_drawn_from_left_to_right_and_evenly() -> None:
    glyphs = seal.seal_glyphs("安阳市殷都区市场监督管理局")
    angles = [glyph.angle for glyph in glyphs]
    assert angles == sorted(angles)
    assert angles[0] == -angles[-1] == -125
    assert all(glyph.outline.startswith("M") for glyph in glyphs)
    assert seal.seal_glyphs("财政局")[0].angle == -30
