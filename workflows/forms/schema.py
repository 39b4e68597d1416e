"""Reads a form-js schema (the format of Camunda Forms); says all that is wrong with it at once."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, cast

import orjson

from workflows import errors

MAX_BYTES = 1_000_000
MAX_FIELDS = 500
MAX_DEPTH = 6
LONGEST = {"textfield": 500, "textarea": 20_000}
"""Characters an answer may have where the schema does not say."""

MAX_TEXT = 100_000
MAX_ROWS = 200
PATTERN_LENGTH = 200
"""A field with a pattern takes at most so many characters, so that matching stays quick."""

FEEL_TYPES = {
    "textfield": "string",
    "textarea": "string",
    "number": "number",
    "checkbox": "boolean",
    "select": "string",
    "radio": "string",
    "checklist": "list",
    "date": "date",
    "datetime": "date and time",
    "filepicker": "list",
    "dynamiclist": "list",
    "group": "context",
}
CHOSEN = {"select", "radio", "checklist"}
SEALABLE = {"textfield", "textarea"}
HOLDERS = {"dynamiclist", "group"}
SHOWN_ONLY = {"text", "separator"}
IGNORED = {"button", "spacer"}
ORDINAL = "no"
"""The key under which a row carries its number."""

KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,63}\Z")


@dataclass(frozen=True)
class Field:
    """One component. `kind` is form-js's type, with `datetime` split into date and datetime.

    `key` is empty for text, separator and a group without a path. `options` are (value, label).
    `hide` is FEEL without the leading '='. `rows` is the height of a textarea.
    `minimum`, `maximum` bound a number's value or a list's number of rows. `prefill` names the fact
    an empty answer starts from (properties.prefill): a decision is never answered beforehand.
    `sealed` (properties.sealed): what is said is kept apart, in its place stands a reference.
    """

    key: str
    kind: str
    label: str = ""
    description: str = ""
    required: bool = False
    options: tuple[tuple[str, str], ...] | None = None
    values_key: str | None = None
    minimum: float | None = None
    maximum: float | None = None
    min_length: int | None = None
    max_length: int | None = None
    pattern: str | None = None
    default: Any = None
    readonly: bool = False
    hide: str | None = None
    fields: tuple["Field", ...] = ()
    accept: str = ""
    multiple: bool = False
    rows: int = 4
    text: str = ""
    decimals: int | None = None
    prefill: str = ""
    sealed: bool = False


@dataclass(frozen=True)
class Form:
    """A form as it is filled in; `name` is '<procedure>/<task>'."""

    name: str
    title: str
    fields: tuple[Field, ...]


def parse(data: bytes, name: str) -> Form:
    """Read a form-js schema. Raises FormRefused with every fault, each naming its component."""
    faults: list[str] = []
    if len(data) > MAX_BYTES:
        raise errors.FormRefused([f"{name}：文件超过 1 MB"])
    try:
        schema: Any = orjson.loads(data)
    except orjson.JSONDecodeError as wrong:
        said = f"{name}：不是有效的 JSON（第 {wrong.lineno} 行：{wrong.msg}）"
        raise errors.FormRefused([said]) from None
    schema = _mapping(schema)
    if schema.get("type") != "default" or not isinstance(schema.get("components"), list):
        raise errors.FormRefused([f"{name}：不是 form-js 表单（缺少 type、components）"])
    read = _components(schema["components"], name, faults, depth=1)
    if sum(1 for _ in fields(Form(name, "", read))) > MAX_FIELDS:
        faults.append(f"{name}：字段超过 {MAX_FIELDS} 个")
    if faults:
        raise errors.FormRefused(faults)
    title = _mapping(schema.get("properties")).get("title") or schema.get("title")
    return Form(name, str(title or ""), read)


def fields(form: Form) -> Iterator[Field]:
    """Every field, those within groups and lists too, in reading order."""
    waiting = list(reversed(form.fields))
    while waiting:
        field = waiting.pop()
        yield field
        waiting.extend(reversed(field.fields))


def types(form: Form) -> dict[str, str]:
    """The facts a form supplies, with their FEEL types; a group without a path is transparent."""
    return dict(_types(form.fields))


def condition_types(form: Form) -> dict[str, str]:
    """What hide conditions may name: every field of the form and of its rows, read-only too."""
    found: dict[str, str] = {}
    for one in fields(form):
        if one.key:
            found.setdefault(one.key, FEEL_TYPES[one.kind])
    return found


def _types(several: tuple[Field, ...]) -> Iterator[tuple[str, str]]:
    for field in several:
        if field.kind == "group" and not field.key:
            yield from _types(field.fields)
        elif field.key and not field.readonly:
            yield field.key, FEEL_TYPES[field.kind]


def _components(raw: Any, where: str, faults: list[str], depth: int) -> tuple[Field, ...]:
    if depth > MAX_DEPTH:
        faults.append(f"{where}：嵌套超过 {MAX_DEPTH} 层")
        return ()
    found: list[Field] = []
    for one in _sequence(raw):
        component = _mapping(one)
        if component.get("type") not in IGNORED:
            field = _component(component, where, faults, depth)
            if field is not None:
                found.append(field)
    seen: set[str] = set()
    for key in _keys(found):
        if key in seen:
            faults.append(f"{where}：字段“{key}”出现两次")
        seen.add(key)
    return tuple(found)


def _keys(several: list[Field] | tuple[Field, ...]) -> Iterator[str]:
    for field in several:
        if field.key:
            yield field.key
        elif field.kind == "group":
            yield from _keys(field.fields)


def _component(raw: Mapping[str, Any], where: str, faults: list[str], depth: int) -> Field | None:
    kind = raw.get("type")
    key = str(raw.get("path" if kind in HOLDERS and "path" in raw else "key") or "")
    at = f"{where}：“{key or raw.get('id') or kind}”"
    if kind == "datetime":
        kind = raw.get("subtype", "date")
    if kind not in FEEL_TYPES and kind not in SHOWN_ONLY:
        faults.append(f"{at}不支持的组件类型 {kind}")
        return None
    if kind in SHOWN_ONLY:
        key = ""
    elif not KEY.match(key) and not (kind == "group" and not key):
        faults.append(f"{at}缺少 key，或者 key 不是由字母、数字、下划线组成")
    faults += [f"{at}{fault}" for fault in _unsupported(raw)]
    rules = _mapping(raw.get("validate"))
    options = _options(raw, at, faults) if kind in CHOSEN else None
    field = Field(
        key=key,
        kind=str(kind),
        label=_text(raw.get("label") or raw.get("dateLabel")),
        description=_text(raw.get("description")),
        required=rules.get("required") is True,
        options=options,
        values_key=_text(raw.get("valuesKey")) or None,
        minimum=_number(rules.get("min")),
        maximum=_number(rules.get("max")),
        min_length=_whole(rules.get("minLength")),
        max_length=_longest(str(kind), rules),
        pattern=_pattern(rules, at, faults),
        default=raw.get("defaultValue"),
        readonly=raw.get("readonly") is True or raw.get("disabled") is True,
        hide=_condition(raw),
        fields=_components(raw.get("components"), at, faults, depth + 1) if kind in HOLDERS else (),
        accept=_text(raw.get("accept")),
        multiple=raw.get("multiple") is True,
        rows=_height(_mapping(raw.get("properties")).get("rows")),
        text=_text(raw.get("text")),
        decimals=_whole(raw.get("decimalDigits")),
        prefill=_text(_mapping(raw.get("properties")).get("prefill")),
        sealed=_text(_mapping(raw.get("properties")).get("sealed")) == "true",
    )
    if field.sealed and (kind not in SEALABLE or depth > 1):
        faults.append(f"{at}只有单独的文本框可以密封")
    if not field.label and kind not in SHOWN_ONLY and kind != "group":
        faults.append(f"{at}缺少 label：填写的人看不到这一项的名称")
    return field


def _unsupported(raw: Mapping[str, Any]) -> Iterator[str]:
    """Settings that would change the meaning of a form if they were silently dropped."""
    rules = _mapping(raw.get("validate"))
    for name in ("valuesExpression", "disallowPassedDates"):
        if raw.get(name):
            yield f"不支持 {name}"
    for name in ("readonly", "disabled"):
        if not isinstance(raw.get(name, False), bool):
            yield f"的 {name} 只能是 true 或者 false"
    for name in ("required", "min", "max", "minLength", "maxLength"):
        if isinstance(rules.get(name), str):
            yield f"的 {name} 不能是表达式"
    for name in ("label", "description", "text"):
        if _text(raw.get(name)).startswith("=") or "{{" in _text(raw.get(name)):
            yield f"的 {name} 不能是表达式或者模板"
    if not isinstance(_mapping(raw.get("conditional")).get("hide", ""), str):
        yield "的隐藏条件应为 FEEL 文本"


def _options(
    raw: Mapping[str, Any], at: str, faults: list[str]
) -> tuple[tuple[str, str], ...] | None:
    if raw.get("valuesKey"):
        return None
    pairs = [(o.get("value"), o.get("label")) for o in map(_mapping, _sequence(raw.get("values")))]
    if not pairs:
        faults.append(f"{at}没有可选项（values 或者 valuesKey）")
    if not all(isinstance(value, str) and value and label for value, label in pairs):
        faults.append(f"{at}的可选项须有文字的 value 和 label")
    if len({value for value, _ in pairs}) < len(pairs):
        faults.append(f"{at}的可选项有重复的 value")
    return tuple((str(value), str(label)) for value, label in pairs)


def _condition(raw: Mapping[str, Any]) -> str | None:
    hide = _mapping(raw.get("conditional")).get("hide")
    return hide.removeprefix("=").strip() or None if isinstance(hide, str) else None


def _longest(kind: str, rules: Mapping[str, Any]) -> int | None:
    if kind not in LONGEST:
        return None
    longest = min(_whole(rules.get("maxLength")) or LONGEST[kind], MAX_TEXT)
    return min(longest, PATTERN_LENGTH) if rules.get("pattern") else longest


def _pattern(rules: Mapping[str, Any], at: str, faults: list[str]) -> str | None:
    pattern = rules.get("pattern")
    if not pattern:
        return None
    fault = _slow(pattern) if isinstance(pattern, str) else "不是文本"
    if fault:
        faults.append(f"{at}的格式要求（pattern）{fault}")
        return None
    return str(pattern)


def _slow(pattern: str) -> str | None:
    """Why a pattern cannot be used: it does not compile, or could run for ever."""
    try:
        re.compile(pattern)
    except re.error as wrong:
        return f"无效：{wrong}"
    bare = re.sub(r"\\.", "x", pattern)
    if re.search(r"\\[1-9]|\(\?P=", pattern) or re.search(r"\(\?(?!:)", bare):
        return "不能使用反向引用和环视"
    bare = re.sub(r"\[\^?\]?[^\]]*\]", "x", bare)
    if re.search(r"\)[*+{]", bare):
        return "不能重复整个括号"
    if len(re.findall(r"[*+{]", bare)) > 3:
        return "的不定长重复不能超过三处"
    return None


def _mapping(raw: Any) -> Mapping[str, Any]:
    return cast("Mapping[str, Any]", raw) if isinstance(raw, Mapping) else {}


def _sequence(raw: Any) -> list[Any]:
    return cast("list[Any]", raw) if isinstance(raw, list) else []


def _text(raw: Any) -> str:
    return raw if isinstance(raw, str) else ""


def _number(raw: Any) -> float | None:
    return raw if isinstance(raw, int | float) and not isinstance(raw, bool) else None


def _height(raw: Any) -> int:
    """Lines of a textarea; form-js keeps custom properties as text."""
    return min(int(raw), 40) if str(raw).isdecimal() and int(raw) else 4


def _whole(raw: Any) -> int | None:
    return raw if isinstance(raw, int) and not isinstance(raw, bool) and raw >= 0 else None
