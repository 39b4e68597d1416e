"""Golden sample facts for the documents of repair, of supervision and of challenges."""

from typing import Any

NUMBERS = {
    "repair_application": "殷市监修申〔2026〕1号",
    "penalty_repair_form": "殷市监修表〔2026〕1号",
    "repair_receipt": "殷市监修收〔2026〕1号",
    "repair_supplement": "殷市监修补〔2026〕1号",
    "repair_too_early": "殷市监修存〔2026〕1号",
    "repair_not_accepted": "殷市监修不受〔2026〕1号",
    "repair_granted": "殷市监修准〔2026〕1号",
    "repair_refused": "殷市监修不〔2026〕1号",
    "repair_revoked": "殷市监修撤〔2026〕1号",
    "breach_notice": "殷市监践告〔2026〕1号",
    "breach_decision": "殷市监践决〔2026〕1号",
    "annulment_answer": "殷市监践复〔2026〕1号",
    "challenge_answer": "殷市监质复〔2026〕1号",
}

BASIS = [
    {"title": "信用修复管理办法", "article": "（国家发展和改革委员会令第36号）"},
    {
        "title": "国务院办公厅关于进一步完善信用修复制度的实施方案",
        "article": "（国办发〔2025〕22号）",
    },
]
RELIEF = {
    "reconsideration_organ": "安阳市殷都区人民政府",
    "reconsideration_days": 60,
    "court": "安阳市殷都区人民法院",
    "litigation_months": 6,
}
APPLICATION: dict[str, Any] = {
    "application": {
        "number": "修申2026-000012",
        "applied_on": "2026-06-01",
        "channel": "“信用中国”网站",
        "applicant": "张示例",
        "agent": "丁代理",
    },
    "items": [
        {
            "name": "行政处罚信息",
            "document_number": "殷市监罚决〔2026〕18号",
            "organ": "安阳市殷都区市场监督管理局",
            "decided_on": "2026-02-24",
        },
        {
            "name": "列入市场监督管理严重违法失信名单信息",
            "document_number": "殷市监列决〔2026〕1号",
            "organ": "安阳市殷都区市场监督管理局",
            "decided_on": "2026-03-11",
        },
    ],
    "regime": "信用修复管理办法",
    "basis": BASIS,
}
COMMITMENT: dict[str, Any] = {
    "commitment": {
        "signed_on": "2026-04-08",
        "period_end": "2027-04-08",
        "clauses": ["严格遵守法律法规，依法诚信经营。", "及时纠正已有失信行为。"],
    },
    "basis": [
        {
            "title": "关于开展“屡禁不止、屡罚不改”严重违法失信行为专项治理的通知",
            "article": "（安信用办〔2023〕5号）第三部分第（四）项",
        },
        {"title": "河南省社会信用条例", "article": "第三十三条第八项"},
    ],
}
FOUND = "2026年5月20日，你单位再次销售不合格胶合板60张，货值金额9000元"

SAID: dict[str, dict[str, Any]] = {
    "repair_application": {
        **APPLICATION,
        "shown": ["履行义务的证明材料（殷市监罚决〔2026〕18号）", "信用承诺书"],
    },
    "penalty_repair_form": {
        **APPLICATION,
        "decision": {
            "reasons": "罚款已经缴清，违法行为已经纠正",
            "findings": ["殷市监罚决〔2026〕18号：义务已经履行，不良影响已经消除。罚款已经缴清"],
        },
    },
    "repair_receipt": {
        **APPLICATION,
        "materials": ["履行义务的证明材料（每条信息单独出具）", "信用承诺书"],
        "time_limits": "自收到申请之日起3个工作日内决定是否受理，自受理之日起7个工作日内作出决定",
    },
    "repair_supplement": {
        **APPLICATION,
        "missing": ["信用承诺书", "申请人授权丁代理代为申请的委托书"],
        "term": "自收到本告知书之日起10个工作日内",
    },
    "repair_too_early": {**APPLICATION, "earliest_on": "2027-03-12"},
    "repair_not_accepted": {
        **APPLICATION,
        "decision": {"reasons": "该信息已经于2026年5月1日停止公示，不存在可以修复的内容"},
        "relief": RELIEF,
    },
    "repair_granted": {
        **APPLICATION,
        "decision": {
            "reasons": "义务已经履行，不良影响已经消除，最短公示期已经届满",
            "findings": [
                "殷市监罚决〔2026〕18号：义务已经履行，不良影响已经消除。罚款已经缴清",
                "殷市监列决〔2026〕1号：义务已经履行，不良影响已经消除。复查合格",
            ],
        },
        "effect": {
            "own": "自本决定作出之日起1个工作日内",
            "sites_within": "3个工作日内",
            "sites": ["“信用中国”网站", "地方信用门户网站", "国家企业信用信息公示系统"],
            "listings": ["殷市监列决〔2026〕1号"],
        },
    },
    "repair_refused": {
        **APPLICATION,
        "decision": {
            "reasons": "罚款尚有二十万元没有缴清",
            "missing": ["缴清罚款", "提交缴款凭证"],
            "earliest_on": "2026-07-01",
            "ends_on": "2029-02-24",
        },
        "relief": RELIEF,
    },
    "repair_revoked": {
        **APPLICATION,
        "decision": {
            "reasons": "经向收款银行核实，你单位提交的缴款收据系伪造",
            "granted_number": "殷市监修准〔2026〕1号",
        },
        "relief": RELIEF,
    },
    "breach_notice": {
        **COMMITMENT,
        "breach": {"findings": FOUND},
        "rights": {"days": 5, "channels": ["当面递交", "邮寄", "网上提交"]},
    },
    "breach_decision": {
        **COMMITMENT,
        "breach": {
            "findings": FOUND,
            "statement": "该批产品由供货商掺杂",
            "reasons": "你单位没有尽到进货查验义务，陈述不能成立",
        },
        "relief": RELIEF,
    },
    "annulment_answer": {
        **COMMITMENT,
        "annulment": {
            "asked": "作为依据的处罚已经被人民法院撤销",
            "annulled": True,
            "result": "撤销违诺认定",
            "reasons": "认定的依据已经不存在",
        },
        "relief": RELIEF,
    },
    "challenge_answer": {
        "addressee": "质疑人（质疑编号：质2026-000021）",
        "challenge": {
            "number": "质2026-000021",
            "received_on": "2026-06-10",
            "outcome": "属实",
            "result": "经核查，您反映的情况属实",
            "reasons": "现场检查证实仍在销售不合格产品",
            "next": "本机关将按规定听取承诺主体的陈述，依法认定是否违背承诺",
        },
    },
}


def contexts(organ: dict[str, Any], party: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Each document's context, issued by `organ` to `party`."""
    return {kind: {"organ": organ, "party": party, **said} for kind, said in SAID.items()}
