# ruff: noqa: E501 - the wording of a document is one line
"""Golden sample facts for every document: fictional, with valid check digits."""

from typing import Any

from tests.documents import endings, measures, repairs

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

LIST = {
    "code": "SAMR-01",
    "name": "市场监督管理严重违法失信名单",
    "basis": "国家市场监督管理总局令第44号",
}

GROUNDS = [
    {
        "no": 1,
        "text": "2025年11月3日至2026年1月20日，你单位在殷都区示例大道18号生产、销售不符合保障人体健康和人身、财产安全国家标准的建筑用胶合板共计1260张，货值金额186000元，违法所得41200元。",
        "evidence": [
            "现场笔录2份",
            "抽样检验报告（编号：SY2026-0117）1份",
            "询问笔录3份",
            "销售台账复印件12页",
        ],
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

CASE = {
    "number": "SL-2026-0001",
    "opened_on": "2026-02-26",
    "base_document": "《行政处罚决定书》（殷市监罚决〔2026〕18号）",
}

NOTICE = {"number": "殷市监列告〔2026〕1号", "served_on": "2026-03-02", "method": "直接送达"}

OBJECTION: dict[str, Any] = {
    "received_on": "2026-03-05",
    "channel": "网上提交",
    "kind": "异议",
    "points": [
        {
            "text": "告知书所列1260张胶合板中有240张系退货，未再次销售",
            "finding": "成立",
            "reason": "经核查退货单和入库单，该240张胶合板确系退货，未再次销售，相应货值予以扣除",
            "evidence": ["退货单复印件3份", "入库单复印件1份"],
        },
        {
            "text": "行政处罚决定书尚在行政复议期限内",
            "finding": "不成立",
            "reason": "行政复议期限不影响行政处罚决定书的效力，该决定书未被停止执行",
        },
    ],
    "result": "部分成立",
    "consequence": "本机关对成立的部分予以采纳，从拟列入的事由中扣除相应货值，其余事由不变。",
    "answer_number": "殷市监异核〔2026〕1号",
}

LISTING_DECISION: dict[str, Any] = {
    "organ": ORGAN,
    "party": PARTY,
    "list": LIST,
    "case": CASE,
    "grounds": GROUNDS,
    "notice": NOTICE,
    "objections": [OBJECTION],
    "reviews": [
        {
            "requested_on": "2026-03-12",
            "result": "维持",
            "decision_number": "豫发改异复〔2026〕1号",
        }
    ],
    "hearings": [
        {
            "requested_on": "2026-03-09",
            "status": "held",
            "held_on": "2026-03-24",
            "mode": "公开",
            "officer": "丁玥",
            "notice_number": "殷市监听通〔2026〕1号",
            "transcript_number": "殷市监听笔〔2026〕1号",
            "opinion": "当事人的意见部分成立",
        }
    ],
    "basis": BASIS,
    "decision": {
        "reasons": "本机关认为，你单位的行为性质恶劣、情节严重、社会危害较大，并已受到较重行政处罚，符合列入市场监督管理严重违法失信名单的情形。",
        "term_start": "2026-03-12",
        "term_end": "2029-03-12",
        "removal_conditions": [
            "被列入之日起满一年",
            "已经自觉履行行政处罚决定中规定的义务",
            "已经主动消除危害后果和不良影响",
            "未再受到市场监督管理部门较重行政处罚",
        ],
        "removal_procedure": "符合移出条件的，可以向本机关提交申请和相关证明材料，本机关自收到申请之日起二个工作日内决定是否受理，自受理之日起十五个工作日内作出决定；列入期限届满的，由本机关移出，不需要申请",
    },
    "measures": MEASURES,
    "relief": {
        "reconsideration_organ": "安阳市殷都区人民政府",
        "reconsideration_days": 60,
        "court": "安阳市殷都区人民法院",
        "litigation_months": 6,
    },
}

NO_LISTING_NOTICE: dict[str, Any] = {
    "organ": ORGAN,
    "party": PERSON,
    "list": LIST,
    "case": CASE,
    "notice": NOTICE,
    "basis": BASIS[:1],
    "decision": {
        "outcome": "异议成立，终止列入程序，不予列入市场监督管理严重违法失信名单",
        "reasons": ["经核实，你提交的证据足以证明你没有主观过错，所列事由不成立。"],
    },
}

REPAIR_NOTICE: dict[str, Any] = {
    "organ": ORGAN,
    "party": PARTY,
    "decision": {"number": "殷市监列决〔2026〕1号"},
    "repair": {
        "information": [
            {
                "name": "列入市场监督管理严重违法失信名单信息",
                "document_number": "殷市监列决〔2026〕1号",
                "published_from": "2026-03-12",
                "earliest_on": "2027-03-12",
                "ends_on": "2029-03-12",
            },
            {
                "name": "行政处罚信息",
                "document_number": "殷市监罚决〔2026〕18号",
                "published_from": "2026-02-24",
                "earliest_on": "2027-02-24",
                "ends_on": "2029-02-24",
            },
        ],
        "conditions": [
            "已经纠正失信行为、履行法律文书确定的义务",
            "已经消除不良影响",
            "最短公示期已经届满",
            "公开作出信用承诺",
        ],
        "materials": ["履行义务的证明材料", "信用承诺书"],
        "channels": ["“信用中国”网站在线申请", "安阳市殷都区政务服务中心信用修复窗口"],
        "time_limits": "自收到申请之日起三个工作日内决定是否受理，自受理之日起七个工作日内作出决定",
        "basis": [
            {
                "title": "信用修复管理办法",
                "article": "（国家发展和改革委员会令第36号）",
                "text": "",
            }
        ],
    },
}

OBJECTION_ANSWER: dict[str, Any] = {
    "organ": ORGAN,
    "party": PARTY,
    "case": CASE,
    "notice": NOTICE,
    "objection": OBJECTION,
    "review": {
        "organ": "河南省社会信用工作主管部门",
        "basis": "《河南省社会信用条例》第二十八条第四款",
    },
}

SERVICE_RECORD: dict[str, Any] = {
    "organ": ORGAN,
    "party": PARTY,
    "service": {
        "documents": [
            {"title": "列入严重失信主体名单事前告知书", "number": "殷市监列告〔2026〕1号"}
        ],
        "method": "直接送达",
        "place": "安阳市殷都区示例大道18号",
        "at": "2026-03-02T10:05:00+08:00",
        "receiver": "张示例",
        "servers": [{"name": "王玥", "no": "豫E-0000001"}, {"name": "赵昇", "no": "豫E-0000002"}],
        "attempts": [
            {
                "at": "2026-03-01T15:00:00+08:00",
                "method": "直接送达",
                "place": "安阳市殷都区示例大道18号",
                "result": "无人在场",
            }
        ],
        "evidence": ["受送达人签名的送达回证原件", "送达现场照片2张"],
    },
}

CREDIT_WARNING_LETTER: dict[str, Any] = {
    "organ": ORGAN,
    "party": PARTY,
    "warning": {
        "since": "2023-03-03",
        "as_of": "2026-03-02",
        "count": 8,
        "threshold": 8,
        "governed": 10,
    },
    "records": [
        {
            "number": f"殷市监罚决〔2025〕{number}号",
            "organ": "安阳市殷都区市场监督管理局",
            "behaviour": "销售不符合保障人体健康和人身、财产安全国家标准的建筑用胶合板",
            "decided_on": f"2025-0{number}-15",
        }
        for number in range(1, 9)
    ],
    "basis": [
        {
            "title": "安阳市严重违法失信行为专项治理实施方案",
            "article": "（安发改财金〔2025〕94号）三（七）",
            "text": "",
        }
    ],
    "advice": ["尽快纠正尚未纠正的违法行为，履行处罚决定", "符合条件的，及时申请信用修复"],
    "reply": {"days": 3, "person": "王玥", "phone": "0372-0000000"},
}

INTERVIEW: dict[str, Any] = {
    "kind": "警示约谈",
    "cause": "你单位三年内受到行政处罚11次，其中10次尚未纠正、仍在公示",
    "second": False,
    "at": "2026-04-08T09:30:00+08:00",
    "place": "安阳市殷都区示范路1号政务服务中心二楼会议室",
    "attendee": "法定代表人张示例",
    "bring": ["身份证件", "营业执照复印件", "授权委托书（委托他人参加的）"],
    "topics": ["通报失信记录", "听取情况说明", "提出整改要求", "签署信用承诺书"],
    "person": "王玥",
    "phone": "0372-0000000",
}

INTERVIEW_NOTICE: dict[str, Any] = {
    "organ": ORGAN,
    "party": PARTY,
    "interview": INTERVIEW,
    "basis": CREDIT_WARNING_LETTER["basis"],
}

INTERVIEW_RECORD: dict[str, Any] = {
    "organ": ORGAN,
    "party": PARTY,
    "signers": ["被约谈人", "约谈人", "约谈人", "记录人"],
    "interview": {
        "kind": "警示约谈",
        "notice_numbers": ["殷市监约通〔2026〕1号"],
        "held_at": "2026-04-08T09:30:00+08:00",
        "place": INTERVIEW["place"],
        "interviewers": [{"name": "王玥"}, {"name": "赵昇"}],
        "attendee": "张示例，法定代表人",
        "authority": "居民身份证（已核对原件）、营业执照复印件",
        "topics": INTERVIEW["topics"],
        "statements": ["对通报的失信记录没有异议。", "受市场影响资金周转困难，愿意分期缴纳罚款。"]
        * 12,
        "requirements": ["三十日以内缴清罚款", "停止销售不合格产品，召回已售产品"],
        "rectify_by": "2026-05-08",
    },
}

REPAIR_GUIDE: dict[str, Any] = {
    "organ": ORGAN,
    "party": PARTY,
    "guide": {
        "steps": ["纠正失信行为，履行法定义务", "准备材料", "在线提交申请", "等候受理和决定"],
        "regime": {"title": "信用修复管理办法", "article": "（国家发展和改革委员会令第36号）"},
        "materials": [
            {"name": "履行义务的证明材料", "description": "例如缴款凭证、整改说明"},
            {"name": "信用承诺书", "description": "加盖公章"},
        ],
        "channels": ["“信用中国”网站在线申请", "政务服务中心信用修复窗口"],
        "time_limits": "自收到申请之日起三个工作日内决定是否受理，自受理之日起七个工作日内作出决定",
    },
}

COMMITMENT_LETTER: dict[str, Any] = {
    "organ": ORGAN,
    "party": PARTY,
    "commitment": {
        "preamble": "为践行诚信经营理念，维护良好经济秩序，本单位及法定代表人自愿承诺如下：",
        "clauses": [{"text": f"第{number}条承诺的内容。"} for number in "一二三四五"],
        "months": 12,
        "consent": "同意公示本单位名称、统一社会信用代码、承诺内容和履行情况",
        "version": "2026-1",
        "basis": "安信用办〔2023〕5号附件1",
    },
}

RECTIFICATION_NOTICE: dict[str, Any] = {
    "organ": ORGAN,
    "party": PARTY,
    "rectification": {
        "cause": "2026年4月8日警示约谈提出整改要求",
        "requirements": ["三十日以内缴清罚款", "停止销售不合格产品，召回已售产品"],
        "due_on": "2026-05-08",
    },
    "basis": CREDIT_WARNING_LETTER["basis"],
}

HEARING: dict[str, Any] = {
    "number": "SL-2026-0001-听1",
    "requested_on": "2026-03-09",
    "at": "2026-03-24T09:00:00+08:00",
    "place": "安阳市殷都区示范路1号政务服务中心二楼听证室",
    "mode": "公开",
    "closed_reason": "",
    "officer": "丁玥",
}

HEARING_NOTICE: dict[str, Any] = {
    "organ": ORGAN,
    "party": PARTY,
    "case": CASE,
    "list": LIST,
    "notice": NOTICE,
    "hearing": HEARING,
}

HEARING_TRANSCRIPT: dict[str, Any] = {
    "organ": ORGAN,
    "party": PARTY,
    "case": CASE,
    "list": LIST,
    "signers": ["当事人（代理人）", "听证主持人", "记录人"],
    "hearing": {
        **HEARING,
        "recorder": "赵昇",
        "attendance": [
            {"name": "张示例", "role": "当事人的法定代表人"},
            {"name": "王玥", "role": "调查人员"},
            {"name": "李堃旻", "role": "旁听人员"},
        ],
        "investigation": "调查人员：当事人销售不合格胶合板1260张，有检验报告和销售台账为证，建议列入。",
        "defence": ["其中240张系退货，没有再次销售。", "当事人已经召回其余产品，愿意缴清罚款。"]
        * 9,
        "examination": "双方对退货单、入库单进行了质证，调查人员对真实性没有异议。",
        "last_words": "请求从轻处理。",
    },
}

HEARING_REFUSAL: dict[str, Any] = {
    "organ": ORGAN,
    "party": PARTY,
    "case": CASE,
    "notice": NOTICE,
    "hearing": {
        "number": "SL-2026-0001-听1",
        "requested_on": "2026-03-11",
        "channel": "邮寄",
        "days": 5,
        "ended": "2026年3月9日 24:00",
        "reasons": "邮戳日期为2026年3月11日，你单位没有说明耽误期限的正当理由",
    },
}

REVIEW_DECISION: dict[str, Any] = {
    "organ": ORGAN,
    "party": PARTY,
    "issuer": 2,
    "source": "安阳市龙安区应急管理局",
    "case": CASE,
    "objection": OBJECTION,
    "review": {
        "requested_on": "2026-03-12",
        "channel": "邮寄",
        "grounds": "核实时没有调取物流记录",
        "result": "变更",
        "reasons": "物流记录证明另有60张胶合板没有交付，相应货值应予扣除。",
        "consequence": "告知书所列第2项事由不再作为列入的依据。",
        "struck": ["拒不停止销售"],
        "decision_number": "豫发改异复〔2026〕1号",
    },
}

NUMBERS = {
    **endings.NUMBERS,
    **measures.NUMBERS,
    **repairs.NUMBERS,
    "hearing_notice": "殷市监听通〔2026〕1号",
    "hearing_transcript": "殷市监听笔〔2026〕1号",
    "hearing_refusal": "殷市监不听〔2026〕1号",
    "review_decision": "豫发改异复〔2026〕1号",
    "prior_notice": "殷市监列告〔2026〕1号",
    "service_record": "殷市监送证〔2026〕1号",
    "objection_answer": "殷市监异核〔2026〕1号",
    "listing_decision": "殷市监列决〔2026〕1号",
    "no_listing_notice": "殷市监不列〔2026〕1号",
    "repair_notice": "殷市监修告〔2026〕1号",
    "credit_warning_letter": "殷市监信警〔2026〕1号",
    "interview_notice": "殷市监约通〔2026〕1号",
    "interview_record": "殷市监约录〔2026〕1号",
    "repair_guide": "殷市监修引〔2026〕1号",
    "commitment_letter": "殷市监信诺〔2026〕1号",
    "rectification_notice": "殷市监整通〔2026〕1号",
}

CONTEXTS = {
    **endings.contexts(ORGAN, PARTY),
    **measures.contexts(ORGAN, PARTY),
    **repairs.contexts(ORGAN, PARTY),
    "hearing_notice": HEARING_NOTICE,
    "hearing_transcript": HEARING_TRANSCRIPT,
    "hearing_refusal": HEARING_REFUSAL,
    "review_decision": REVIEW_DECISION,
    "prior_notice": PRIOR_NOTICE,
    "service_record": SERVICE_RECORD,
    "objection_answer": OBJECTION_ANSWER,
    "listing_decision": LISTING_DECISION,
    "no_listing_notice": NO_LISTING_NOTICE,
    "repair_notice": REPAIR_NOTICE,
    "credit_warning_letter": CREDIT_WARNING_LETTER,
    "interview_notice": INTERVIEW_NOTICE,
    "interview_record": INTERVIEW_RECORD,
    "repair_guide": REPAIR_GUIDE,
    "commitment_letter": COMMITMENT_LETTER,
    "rectification_notice": RECTIFICATION_NOTICE,
}
