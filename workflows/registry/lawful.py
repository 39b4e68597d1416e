"""Whether a list, a basis and a measure may lawfully be used by this organ against this subject."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from workflows import errors, models
from workflows.registry import instants, law, leniency, records, subjects, values
from workflows.store import Row, Transaction

LIST_LAW = "国办发〔2020〕49号 四（六）、（七）、（八）"
BASIS_LAW = "国办发〔2020〕49号 二（二）；河南省社会信用条例第二十条"
MEASURE_LAW = "国办发〔2020〕49号 五（九）、（十）"

COMPELLED = (
    *("银行", "信用社", "保险", "证券", "基金", "信托", "支付", "征信", "评级"),
    *("协会", "商会", "学会", "联合会", "报社", "日报", "晚报", "电视台", "广播", "传媒"),
)
"""Parts of names of those who must not be made to punish, beside the public authorities."""

SUPERVISORS = ("局", "委员会", "委", "厅", "政府")
"""How a public authority's name ends: 银行保险监督管理局 is one, 某某银行 is none."""


def organ_level(organ: Row) -> str:
    """province, city, county or township, by the division code (GB/T 2260); court for courts.

    An organ without a known division has no level and may not recognise anybody.
    """
    if organ["kind"] == "court":
        return "court"
    division = str(organ["division"])
    if not division.isdigit() or len(division) < 6:
        return ""
    if len(division) > 6 and division[6:].strip("0"):
        return "township"
    return "province" if division[2:6] == "0000" else "city" if division[4:6] == "00" else "county"


def check_list(tx: Transaction, case: values.Fields, code: str, now: datetime) -> str:
    """Raise ListUnlawful unless the list may be used today by the case's organ (INV-06)."""
    organ = find_organ(tx, case)
    day = instants.office_day(now)
    rule, known = law.find_list(code, day), law.describe_list(code)
    if not code:
        raise errors.ListUnlawful("尚未告知拟列入的名单", article=LIST_LAW)
    if known is None:
        raise errors.ListUnlawful(f"“{code}”不在名单目录中", article=LIST_LAW)
    if rule is None:
        raise errors.ListUnlawful(
            f"《{known.name}》在 {day} 尚未施行或者已经废止", article=LIST_LAW
        )
    if rule.court_only:
        raise errors.ListUnlawful(f"《{rule.name}》只能由人民法院决定", article=rule.basis)
    if not rule.level_suffices:
        raise errors.ListUnlawful(
            f"《{rule.name}》的依据（{rule.basis}）层级不足", article="国办发〔2020〕49号 四（七）"
        )
    lowest = law.RANKS[rule.lowest_recogniser]
    if law.RANKS.get(organ_level(organ), -1) < lowest:
        raise errors.ListUnlawful(f"{organ['name']}的层级低于认定单位的要求", article=LIST_LAW)
    if not law.covers(rule.region, organ["division"]):
        raise errors.ListUnlawful(
            f"《{rule.name}》不在{organ['name']}所在地区施行", article=LIST_LAW
        )
    if not _is_recogniser(rule, organ):
        raise errors.ListUnlawful(
            f"《{rule.name}》由{'、'.join(rule.recognisers)}部门认定，{organ['name']}无权认定",
            article=rule.basis,
        )
    return f"{rule.name}（{rule.basis}）"


def is_usable(rule: law.ListRule, organ: Row, day: date) -> bool:
    """Whether the list is in force on `day` and one for this organ to use: the gate's question.

    A list whose basis is not entered word for word cannot be announced: no case may begin on it.
    """
    return (
        law.is_in_force(rule, day)
        and bool(str(rule.cited.get("text") or "").strip())
        and not rule.court_only
        and law.covers(rule.region, organ["division"])
        and _is_recogniser(rule, organ)
    )


def _is_recogniser(rule: law.ListRule, organ: Row) -> bool:
    return not rule.recognisers or any(kind in organ["name"] for kind in rule.recognisers)


