"""Sample facts of the letters to those who carry out measures."""

from typing import Any

NUMBERS = {
    "measure_notice": "殷市监协惩〔2026〕1号",
    "measure_lift_notice": "殷市监解惩〔2026〕1号",
}

GUIDING = "国务院办公厅关于进一步完善失信约束制度构建诚信建设长效机制的指导意见"
LISTING = {
    "name": "市场监督管理严重违法失信名单",
    "number": "殷市监列决〔2026〕1号",
    "decided_on": "2026-03-12",
    "served_on": "2026-03-13",
    "ends_on": "2029-03-12",
}


def contexts(organ: dict[str, Any], party: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The letters as golden facts: asked to apply, told to end."""
    common = {"organ": organ, "party": party, "addressee": "安阳市殷都区交通运输局"}
    return {
        "measure_notice": {
            **common,
            "listing": LISTING,
            "measure": {
                "name": "列为重点监管对象",
                "basis": "《河南省社会信用条例》第三十二条",
                "ends_on": "2029-03-12",
            },
            "basis": [
                {"title": "河南省社会信用条例", "article": "第三十二条", "text": ""},
                {
                    "title": GUIDING,
                    "article": "（国办发〔2020〕49号）第五部分第（九）、（十）项",
                    "text": "",
                },
            ],
            "reply": {"days": 5},
        },
        "measure_lift_notice": {
            **common,
            "listing": {**LISTING, "ended_on": "2027-03-15", "ground": "义务履行完毕"},
            "measure": {
                "name": "列为重点监管对象",
                "basis": "《河南省社会信用条例》第三十二条",
                "starts_on": "2026-03-16",
                "ends_on": "2029-03-12",
            },
            "carrier": {},
            "basis": [
                {
                    "title": GUIDING,
                    "article": "（国办发〔2020〕49号）第六部分第（十一）项",
                    "text": "",
                },
                {"title": "河南省社会信用条例", "article": "第三十七条第三款", "text": ""},
            ],
            "reply": {"days": 3},
        },
    }
