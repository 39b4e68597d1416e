"""A row of a registry extract → a subject, or why not (主体登记信息)."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

from workflows import identifiers
from workflows.intake import cells, reading

NAMES = {
    "USCC": "统一社会信用代码",
    "NAME": "名称",
    "LEGAL_REP": "法定代表人",
    "DIVISION": "行政区划代码",
    "STATUS": "登记状态",
    "ADDRESS": "登记地址",
    "PHONE": "联系电话",
    "INDUSTRY": "行业",
}

LAYOUT = reading.Layout(
    names=NAMES,
    required=("USCC", "NAME", "STATUS"),
    aliases={
        "社会信用代码": "USCC",
        "信用代码": "USCC",
        "CF_XDR_SHXYM": "USCC",
        "企业名称": "NAME",
        "主体名称": "NAME",
        "单位名称": "NAME",
        "CF_XDR_MC": "NAME",
        "法定代表人姓名": "LEGAL_REP",
        "负责人": "LEGAL_REP",
        "经营者": "LEGAL_REP",
        "CF_FRDB": "LEGAL_REP",
        "区划代码": "DIVISION",
        "行政区划": "DIVISION",
        "经营状态": "STATUS",
        "状态": "STATUS",
        "住所": "ADDRESS",
        "地址": "ADDRESS",
        "注册地址": "ADDRESS",
        "经营场所": "ADDRESS",
        "电话": "PHONE",
        "联系方式": "PHONE",
        "行业门类": "INDUSTRY",
        "所属行业": "INDUSTRY",
    },
)

STATUSES = ("存续", "歇业", "吊销，未注销", "吊销，已注销", "注销", "撤销", "破产受理", "迁出")

_STATUS_WORDINGS = {
    "在业": "存续",
    "在营": "存续",
    "开业": "存续",
    "正常": "存续",
    "在营（开业）企业": "存续",
    "存续（在营、开业、在册）": "存续",
    "吊销": "吊销，未注销",
    "吊销未注销": "吊销，未注销",
    "吊销已注销": "吊销，已注销",
    "已注销": "注销",
    "撤销登记": "撤销",
}


@dataclass(frozen=True)
class Subject:
    """One registered subject as its registrar tells of it."""

    row_no: int
    uscc: str
    name: str
    kind: str
    governance_track: str
    legal_rep: str
    division: str
    """GB/T 2260, six digits; empty if not known."""
    status: str
    address: str
    phone: str
    industry: str
    raw: dict[str, str] = field(repr=False)
    changes: tuple[cells.Change, ...] = ()
    warnings: tuple[cells.Reason, ...] = ()


def read_subjects(stream: BinaryIO) -> Iterator[Subject | cells.Rejected]:
    """Every row of the file in its order; raises FileRefused before the first row."""
    return map(understand, reading.open_table(stream, LAYOUT).rows)


def understand(row: reading.Row) -> Subject | cells.Rejected:
    """The subject a row tells of, or every reason why it cannot be taken."""
    seen = cells.Cells(row, NAMES)
    raw = cells.without_personal_numbers(row, ())
    if seen.reasons:
        return cells.Rejected(row.number, tuple(seen.reasons), raw)
    uscc = seen.uscc("USCC")
    if not uscc and not seen.reasons:
        seen.reject("USCC", "missing", "未填写，请按登记证照补填")
    name, status, division = seen.required("NAME"), _status(seen), _division(seen)
    if seen.reasons:
        return cells.Rejected(row.number, tuple(seen.reasons), raw)
    kind = identifiers.subject_type(uscc)
    return Subject(
        row_no=row.number,
        uscc=uscc,
        name=name,
        kind=kind.kind,
        governance_track=kind.governance_track,
        legal_rep=seen.text("LEGAL_REP"),
        division=division,
        status=status,
        address=seen.text("ADDRESS"),
        phone=seen.optional("PHONE"),
        industry=seen.text("INDUSTRY"),
        raw=raw,
        changes=tuple(seen.changes),
        warnings=tuple(seen.warnings),
    )


def _status(seen: cells.Cells) -> str:
    text = seen.required("STATUS")
    spelled = text.replace("(", "（").replace(")", "）").replace(",", "，")
    status = _STATUS_WORDINGS.get(spelled, spelled)
    seen.change("STATUS", text, status, "登记状态统一名称")
    if status and status not in STATUSES:
        seen.warn("STATUS", "status_unknown", f"“{status}”不是常用状态，请核对")
    return status


def _division(seen: cells.Cells) -> str:
    text = seen.optional("DIVISION")
    code = "".join(identifiers.normalise_width(text).split())
    seen.change("DIVISION", text, code, "代码统一为半角")
    if code and not (len(code) == 6 and code.isdigit()):
        seen.reject("DIVISION", "division_invalid", f"“{text}”应为六位数字")
    return code
