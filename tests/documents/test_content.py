"""What each document must say, and that template and declaration agree."""

import copy
from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Any

import pytest

from tests.documents import conftest, contexts
from workflows import documents, errors

Files = dict[str, str | bytes]
NAMES = sorted(contexts.CONTEXTS)

REFUSALS = {
    "prior_notice": errors.NoticeIncomplete,
    "listing_decision": errors.DecisionIncomplete,
}


def declaration(files: Files, name: str) -> documents.Declaration:
    return documents.declare(
        next(text for path, text in files.items() if path.endswith(f"{name}.yaml"))
    )


def without(context: Mapping[str, Any], need: str) -> dict[str, Any]:
    """The context with nothing said at any path of `need`."""
    emptied = copy.deepcopy(dict(context))
    for path in need.split("|"):
        _blank(emptied, path.split("."))
    return emptied


def _blank(value: Any, path: list[str]) -> None:
    step, rest = path[0], path[1:]
    if step == "*":
        for place, one in enumerate(value):
            if rest:
                _blank(one, rest)
            else:
                value[place] = "  "
    elif rest:
        _blank(value[int(step) if step.isdigit() else step], rest)
    elif isinstance(value, dict):
        value[step] = ""


def every_need() -> list[tuple[str, str, str]]:
    files: Files = {path.name: path.read_bytes() for path in conftest.FILES}
    return [
        (name, block.id, need)
        for name in NAMES
        for block in declaration(files, name).blocks
        for need in block.needs
        if not need.startswith("document.")
    ]


@pytest.mark.parametrize("name", NAMES)
def test_the_golden_facts_are_complete_before_there_is_a_number(files: Files, name: str) -> None:
    documents.check_blocks(name, files, contexts.CONTEXTS[name])


@pytest.mark.parametrize("name", NAMES)
def test_template_and_declaration_agree(files: Files, name: str) -> None:
    assert documents.check_template(name, files) == []


@pytest.mark.parametrize("name", NAMES)
def test_every_declared_block_is_printed_in_the_declared_order(
    printed: dict[str, documents.Rendered], files: Files, name: str
) -> None:
    page = printed[name].html
    ids = [block.id for block in declaration(files, name).blocks]
    if name == "service_record":
        assert all(f'data-block="{one}"' in page for one in ids)
    else:
        places = [page.index(f'data-block="{one}"') for one in ids]
        assert places == sorted(places)


@pytest.mark.parametrize(("name", "block", "need"), every_need())
def test_a_missing_fact_refuses_the_document_and_names_block_and_article(
    files: Files, name: str, block: str, need: str
) -> None:
    with pytest.raises(REFUSALS.get(name, errors.DocumentIncomplete)) as refused:
        documents.check_blocks(name, files, without(contexts.CONTEXTS[name], need))
    assert block in refused.value.facts["missing"]
    named = next(one for one in declaration(files, name).blocks if one.id == block)
    assert named.name in refused.value.message
    assert named.article in refused.value.message


def test_all_missing_blocks_are_listed_at_once(files: Files) -> None:
    context = {**contexts.PRIOR_NOTICE, "grounds": [], "basis": [], "measures": []}
    with pytest.raises(errors.NoticeIncomplete) as refused:
        documents.check_blocks("prior_notice", files, context)
    assert refused.value.facts["missing"] == ["grounds", "basis", "measures"]
    assert "拟列入事由、依据、惩戒措施提示" in refused.value.message
    assert "国办发〔2020〕49号 四（八）" in refused.value.article


@pytest.mark.parametrize("block", ["rights", "unpublished", "window", "seal"])
def test_a_template_without_a_block_cannot_be_sealed(files: Files, block: str) -> None:
    changed = {
        path: text.replace(f'data-block="{block}"'.encode(), b"")
        for path, text in files.items()
        if isinstance(text, bytes)
    }
    assert any(
        f'data-block="{block}"' in one for one in documents.check_template("prior_notice", changed)
    )
    with pytest.raises(errors.NoticeIncomplete) as refused:
        documents.render(
            "prior_notice",
            changed,
            contexts.PRIOR_NOTICE,
            number=contexts.NUMBERS["prior_notice"],
            issued_at=conftest.AT,
        )
    assert refused.value.facts["missing"] == [block]


