"""JUEL, the `${…}` of imported Camunda 7 models, put into FEEL where it maps."""

import json
import re

from workflows import errors

_WRAPPED = re.compile(r"\s*[$#]\{(.*)\}\s*", re.DOTALL)
_TOKEN = re.compile(
    r"""\s*(?:(?P<text>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')
    |(?P<number>\d+(?:\.\d+)?(?![\w.]))
    |(?P<name>[^\W\d]\w*)
    |(?P<sign>&&|\|\||[=!<>]=|[!<>+\-*/().,?:\[\]%]))""",
    re.VERBOSE,
)
_FEEL = {
    "&&": "and",
    "||": "or",
    "==": "=",
    "eq": "=",
    "ne": "!=",
    "lt": "<",
    "gt": ">",
    "le": "<=",
    "ge": ">=",
    "div": "/",
}
_UNMAPPED = {
    "?": "条件运算 ? :",
    ":": "条件运算 ? :",
    "[": "下标 […]",
    "]": "下标 […]",
    "%": "取余 %",
    ",": "参数列表",
    "mod": "取余 mod",
    "empty": "empty",
    "instanceof": "instanceof",
}
_ESCAPED = re.compile(r"\\(.)")


def translate(text: str) -> str:
    """FEEL of a `${…}` or `#{…}`; any other text is FEEL already. ExpressionRefused."""
    wrapped = _WRAPPED.fullmatch(text)
    if not wrapped:
        return text
    tokens = _tokens(wrapped[1])
    if not tokens:
        raise errors.ExpressionRefused("${} 中没有表达式")
    tokens.reverse()
    parts: list[str] = []
    while tokens:
        parts.append(_part(tokens))
    return " ".join(parts)


def _tokens(text: str) -> list[str]:
    tokens: list[str] = []
    at = 0
    text = text.rstrip()
    while at < len(text):
        found = _TOKEN.match(text, at)
        if not found:
            raise errors.ExpressionRefused(f"${{…}} 中“{text[at : at + 12]}”无法解析")
        sign = found[found.lastgroup or 0]
        if sign in _UNMAPPED:
            raise errors.ExpressionRefused(f"不支持 {_UNMAPPED[sign]}，请用 FEEL 改写")
        if sign == "(" and tokens and _is_name(tokens[-1]):
            raise errors.ExpressionRefused(f"不支持调用 {tokens[-1]}(…)，请用 FEEL 改写")
        tokens.append(sign)
        at = found.end()
    return tokens


def _is_name(token: str) -> bool:
    return token.isidentifier() and token not in _FEEL and token not in {"and", "or", "not"}


def _part(tokens: list[str]) -> str:
    """The next part of what is left, `!` with the one operand it binds."""
    token = tokens.pop()
    if token in {"!", "not"}:
        return f"not({_operand(tokens)})"
    if token[0] in "\"'":
        return json.dumps(_ESCAPED.sub(r"\1", token[1:-1]), ensure_ascii=False)
    if _is_name(token):
        return _path(token, tokens)
    return _FEEL.get(token, token)


def _path(name: str, tokens: list[str]) -> str:
    while len(tokens) > 1 and tokens[-1] == "." and _is_name(tokens[-2]):
        tokens.pop()
        name = f"{name}.{tokens.pop()}"
    return name


def _operand(tokens: list[str]) -> str:
    if not tokens:
        raise errors.ExpressionRefused("! 之后缺少运算对象")
    if tokens[-1] != "(":
        return _part(tokens)
    depth = 0
    parts: list[str] = []
    while tokens:
        depth += {"(": 1, ")": -1}.get(tokens[-1], 0)
        parts.append(_part(tokens))
        if depth == 0:
            return " ".join(parts)
    raise errors.ExpressionRefused("缺少右括号")
