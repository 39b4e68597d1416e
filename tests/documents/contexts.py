"""Golden sample facts for every document: fictional, with valid check digits."""

from typing import Any

ORGAN: dict[str, Any] = {
    "name": "安阳市殷都区市场监督管理局",
    "short_name": "殷都区市场监管局",
    "address": "安阳市殷都区示范路1号政务服务中心二楼201室",
    "phone": "0372-0000000",
    "postcode": "455004",
    "website": "https://zhengcheng.example",
    "seal_name": "安阳市殷都区市场监督管理局",
}

PARTY: dict[str, Any] = {
    "name": "安阳甲示例建材有限公司",
    "kind": "企业",
    "id_label": "统一社会信用代码",
    "id_no": "91410505MA0000019T",
    "address": "安阳市殷都区示例大道18号",
    "legal_rep": "张示例",
}

PERSON: dict[str, Any] = {
    "name": "李堃旻",
    "kind": "自然人",
    "id_label": "公民身份号码",
    "id_no": "410505199001010017",
    "address": "安阳市殷都区示例小区3号楼2单元",
}

LIST = {"code": "SAMR-01", "name": "市场监督管理严重违法失信名单", "basis": "国家市场监督管理总局令第44号"}

GROUNDS = [
    {
        "no": 1,
        "text": "2025年11月3日至2026年1月20日，你单位在殷都区示例大道18号生产、销售不符合保障人体健康和人身、财产安全国家标准的建筑用胶合板共计1260张，货值金额186000元，违法所得41200元。",
        "evidence": ["现场笔录2份", "抽样检验报告（编号：SY2026-0117）1份", "询问笔录3份", "销售台账复印件12页"],
    },
    {
        "no": 2,
        "text": "2026年2月24日，本机关作出《行政处罚决定书》（殷市监罚决〔2026〕18号），对你单位处以罚款372000元、没收违法所得41200元，该决定书已经生效。",
        "evidence": ["行政处罚决定书1份", "送达回证1份"],
    },
]

BASIS = [
    {
        "title": "国务院办公厅关于进一步完善失信约束制度构建诚信建设长效机制的指导意见",
        "article": "（国办发〔2020〕49号）第四部分第（八）项",
        "text": "行政机关在作出认定严重失信主体名单决定前，应当告知当事人作出决定的事由、依据和当事人依法享有的权利；当事人提出异议的，应当予以核实并在规定时限内反馈结果。",
    },
    {
        "title": "市场监督管理严重违法失信名单管理办法",
        "article": "（国家市场监督管理总局令第44号）第二条",
        "text": "当事人违反法律、行政法规，性质恶劣、情节严重、社会危害较大，受到市场监督管理部门较重行政处罚的，由市场监督管理部门依照本办法规定列入严重违法失信名单，通过国家企业信用信息公示系统公示，并实施相应管理措施。",
    },
]

MEASURES = [
    {
        "code": "M-01",
        "name": "列为重点监管对象",
        "content": "提高抽查比例和频次，依法严格监管",
        "basis": "《河南省社会信用条例》第三十二条",
        "implementer": "殷都区市场监督管理局",
        "term": "列入期间",
    },
    {
        "code": "M-02",
        "name": "不适用告知承诺制",
        "content": "办理相关行政许可时不适用告知承诺",
        "basis": "《河南省社会信用条例》第三十二条",
        "implementer": "殷都区行政审批机关",
        "term": "列入期间",
    },
    {
        "code": "M-03",
        "name": "限制参加政府采购活动",
        "content": "在经营活动中有重大违法记录的，不得参加政府采购活动",
        "basis": "《中华人民共和国政府采购法》第二十二条",
        "implementer": "殷都区财政局",
        "term": "三年",
    },
]

RIGHTS = {
    "window_days": 5,
    "window_unit": "个工作日",
    "window_text": "收到之日不计算在内，期限至最后一个工作日二十四时届满；邮寄的，以交邮时间为准。",
    "channels": ["当面提交至本机关信用监管股", "邮寄至下列地址", "登录下列网址网上提交"],
    "hearing": False,
}

PRIOR_NOTICE: dict[str, Any] = {
    "organ": ORGAN,
    "party": PARTY,
    "list": LIST,
    "grounds": GROUNDS,
    "basis": BASIS,
    "measures": MEASURES,
    "rights": RIGHTS,
}
