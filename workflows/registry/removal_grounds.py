"""What must be proved before an entry leaves its list: one guard for each ground of D17.

Each reads rows (the listing, its records, the subject, the removal that somebody proposed and
somebody else decided), never a case's facts; it returns what meets it and raises what is missing
with its article. What cannot be proved did not happen: the entry stays, fail closed.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from workflows import deadlines, errors, models
from workflows.registry import attachments, instants, law, records, subjects, tables, values
from workflows.store import Row, Transaction
from workflows.workdays import OFFICE

GONE = frozenset({"注销", "撤销", "撤销登记", "吊销，已注销"})
"""Statuses that end a subject's registration; 吊销, 停业, 失联, 迁出, 清算 do not (C-6, R-081)."""

BANKRUPT = frozenset({"accepted", "reorganising", "reorganised", "declared"})

WAITS: Mapping[str, str] = {
    "market_regulation": "early_removal_wait",
    "tax": "tax_early_removal_wait",
    "wage": "wage_early_removal_wait",
}
"""Lists that let nobody go before this limit, however soon the obligations are performed."""

STANDS = "列名期限为{}，尚未届满"


@dataclass(frozen=True)
class Asked:
    """Who asks for the removal: the case, and what it proposed and decided, if it did."""

    tx: Transaction
    listing: Row
    ground: str
    case: values.Fields
    now: datetime
    removal: Row | None


@dataclass(frozen=True)
class Ground:
    """A ground of D17 and the status it leads to."""

    name: str
    status: str
    article: str
    check: Callable[[Asked], str]
    is_decided: bool = True
    """By a person, in a document that is served; else the machine removes and logs (P-17)."""


def term_ends_at(listing: Row) -> datetime:
    """The exclusive end of the term: 24:00 of its last day (民法典第二百零三条)."""
    if listing["term_end"] is None:
        raise errors.RemovalUnfounded("列入决定没有写明期限")
    return datetime.combine(listing["term_end"] + timedelta(days=1), time(), OFFICE)


def check_term(asked: Asked) -> str:
    """The term has run to its last instant (总局令第44号 第二十一条)."""
    end = term_ends_at(asked.listing)
    if asked.now < end:
        raise errors.RemovalUnfounded(
            STANDS.format(f"至{instants.say_end(end)}"), article=GROUNDS["term_expired"].article
        )
    return f"列名期限于{instants.say_end(end)}届满"


def check_repair(asked: Asked) -> str:
    """This very case granted a repair that names the listing (国办发〔2020〕49号 六（十一）)."""
    r = models.repairs
    row = asked.tx.first(r.select().where(r.c.case_id == asked.case["id"]))
    if row is None or row["status"] != "granted" or row["decided_by"] is None:
        raise errors.RemovalUnfounded("本案没有准予信用修复的决定", article=REPAIR_LAW)
    if asked.listing["id"] not in [int(one) for one in values.read_texts(row["listing_ids"])]:
        raise errors.RemovalUnfounded("准予信用修复的决定不包括这一列名", article=REPAIR_LAW)
    return f"准予信用修复（{row['number']}）"


def check_performed(asked: Asked) -> str:
    """The obligations are performed; a settlement that is only agreed is not enough (R-022)."""
    proof = _decided(asked)
    performed = _day(asked, proof, "event_on", "履行完毕之日")
    if proof.get("settlement") is True:
        performed = _day(asked, proof, "settlement_performed_on", "和解协议履行完毕之日")
    _check_wait(asked)
    return f"义务已于{performed}履行完毕"


def check_deregistered(asked: Asked) -> str:
    """The registry itself says that the subject is no more (R-016)."""
    proof = _decided(asked)
    subject = subjects.find_subject(asked.tx, asked.listing["subject_id"])
    if subject["status"] not in GONE:
        raise errors.RemovalUnfounded(
            f"主体登记状态为“{subject['status'] or '不明'}”，未注销、未被撤销登记；吊销、停业、"
            "失联、迁出、清算不是移出事由",
            article=GROUNDS["deregistered"].article,
        )
    return f"主体于{_day(asked, proof, 'event_on', '注销、撤销登记之日')}{subject['status']}"


def check_bankrupt(asked: Asked) -> str:
    """A court has accepted the petition (R-016); an application alone is not enough."""
    proof = _decided(asked)
    subject = subjects.find_subject(asked.tx, asked.listing["subject_id"])
    if subject["bankruptcy"] not in BANKRUPT:
        raise errors.RemovalUnfounded(
            "主体没有被人民法院受理破产的登记", article=GROUNDS["bankruptcy"].article
        )
    number = _text(proof, "document_no", "受理破产申请的裁定书文号")
    return f"人民法院于{_day(asked, proof, 'event_on', '裁定受理之日')}受理破产（{number}）"


def check_court(asked: Asked) -> str:
    """The court has deleted what it alone may list: never decided here (P-33, D21)."""
    proof = _decided(asked)
    rule = law.describe_list(asked.listing["list_code"])
    if rule is None or not rule.court_only:
        raise errors.RemovalUnfounded(
            "本名单不由人民法院认定，不能以法院删除为由移出",
            article=GROUNDS["court_deleted"].article,
        )
    kind = _text(proof, "court_type", "法院名单的期限类型")
    advice, is_borne_out = tables.court_ground(kind, _text(proof, "court_event", "法院删除的事由"))
    if not is_borne_out:
        raise errors.RemovalUnfounded(advice, article=GROUNDS["court_deleted"].article)
    number = _text(proof, "document_no", "人民法院删除决定的文号")
    return f"人民法院于{_day(asked, proof, 'event_on', '删除之日')}删除（{number}）"


