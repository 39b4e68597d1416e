"""What a document must say: the declaration beside its template, checked before any sealing.

`forms/<procedure>/<document>.yaml` names the mandatory blocks with the article asking for each and
the facts each needs; the template carries every block as `data-block="<id>"`.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any, cast

import yaml
from lxml import html as markup

from workflows import errors
from workflows.documents import sandbox, seal

KINDS: dict[str, type[errors.Refusal]] = {
    "notice": errors.NoticeIncomplete,
    "decision": errors.DecisionIncomplete,
    "document": errors.DocumentIncomplete,
}


@dataclass(frozen=True)
class Block:
    """A mandatory part: `needs` are paths into the context, `a|b` either, `*` each item."""

    id: str
    name: str
    article: str
    needs: tuple[str, ...]


@dataclass(frozen=True)
class Declaration:
    """What a document is: title 文书名称, series 文种代字, and its mandatory blocks in order."""

    title: str
    kind: str
    series: str
    blocks: tuple[Block, ...]


def declare(text: str | bytes) -> Declaration:
    """Read a declaration; raises TemplateRefused saying which key is wrong."""
    try:
        said = yaml.safe_load(text)
        blocks = tuple(
            Block(one["id"], one["name"], one.get("article", ""), tuple(one.get("needs", ())))
            for one in said["blocks"]
        )
        found = Declaration(said["title"], said["kind"], said["series"], blocks)
    except (yaml.YAMLError, KeyError, TypeError) as fault:
        raise errors.TemplateRefused(f"文书声明缺项或者格式有误：{fault}") from fault
    if found.kind not in KINDS:
        raise errors.TemplateRefused(f"kind 应为 {'、'.join(KINDS)}，而不是“{found.kind}”")
    return found


DRAFT = {
    "number": "待编号",
    "issued_at": "2000-01-01T00:00:00+08:00",
    "content_sha256": "0" * 64,
    "fonts": "",
}
"""What a document gets only when it is issued, so that a draft can be checked before."""


def check_blocks(name: str, files: Mapping[str, str | bytes], context: Mapping[str, Any]) -> None:
    """Raise unless document `name` would say everything the law asks for; it needs no number yet.

    Raises NoticeIncomplete (INV-02; 国办发〔2020〕49号 四（八）), DecisionIncomplete (INV-05) or
    DocumentIncomplete (INV-23) listing every missing block with its article.
    """
    compose(name, files, context, DRAFT)


def compose(
    name: str,
    files: Mapping[str, str | bytes],
    context: Mapping[str, Any],
    issued: Mapping[str, str],
) -> str:
    """Fill the template and return its HTML, having checked every mandatory block.

    `issued` is what the press adds to `context["document"]`: the keys of DRAFT.
    """
    texts = read_texts(files)
    declaration = _declaration(name, texts)
    document = {"title": declaration.title, **context.get("document", {}), **issued}
    facts = {**context, "document": document}
    missing = [
        block for block in declaration.blocks if not all(_has(facts, need) for need in block.needs)
    ]
    if missing:
        raise _incomplete(declaration, missing)
    page = sandbox.fill(f"{name}.html", texts, facts, seal.WORDS)
    shown = _shown_blocks(page)
    missing = [block for block in declaration.blocks if block.id not in shown]
    if missing:
        raise _incomplete(declaration, missing)
    return page


def check_template(name: str, files: Mapping[str, str | bytes]) -> list[str]:
    """Every complaint about a template and its declaration, for the check before deploying."""
    texts = read_texts(files)
    try:
        declaration = _declaration(name, texts)
    except errors.TemplateRefused as refused:
        return [refused.detail]
    if f"{name}.html" not in texts:
        return [f"缺少模板 {name}.html"]
    used = [f"{name}.html", *(one for one in texts if one.endswith(".html") and one in PARTS)]
    complaints = [one for part in used for one in sandbox.check_syntax(part, texts)]
    written = "".join(texts[part] for part in used)
    complaints += [
        f'{name}.html 没有“{block.name}”（data-block="{block.id}"），依据：{block.article}'
        for block in declaration.blocks
        if f'data-block="{block.id}"' not in written
    ]
    return complaints


PARTS = frozenset({"letterhead.html", "letter.html", "record.html", "macros.html"})
"""The shared pieces that templates are built on."""


def read_texts(files: Mapping[str, str | bytes]) -> dict[str, str]:
    """Templates, declarations and drawings by last path segment."""
    return {
        PurePosixPath(path).name: text if isinstance(text, str) else text.decode()
        for path, text in files.items()
        if path.endswith((".html", ".yaml", ".svg"))
    }


def _declaration(name: str, texts: Mapping[str, str]) -> Declaration:
    if f"{name}.yaml" not in texts:
        raise errors.TemplateRefused(f"缺少文书声明 {name}.yaml")
    return declare(texts[f"{name}.yaml"])


def _incomplete(declaration: Declaration, missing: list[Block]) -> errors.Refusal:
    articles = list(dict.fromkeys(block.article for block in missing if block.article))
    return KINDS[declaration.kind](
        f"《{declaration.title}》缺少" + "、".join(block.name for block in missing),
        article="；".join(articles),
        missing=[block.id for block in missing],
    )


def _has(context: Any, need: str) -> bool:
    return any(_found(context, path.strip().split(".")) for path in need.split("|"))


def _found(value: Any, path: list[str]) -> bool:
    """Whether something is said at `path`; blanks and empty lists say nothing."""
    if not path:
        return bool(value.strip()) if isinstance(value, str) else value not in (None, [], {}, ())
    step, rest = path[0], path[1:]
    if step == "*":
        return bool(value) and all(_found(one, rest) for one in value)
    if isinstance(value, Mapping):
        return _found(cast("Mapping[str, Any]", value).get(step), rest)
    if isinstance(value, list | tuple) and step.isdigit():
        items = cast("list[Any]", value)
        return int(step) < len(items) and _found(items[int(step)], rest)
    return False


def _shown_blocks(page: str) -> set[str]:
    """Ids of the blocks that really say or show something."""
    root: Any = markup.document_fromstring(page)  # pyright: ignore[reportUnknownMemberType]
    return {
        element.get("data-block")
        for element in root.xpath("//*[@data-block]")
        if re.search(r"\w", element.text_content()) or element.xpath(".//*[local-name()='svg']")
    }


def visible_text(page: str) -> str:
    """The text of a page's body, the name in the seal included."""
    root: Any = markup.document_fromstring(page)  # pyright: ignore[reportUnknownMemberType]
    return root.find("body").text_content()