def check_basis(tx: Transaction, case: values.Fields, grounds: Sequence[Mapping[str, Any]]) -> int:
    """Raise BasisMissing unless each ground cites a document in force; how many there are (INV-07).

    Documents of another subject prove nothing here.
    """
    cited = {one for ground in grounds for one in records.cited(ground)}
    rows = {
        row["id"]: row
        for row in records.by_ids(tx, cited)
        if row["subject_id"] == case["subject_id"]
    }
    if not grounds:
        raise errors.BasisMissing("没有任何事由", article=BASIS_LAW)
    for ground in grounds:
        own = [rows[one] for one in records.cited(ground) if one in rows]
        if not own:
            raise errors.BasisMissing(
                f"事由 {ground.get('no')} 没有引用生效的法律文书", article=BASIS_LAW
            )
        for row in own:
            if not records.is_in_force(row):
                word = "已被撤销" if row["status"] == "withdrawn" else "已停止执行"
                raise errors.BasisMissing(
                    f"事由 {ground.get('no')} 所据 {row['doc_no']} {word}", article=BASIS_LAW
                )
    return len(rows)


def check_measures(
    tx: Transaction, case: values.Fields, list_code: str, codes: Iterable[str], now: datetime
) -> None:
    """Raise MeasureUnlawful unless each measure is in the catalogue for this list (INV-08).

    After a review that found leniency due only measures of class C may follow.
    """
    organ, subject = find_organ(tx, case), subjects.find_subject(tx, case["subject_id"])
    light = leniency.is_light(tx, case["id"])
    for code in codes:
        why = refuse_measure(code, list_code, organ, subject, now)
        if not why and light:
            why = beyond_leniency(code, now)
        if why:
            raise errors.MeasureUnlawful(why, article=MEASURE_LAW)


def refuse_measure(code: str, list_code: str, organ: Row, subject: Row, now: datetime) -> str:
    """Why a measure may not be used, in Chinese, or nothing (D09)."""
    measure = law.find_measure(code, instants.office_day(now))
    if measure is None:
        return f"措施“{code}”不在措施目录中或者已经失效"
    faults = measure.faults(
        is_triggered=bool({list_code, "any_listed"} & set(measure.triggers)),
        fits_object=measure.objects in {"all", object_of(subject)},
        region_applies=law.covers(measure.region, organ["division"]),
    )
    return f"“{measure.name}”{faults[0][1]}" if faults else ""


def beyond_leniency(code: str, now: datetime) -> str:
    """Why a measure is too severe after a review that found leniency due, or nothing (D05)."""
    measure = law.find_measure(code, instants.office_day(now))
    if measure is None or measure.cls == "C":
        return ""
    return f"从宽审查的结论是从轻，“{measure.name}”不属于监督管理类（C类）措施"


def refuse_implementer(measure: law.Measure, name: str) -> str:
    """Why nobody of this name may implement the measure, in Chinese, or nothing (INV-08).

    Nobody may compel banks, credit agencies, associations or media (国办发〔2020〕49号 五（九）).
    """
    if not name.strip():
        return f"“{measure.name}”没有写明实施单位"
    if any(word in name for word in COMPELLED) and not name.endswith(SUPERVISORS):
        return f"不得强制要求{name}实施“{measure.name}”"
    if measure.implementers and not any(part in name for part in measure.implementers):
        return f"“{measure.name}”由{measure.implementer}实施，{name}无权实施"
    return ""


def object_of(subject: Row) -> str:
    """The kind of object a measure is aimed at: person, gov or market."""
    if subjects.is_person(subject):
        return "person"
    return "gov" if subject["track"] == "gov" else "market"


def find_organ(tx: Transaction, case: values.Fields) -> Row:
    """The department that handles the case."""
    d = models.departments
    return tx.one(d.select().where(d.c.id == case["department_id"]))
