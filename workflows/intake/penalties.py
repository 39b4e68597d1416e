"""A row of the 双公示 penalty table → a penalty as the decision states it, or why not.

Standard of 2018 (发改办财金〔2018〕424号) with the headers of the older sets. A penalty is a basis
for finding dishonesty only as an effective document (国办发〔2020〕49号 二(二)), so whatever the
decision itself must state (行政处罚法 第五十九条) is required here.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import BinaryIO, Literal

from workflows import errors, identifiers
from workflows.intake import amounts, cells, reading
from workflows.intake import penalty_columns as columns

_OLDER_SCHEMES = {
    "CF_XDR_ZZJG": "organisation",
    "CF_XDR_GSZC": "registration",
    "CF_XDR_SYDW": "institution",
    "CF_XDR_SHZZ": "social",
    "CF_XDR_SWDJ": "tax",
}
_STATED = "《行政处罚法》第五十九条"
_FOREVER = {"长期", "长期有效", "永久", "长久"}
_EARLIEST = date(1949, 10, 1)
_PUBLICITY_YEARS = 3
_WELL_FORMED = re.compile(r".+〔(\d{4})〕.*\d.*号?")
_SUMMARY = re.compile(r"简易程序|当场处罚|当场行政处罚")
_CORRECTED = re.compile(r"轻微.*(?:改正|纠正|消除)")


@dataclass(frozen=True)
class Penalty:
    """One decision of penalty; money in fen, days as dates, texts as given but for `changes`."""

    row_no: int
    subject_name: str
    subject_kind: str
    governance_track: str
    id_scheme: str
    """uscc | organisation | registration | institution | social | tax | citizen_id | other_id"""
    id_no: str
    legal_rep: str
    doc_no: str
    behaviour: str
    facts: str
    basis: str
    categories: tuple[str, ...]
    content: str
    fine_fen: int | None
    confiscation_fen: int | None
    licence: str
    decided_on: date
    valid_to: date | None
    publicity_to: date | None
    organ: str
    organ_uscc: str
    source: str
    source_uscc: str
    remarks: str
    raw: dict[str, str] = field(repr=False)
    """The row as given; identity numbers of people are masked."""
    changes: tuple[cells.Change, ...] = ()
    warnings: tuple[cells.Reason, ...] = ()

    @property
    def key(self) -> tuple[str, str]:
        """Two rows with this key in common state the same decision (P-01)."""
        return self.doc_no, self.organ_uscc

    @property
    def party(self) -> tuple[str, str]:
        """Id scheme and number of whom the decision concerns."""
        return self.id_scheme, self.id_no


def read_penalties(
    stream: BinaryIO, *, today: date, unit: amounts.Unit | None = None
) -> Iterator[Penalty | cells.Rejected]:
    """Every row of the file in its order. `unit`: of amount columns, where the sender declares it.

    Raises FileRefused before the first row if the file as a whole cannot be taken.
    """
    table = reading.open_table(stream, columns.LAYOUT)
    return (understand(row, today=today, unit=unit, units=table.units) for row in table.rows)


def understand(
    row: reading.Row,
    *,
    today: date,
    unit: amounts.Unit | None = None,
    units: dict[str, str] | None = None,
) -> Penalty | cells.Rejected:
    """The penalty a row states, or every reason why it cannot be taken.

    `unit` is what the sender declared, `units` what the header of each amount column says.
    """
    seen = cells.Cells(row, columns.NAMES)
    raw = cells.without_personal_numbers(row, ("CF_XDR_ZJHM", "CF_FR_ZJHM"))
    if seen.reasons:
        return cells.Rejected(row.number, tuple(seen.reasons), raw)
    scheme, number, subject = _party(seen, today)
    doc_no = _document_number(seen)
    behaviour, facts, basis, content = (
        seen.required(column, _STATED) for column in ("CF_WFXW", "CF_SY", "CF_YJ", "CF_NR")
    )
    categories = _categories(seen)
    declared = dict.fromkeys(("CF_NR_FK", "CF_NR_WFFF"), unit) | (units or {})
    fine = _amount(seen, "CF_NR_FK", "罚款", content, declared["CF_NR_FK"])
    taken = _amount(seen, "CF_NR_WFFF", "没收", content, declared["CF_NR_WFFF"])
    _check_amounts(seen, categories, fine, taken)
    decided, valid_to, publicity_to = _days(seen, today, doc_no)
    organ_uscc = seen.uscc("CF_CFJGDM")
    if not organ_uscc and not any(one.field == "CF_CFJGDM" for one in seen.reasons):
        seen.reject("CF_CFJGDM", "missing", "未填写，请补填处罚机关的统一社会信用代码")
    name, organ = seen.required("CF_XDR_MC"), seen.required("CF_CFJG")
    _exclude(seen, subject, facts + content + seen.text("BZ"))
    if seen.reasons or decided is None:
        return cells.Rejected(row.number, tuple(seen.reasons), raw)
    return Penalty(
        row_no=row.number,
        subject_name=name,
        subject_kind=subject.kind,
        governance_track=subject.governance_track,
        id_scheme=scheme,
        id_no=number,
        legal_rep=seen.text("CF_FRDB"),
        doc_no=doc_no,
        behaviour=behaviour,
        facts=facts,
        basis=basis,
        categories=categories,
        content=content,
        fine_fen=fine,
        confiscation_fen=taken,
        licence=seen.optional("CF_NR_ZKDX"),
        decided_on=decided,
        valid_to=valid_to,
        publicity_to=publicity_to,
        organ=organ,
        organ_uscc=organ_uscc,
        source=seen.text("CF_SJLY"),
        source_uscc=seen.text("CF_SJLYDM"),
        remarks=seen.text("BZ"),
        raw=raw,
        changes=tuple(seen.changes),
        warnings=tuple(seen.warnings),
    )


def _party(seen: cells.Cells, today: date) -> tuple[str, str, identifiers.SubjectType]:
    said = seen.text("CF_XDR_LB")
    code = seen.optional("CF_XDR_SHXYM")
    number = seen.optional("CF_XDR_ZJHM")
    if said == "自然人":
        if code:
            seen.reject("CF_XDR_LB", "kind_contradicts", "为自然人，却填有统一社会信用代码，请核对")
            return "", "", identifiers.NATURAL_PERSON
        return _person(seen, number, today)
    if code:
        subject = identifiers.subject_type(code := seen.uscc("CF_XDR_SHXYM"))
        if code and (said == "个体工商户") != (subject.kind == "个体工商户") and said:
            seen.warn("CF_XDR_LB", "kind_differs", f"为“{said}”，代码却属于{subject.kind}，请核对")
        return "uscc", code, subject
    for column, scheme in _OLDER_SCHEMES.items():
        if older := seen.optional(column):
            kind = identifiers.SubjectType(said or "其他", "manual")
            return scheme, _older_code(seen, column, older), kind
    if number and not said:
        return _person(seen, number, today)
    seen.reject(
        "CF_XDR_SHXYM",
        "missing",
        "未填写；仅凭名称不能确认主体，请补填代码或者证件号码",
    )
    return "", "", identifiers.NATURAL_PERSON


def _person(
    seen: cells.Cells, number: str, today: date
) -> tuple[str, str, identifiers.SubjectType]:
    if not number:
        seen.reject("CF_XDR_ZJHM", "missing", "未填写，自然人须填证件号码")
    scheme = seen.text("CF_XDR_ZJLX")
    if scheme and "身份证" not in scheme:
        return "other_id", identifiers.normalise_width(number), identifiers.NATURAL_PERSON
    if number:
        number = seen.citizen_id("CF_XDR_ZJHM", number, today)
    return "citizen_id", number, identifiers.NATURAL_PERSON


def _older_code(seen: cells.Cells, column: str, text: str) -> str:
    code = "".join(identifiers.normalise_width(text).split()).upper()
    if column == "CF_XDR_ZZJG":
        try:
            code = identifiers.check_organisation_code(text)
        except errors.IdentifierInvalid as invalid:
            seen.reject(column, "organisation_invalid", f"“{text}”有误：{invalid.detail}")
            return ""
    seen.change(column, text, code, "代码统一为半角大写")
    return code


def _document_number(seen: cells.Cells) -> str:
    text = seen.required("CF_WSH", _STATED)
    number = identifiers.normalise_document_number(text)
    seen.change("CF_WSH", text, number, "文号统一为六角括号、半角数字")
    if number and not _WELL_FORMED.fullmatch(number):
        seen.warn("CF_WSH", "number_unusual", f"“{number}”缺少年份或者序号，请核对")
    return number


def _categories(seen: cells.Cells) -> tuple[str, ...]:
    given = seen.required("CF_CFLB", _STATED)
    categories, unknown = _split_categories(f"{given};{seen.optional('CF_CFLB2')}")
    for one in unknown:
        seen.warn("CF_CFLB", "category_unknown", f"“{one}”按法律、行政法规规定的其他行政处罚收录")
    seen.change("CF_CFLB", given, ";".join(categories), "处罚类别统一名称")
    return categories


@lru_cache(maxsize=4096)
def _split_categories(text: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    named = [one for one in re.split(r"[;；,，、/|+\s]+", text) if one]
    known = tuple(dict.fromkeys(columns.CATEGORY_WORDINGS.get(one, one) for one in named))
    return known, tuple(one for one in known if one not in columns.CATEGORIES)


def _amount(
    seen: cells.Cells,
    column: str,
    kind: Literal["罚款", "没收"],
    content: str,
    declared: str | None,
) -> int | None:
    """Fen, by the declared unit or else by the wording of the decision; None if not stated."""
    text = seen.optional(column)
    said = amounts.in_text(kind, content)
    if not text:
        if len(said) == 1:
            seen.change(column, "", amounts.written(said[0]), "金额栏为空，按处罚内容读出")
        return said[0] if len(said) == 1 else None
    read = amounts.in_cell(text)
    if read is None:
        seen.reject(column, "amount_invalid", f"“{text}”不是金额，请填写不小于零的数字")
        return None
    number, own = read
    fits = amounts.readings(number, said)
    unit = own or declared or (fits[0] if fits else None)
    if unit is None and not said:
        if number == 0:
            return 0
        seen.reject(
            column,
            "unit_unknown",
            f"“{text}”没有单位，处罚内容也没有写明金额；"
            "请在导入时声明单位（元或者万元），或者在表头写明“罚款金额（万元）”",
        )
        return None
    fen = amounts.to_fen(number, unit) if unit else None
    if unit and fen is None:
        seen.reject(column, "amount_invalid", f"“{text}”按{unit}计不足一分或者过大，请核对")
    elif said and fen not in {*said, sum(said)}:
        read_as = f"按{unit}计为 {amounts.written(fen)}" if fen is not None else "无论按元或者万元"
        stated = "、".join(amounts.written(one) for one in said)
        seen.reject(
            column,
            "amount_contradicts",
            f"“{text}”{read_as}，与处罚内容写明的 {stated} 不符；请按决定书核对金额和单位",
        )
    elif fen is not None:
        known = "单元格写明" if own else "已声明" if declared else "依处罚内容"
        seen.change(column, text, amounts.written(fen), f"单位为{unit}（{known}）")
    return fen


def _check_amounts(
    seen: cells.Cells, categories: tuple[str, ...], fine: int | None, taken: int | None
) -> None:
    fined = "罚款" in categories
    deprived = "没收违法所得" in categories or "没收非法财物" in categories
    for column, amount, named, kind in (
        ("CF_NR_FK", fine, fined, "罚款"),
        ("CF_NR_WFFF", taken, deprived, "没收"),
    ):
        if amount and not named:
            seen.reject(
                column, "category_contradicts", f"有金额，处罚类别却没有{kind}，请按决定书核对"
            )
        if named and amount is None and not any(one.field == column for one in seen.reasons):
            seen.warn(column, "amount_missing", f"未填写，处罚类别却有{kind}，请补正")


def _days(
    seen: cells.Cells, today: date, doc_no: str
) -> tuple[date | None, date | None, date | None]:
    text = seen.required("CF_JDRQ", _STATED)
    decided = seen.day("CF_JDRQ", text) if text else None
    if decided and decided > today:
        seen.reject("CF_JDRQ", "day_future", f"“{text}”晚于今日（{today}），请按决定书更正")
        decided = None
    elif decided and decided < _EARLIEST:
        seen.reject("CF_JDRQ", "day_too_early", f"“{text}”过早，请按决定书更正")
        decided = None
    numbered = _WELL_FORMED.fullmatch(doc_no)
    if decided and numbered and numbered.group(1) != str(decided.year):
        seen.warn("CF_WSH", "year_differs", f"的年份与处罚决定日期（{decided}）不同，请核对")
    valid_to = _end(seen, "CF_YXQ", decided)
    publicity_to = _end(seen, "CF_GSJZQ", decided)
    if decided and publicity_to and publicity_to > _years_after(decided, _PUBLICITY_YEARS):
        seen.warn("CF_GSJZQ", "publicity_long", "距决定日期超过三年，请核对公示期限")
    return decided, valid_to, publicity_to


def _end(seen: cells.Cells, column: str, decided: date | None) -> date | None:
    text = seen.optional(column)
    if text in _FOREVER:
        seen.change(column, text, "", "长期有效，不设终止日期")
        return None
    day = seen.day(column, text) if text else None
    if day and decided and day < decided:
        seen.reject(column, "day_before", f"“{text}”早于处罚决定日期 {decided}，请核对")
    return day


def _years_after(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


def _exclude(seen: cells.Cells, subject: identifiers.SubjectType, said: str) -> None:
    status = seen.text("CF_ZT")
    if status == "1" or "撤销" in status:
        seen.reject("CF_ZT", "revoked", "为撤销，已撤销的处罚不得作为认定依据，无须上传")
    if status == "2" or "异议" in status:
        seen.warn("CF_ZT", "disputed", "为异议，请先核实")
    if subject is not identifiers.NATURAL_PERSON:
        return
    if _SUMMARY.search(said) or _CORRECTED.search(said):
        seen.reject(
            "CF_XDR_LB",
            "not_collected",
            "为自然人，且系简易程序处罚或者轻微并已自行改正，不予归集，请从报送范围中删除"
            "（依据：《河南省社会信用条例》第十三条第三款）",
        )