def check_revoked(asked: Asked) -> str:
    """What the entry rests on was revoked, and nothing else holds it up (INV-16, Henan 42).

    Where other grounds hold it up, a person of the case must have revoked it with reasons.
    """
    revocation = find_revocation(asked.tx, asked.case["id"])
    here = values.read_texts(revocation["record_ids"]) if revocation else []
    cited = records_of(asked.tx, asked.listing)
    article = GROUNDS["base_revoked"].article
    if not any(is_withdrawn(row) or str(row["id"]) in here for row in cited):
        raise errors.RemovalUnfounded("列名所据文书均未被撤销", article=article)
    if all(is_withdrawn(row) for row in cited):
        return f"列名所据 {len(cited)} 份文书均已被撤销"
    if revocation is None or not _is_chosen(revocation, asked.listing["id"]):
        raise errors.RemovalUnfounded(
            "列名尚有其他有效依据，撤销须由负责人决定并说明理由", article=article
        )
    return f"所据文书被撤销，负责人决定撤销列名：{revocation['reasons']}"


def find_revocation(tx: Transaction, case_id: int) -> Row | None:
    """What the case has registered as revoked, or nothing."""
    v = models.revocations
    return tx.first(v.select().where(v.c.case_id == case_id))


def records_of(tx: Transaction, listing: Row) -> list[Row]:
    """The records that a listing's grounds cite."""
    grounds = values.read_rows(listing["grounds"])
    return records.by_ids(tx, {one for ground in grounds for one in records.cited(ground)})


def is_withdrawn(record: Row) -> bool:
    """Whether the document was revoked, annulled or found to be wrong; a stay is neither."""
    return record["status"] == records.WITHDRAWN


def _is_chosen(revocation: Row, listing_id: int) -> bool:
    decided = revocation["decided_by"] is not None and bool(revocation["reasons"].strip())
    return decided and str(listing_id) in values.read_texts(revocation["chosen"])


def _decided(asked: Asked) -> Mapping[str, object]:
    """What a named person decided on another's proposal, over evidence that is still there."""
    row = asked.removal
    if row is None or (row["listing_id"], row["ground"]) != (asked.listing["id"], asked.ground):
        raise errors.RemovalUnfounded("本案没有以这一事由提出移出这一列名")
    article = GROUNDS[asked.ground].article
    if row["status"] != "granted" or row["decided_by"] is None or not row["reasons"].strip():
        raise errors.RemovalUnfounded("负责人尚未作出附理由的移出决定", article=article)
    if row["decided_by"] == row["proposed_by"]:
        raise errors.FourEyes("提出移出的人不得决定移出")
    attachments.check_bytes(asked.tx, asked.case["id"], row["evidence"], "移出名单")
    return next(iter(values.read_rows([row["proof"]])), dict[str, object]())


def _check_wait(asked: Asked) -> None:
    limit_id = WAITS.get(asked.listing["list_code"])
    if limit_id is None:
        return
    start = datetime.combine(asked.listing["term_start"], time(12), OFFICE)
    limit = deadlines.find(law.limits(), limit_id, asked.listing["term_start"])
    first = deadlines.compute(limit, start, law.calendar()).due_at
    if asked.now < first:
        raise errors.RemovalUnfounded(
            f"{limit.name}尚未届满，最早可于{instants.say_instant(first)}以后移出",
            article=limit.basis,
        )


def _day(asked: Asked, proof: Mapping[str, object], key: str, name: str) -> str:
    if not proof.get(key):
        raise errors.EvidenceMissing(f"没有写明{name}")
    day = instants.read_day(proof[key], name)
    if day > instants.office_day(asked.now):
        raise errors.NotExpected(f"{name} {day} 晚于今天，请核对")
    return f"{day.year}年{day.month}月{day.day}日"


def _text(proof: Mapping[str, object], key: str, name: str) -> str:
    said = values.read_text(proof, key)
    if not said:
        raise errors.EvidenceMissing(f"没有写明{name}")
    return said


REPAIR_LAW = "国办发〔2020〕49号 六（十一）；信用修复管理办法（国家发展改革委令第36号）"
GROUNDS: Mapping[str, Ground] = {
    "term_expired": Ground(
        "列名期限届满",
        "removed_expired",
        "市场监督管理严重违法失信名单管理办法第二十一条；河南省社会信用条例第十九条",
        check_term,
        is_decided=False,
    ),
    "repair_granted": Ground("准予信用修复", "removed_repaired", REPAIR_LAW, check_repair),
    "obligations_performed": Ground(
        "义务履行完毕", "removed_performed", "国办发〔2020〕49号 六（十一）", check_performed
    ),
    "deregistered": Ground(
        "主体注销或者被撤销登记", "removed_exit", "河南省社会信用条例第三十七条", check_deregistered
    ),
    "bankruptcy": Ground("人民法院受理破产", "removed_exit", "企业破产法第十九条", check_bankrupt),
    "base_revoked": Ground(
        "依据文书被撤销", "revoked", "河南省社会信用条例第四十二条", check_revoked
    ),
    "court_deleted": Ground(
        "人民法院删除",
        "removed_exit",
        "最高人民法院关于公布失信被执行人名单信息的若干规定第十条",
        check_court,
    ),
}
"""D17: ground → what it asks for and where it leads (domain §2.8)."""
