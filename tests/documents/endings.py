"""Golden sample facts for what ends a listing: removals, corrections, disputes over information."""

from typing import Any

NUMBERS = {
    "removal_decision": "殷市监移决〔2027〕1号",
    "removal_refusal": "殷市监不移〔2027〕1号",
    "revocation_decision": "殷市监撤列〔2026〕1号",
    "correction_notice": "殷市监信更〔2026〕1号",
    "dispute_receipt": "殷市监异受〔2026〕1号",
    "dispute_answer": "殷市监信异〔2026〕1号",
    "source_letter": "殷市监核函〔2026〕1号",
}

LISTING = {
    "code": "market_regulation",
    "name": "市场监督管理严重违法失信名单",
    "decision_number": "殷市监列决〔2026〕1号",
    "listed_on": "2026-03-11",
    "term_start": "2026-03-11",
    "term_end": "2029-03-11",
}
CASE = {"number": "2027-000012", "opened_on": "2027-03-15", "base_document": ""}
BASIS = [
    {"title": "市场监督管理严重违法失信名单管理办法", "article": "第十六条", "text": ""},
    {"title": "河南省社会信用条例", "article": "第三十七条", "text": ""},
]
RELIEF = {
    "reconsideration_organ": "安阳市殷都区人民政府",
    "reconsideration_days": 60,
    "court": "安阳市殷都区人民法院",
    "litigation_months": 6,
}
REMOVAL = {
    "ground": "义务履行完毕",
    "article": "国办发〔2020〕49号六（十一）",
    "event_on": "2026-03-30",
    "document_no": "",
    "remarks": "",
}
REVOCATION = {
    "kind": "撤销",
    "changed": False,
    "unfounded": False,
    "document_no": "殷政复决〔2026〕2号",
    "organ": "安阳市殷都区人民政府",
    "revoked_on": "2026-05-29",
    "withdrawn_on": "2026-06-01",
    "correction": "",
}
RECORDS = [
    {
        "name": "安阳市殷都区市场监督管理局《行政处罚决定书》（殷市监罚〔2026〕1号）",
        "decided_on": "2026-02-24",
    }
]
CORRECTION_BASIS = [{"title": "河南省社会信用条例", "article": "第四十二条", "text": ""}]
DISPUTE: dict[str, Any] = {
    "number": "2026-000031-信异",
    "received_on": "2026-06-01",
    "channel": "邮寄",
    "target": "安阳市殷都区市场监督管理局《行政处罚决定书》（殷市监罚〔2026〕1号）的失信信息",
    "points": [{"text": "货值金额应为三万元，不是五万元"}, {"text": "处罚日期有误"}],
}
DISPUTE_BASIS = [{"title": "河南省社会信用条例", "article": "第四十一条", "text": ""}]


def contexts(organ: dict[str, Any], party: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Document → its context."""
    both: dict[str, Any] = {"organ": organ, "party": party, "case": CASE}
    correction = {
        **both,
        "revocation": REVOCATION,
        "records": RECORDS,
        "decision": {"reasons": "处罚决定被复议机关撤销，列名没有其他依据"},
        "redress": {
            "harm": True,
            "apology": True,
            "text": "在原公示渠道公布撤销情况，通知三家接收单位删除",
        },
        "basis": CORRECTION_BASIS,
        "relief": RELIEF,
    }
    dispute = {**both, "dispute": DISPUTE, "basis": DISPUTE_BASIS}
    judged = [
        {
            "text": "货值金额应为三万元，不是五万元",
            "finding": "成立。经核对进货单，货值金额为三万元",
            "reason": "现场笔录计算有误",
        },
        {
            "text": "处罚日期有误",
            "finding": "不成立。处罚决定书的日期为2026年2月24日",
            "reason": "与送达回证一致",
        },
    ]
    return {
        "removal_decision": {
            **both,
            "listing": LISTING,
            "removal": {**REMOVAL, "removed_on": "2027-03-15"},
            "decision": {"reasons": "罚款已经缴清，不合格产品已经召回，列入已满一年"},
            "evidence": ["缴款凭证.pdf（SHA-256 0123456789abcdef）"],
            "effects": {"measures": ["重点监管", "不适用告知承诺"], "channels": ["信用中国"]},
            "basis": BASIS,
        },
        "removal_refusal": {
            **both,
            "listing": LISTING,
            "removal": {**REMOVAL, "asked_on": "2027-03-15"},
            "decision": {"reasons": "缴款凭证与处罚决定的数额不符，尚有两万元未缴"},
            "evidence": [],
            "basis": BASIS,
            "relief": RELIEF,
        },
        "revocation_decision": {
            **correction,
            "listings": [LISTING],
            "effects": {"measures": ["重点监管", "不适用告知承诺"]},
        },
        "correction_notice": {**correction, "listings": [LISTING]},
        "dispute_receipt": {**dispute, "limits": {"own": 3, "source": 7}},
        "dispute_answer": {
            **dispute,
            "dispute": {
                **DISPUTE,
                "points": judged,
                "result": "异议部分成立",
                "is_wrong": True,
                "correction": "货值金额更正为三万元",
                "source": "安阳市殷都区统计局",
                "source_answer": "货值金额以进货单为准",
            },
            "review": {
                "organ": "河南省社会信用工作主管部门",
                "basis": "《河南省社会信用条例》第二十八条第四款",
            },
            "relief": RELIEF,
        },
        "source_letter": {
            **dispute,
            "addressee": "安阳市殷都区统计局",
            "asked": {"days": 3, "request": "请核对货值金额的计算依据"},
        },
    }
