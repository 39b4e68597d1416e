"""No fees: repair, training, hearings and looking up one's own record cost nothing (INV-14).

国办发〔2020〕49号 六（十二）: 不得以任何形式向申请信用修复的主体收取费用.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any, cast

LAW = "国办发〔2020〕49号 六（十二）；行政处罚法第六十三条第二款"

_FREE = (
    r"(?:信用)?(?:修复|培训|教育|听证|异议|查询|信用报告|撤销|删除|屏蔽|下架|移出|代办|加急|咨询)"
)
_PAY = r"(?:收费|付费|缴费|交费|转账|汇款|打款|付款|有偿|费用|手续费|服务费|工本费|保证金)"
_ASKS = re.compile(
    rf"{_FREE}[^。；！？\n]{{0,12}}?{_PAY}"
    rf"|{_PAY}[^。；！？\n]{{0,8}}?{_FREE}"
    rf"|(?:缴纳|交纳|支付|收取|交|付)[^。；！？\n]{{0,8}}?{_FREE}[^。；！？\n]{{0,4}}?费"
    r"|(?:转账|汇款|打款)(?:至|到|给)[^。；！？\n]{0,20}?(?:账户|账号|卡号)"
)
_DENIES = re.compile(
    r"不[^。；！？\n]{0,6}(?:收|付|缴|交|支付|产生|需)|免费|无需|(?:没有|未)(?:收|付|缴|交|要求|产生|发生)|拒绝|严禁|禁止|杜绝|任何"
)


def asks_fee(text: str) -> bool:
    """Whether the text asks somebody to pay for what the law gives free.

    A sentence that denies or forbids a fee does not ask for one; a fine (罚款) is none.
    """
    return any(
        _ASKS.search(sentence) and not _DENIES.search(sentence)
        for sentence in re.split(r"[。；！？\n]", text)
    )


def asking(values: Mapping[str, Any]) -> list[str]:
    """The fields whose text asks for a fee, those in rows by path (`points[0].text`)."""
    return [path for path, text in _texts(values, "") if asks_fee(text)]


def _texts(value: Any, path: str) -> list[tuple[str, str]]:
    if isinstance(value, str):
        return [(path, value)]
    if isinstance(value, Mapping):
        rows = cast("Mapping[str, Any]", value)
        return [
            pair for key, one in rows.items() for pair in _texts(one, f"{path}.{key}".lstrip("."))
        ]
    if isinstance(value, Sequence) and not isinstance(value, bytes):
        several = cast("Sequence[Any]", value)
        return [pair for no, one in enumerate(several) for pair in _texts(one, f"{path}[{no}]")]
    return []