def test_a_block_that_says_nothing_is_missing(files: Files) -> None:
    path = "prior_notice/prior_notice.html"
    text = files[path]
    assert isinstance(text, bytes)
    emptied = text.replace(b'data-block="unpublished">', b'data-block="unpublished"></p><p>')
    with pytest.raises(errors.NoticeIncomplete):
        documents.check_blocks("prior_notice", {**files, path: emptied}, contexts.PRIOR_NOTICE)


def test_files_are_found_by_the_last_part_of_their_path(files: Files) -> None:
    bare = {PurePosixPath(path).name: text for path, text in files.items()}
    deep = {f"forms/{path}": text for path, text in files.items()}
    found = [
        documents.render(
            "objection_answer",
            bundle,
            contexts.OBJECTION_ANSWER,
            number=contexts.NUMBERS["objection_answer"],
            issued_at=conftest.AT,
        ).sha256
        for bundle in (bare, deep)
    ]
    assert found[0] == found[1]


@pytest.mark.parametrize(
    "number",
    [
        "",
        "1号",
        "殷市监列告[2026]1号",
        "殷市监列告〔26〕1号",
        "殷市监列告〔2026〕01号",
        "殷市监列告〔2026〕第1号",
    ],
)
def test_an_unlawful_number_is_refused(files: Files, number: str) -> None:
    with pytest.raises(errors.DocumentIncomplete):
        documents.render(
            "prior_notice", files, contexts.PRIOR_NOTICE, number=number, issued_at=conftest.AT
        )


def test_a_number_is_written_from_its_parts() -> None:
    assert documents.write_number("殷市监", "列告", 2026, 1) == "殷市监列告〔2026〕1号"
    with pytest.raises(errors.DocumentIncomplete):
        documents.write_number("殷市监", "列告", 2026, 0)


def test_the_identity_number_of_a_person_is_masked_and_that_of_a_firm_is_not(
    printed: dict[str, documents.Rendered],
) -> None:
    page = printed["no_listing_notice"].html
    assert "410505********0017" in page
    assert contexts.PERSON["id_no"] not in page
    assert contexts.PARTY["id_no"] in printed["listing_decision"].html


def test_the_decision_says_that_nothing_was_objected(files: Files) -> None:
    context = {**contexts.LISTING_DECISION, "objections": []}
    found = documents.render(
        "listing_decision",
        files,
        context,
        number=contexts.NUMBERS["listing_decision"],
        issued_at=conftest.AT,
    )
    assert "在告知的期限内未提出陈述、申辩意见和异议" in found.html


def test_markup_in_facts_is_text(files: Files) -> None:
    context = {
        **contexts.NO_LISTING_NOTICE,
        "decision": {"outcome": "<b>不予</b>列入&", "reasons": "<script>理由"},
    }
    found = documents.render(
        "no_listing_notice",
        files,
        context,
        number=contexts.NUMBERS["no_listing_notice"],
        issued_at=conftest.AT,
    )
    assert "&lt;b&gt;不予&lt;/b&gt;列入&amp;" in found.html
    assert "<script>" not in found.html


def test_the_hash_of_the_content_changes_with_every_fact(files: Files) -> None:
    def of(**changed: Any) -> str:
        return documents.render(
            "no_listing_notice",
            files,
            {**contexts.NO_LISTING_NOTICE, **changed},
            number=contexts.NUMBERS["no_listing_notice"],
            issued_at=conftest.AT,
        ).content_sha256

    assert of() == of()
    assert of() != of(list={**contexts.LIST, "code": "SAMR-02"})


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("title: 甲\nkind: notice\nseries: 甲", "blocks"),
        ("title: 甲\nkind: poem\nseries: 甲\nblocks: []", "poem"),
        ("a: [", "格式有误"),
        ("- 甲", "格式有误"),
    ],
)
def test_a_faulty_declaration_is_refused_with_the_reason(text: str, said: str) -> None:
    with pytest.raises(errors.TemplateRefused, match=said):
        documents.declare(text)


def test_a_document_without_template_or_declaration_is_complained_of(files: Files) -> None:
    bare = {path: text for path, text in files.items() if not path.endswith("prior_notice.html")}
    assert documents.check_template("prior_notice", bare) == ["缺少模板 prior_notice.html"]
    assert documents.check_template("poem", files) == ["缺少文书声明 poem.yaml"]
