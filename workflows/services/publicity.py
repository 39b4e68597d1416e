"""The diagram's words for publicity: put together, checked, shown on each channel, taken down."""

from collections.abc import Mapping
from typing import Any

from workflows import errors, models
from workflows.registry import (
    channels,
    commitments,
    instants,
    listings,
    public_view,
    publicity,
    publishable,
    reaching,
    values,
)
from workflows.services import steps
from workflows.services.steps import Outputs, Step, Topic
from workflows.store import Row

OPEN_LAW = "国办发〔2020〕49号 三（四）、（五）；河南省社会信用条例第三十六条"
SAME_LAW = "国办发〔2020〕49号 三（五）"
STOP_LAW = "河南省社会信用条例第十九条、第三十七条第三款、第四十二条"
LISTING_LIMIT = "listing_publicity"
OTHER_LIMIT = "channel_posting"
STOP_LIMITS: Mapping[str, str] = {"base_revoked": "revoked_record_withdrawal"}
STOP_LIMIT = "publicity_stop"
POINTS: Mapping[str, str] = {
    "no_secret": "商业秘密、国家秘密",
    "masked": "个人隐私",
    "basis": "依据、文号、日期",
    "term": "公示期限",
}
"""What must have been looked at before it is public (R-128, R-129)."""


def open_publicity(step: Step) -> Outputs:
    """Register what is to be shown: a listing, a record, a commitment, or the rest of a term."""
    facts, old = step.facts, _id(step, "restores")
    if old is not None:
        publicity_id = publicity.prepare_again(step.tx, step.case, old, step.now)
    else:
        publicity_id = publicity.prepare(
            step.tx,
            step.case,
            step.now,
            listing_id=_id(step, "listing_id"),
            record_id=_id(step, "record_id"),
            commitment_id=_id(step, "commitment_id"),
            level=values.read_text(facts, "record_level"),
        )
    row = publicity.find(step.tx, publicity_id)
    about = publishable.about_of(step.tx, row)
    step.note("publicity_prepared", article=OPEN_LAW, after={"publicity_id": publicity_id})
    return {
        "publicity_id": publicity_id,
        "kind": row["kind"],
        "level": row["level"],
        "list_code": about.list_code,
        "regime": publishable.regime_of(about.document_on),
        "summary": row["summary"] or public_view.suggest_summary(about),
        "personal_basis": row["personal_basis"],
        "secret": row["secret"],
        "about_text": _describe(about),
        "term_text": _say_term(row),
    }


def assemble_publicity(step: Step) -> Outputs:
    """Put the public view together (D14) from the rows and the words just drafted."""
    facts = step.facts
    row = publicity.draft(
        step.tx,
        int(step.inputs["publicity_id"]),
        values.read_text(facts, "summary"),
        values.read_text(facts, "personal_basis"),
        secret=facts.get("secret") is True,
    )
    asked = publishable.openness_facts(step.tx, row)
    step.note(
        "publicity_drafted",
        article=OPEN_LAW,
        after={"content": row["content"], "content_sha256": row["content_sha256"]},
    )
    names = ("minor", "is_person", "has_basis", "warning_only")
    return {
        **{name: asked[name] for name in names},
        "public_text": public_view.write_out(row["content"]),
        "content_sha256": row["content_sha256"],
    }


def release_publicity(step: Step) -> Outputs:
    """Make it public: who has just checked it stands for it (INV-12, INV-13)."""
    publicity_id, by = int(step.inputs["publicity_id"]), step.actor
    seen = values.read_texts(step.facts.get("checked_points"))
    unseen = [name for point, name in POINTS.items() if point not in seen]
    if unseen:
        raise errors.NotPublishable(f"尚未核对{'；'.join(unseen)}", article=OPEN_LAW)
    publicity.check(step.tx, publicity_id, by.person_id, step.now)
    row = publicity.publish(step.tx, publicity_id, step.now)
    about = publishable.about_of(step.tx, row)
    if row["kind"] == "listing" and about.row["status"] in listings.IN_FORCE:
        listings.mark_published(step.tx, row["listing_id"], step.now)
    if row["kind"] == "commitment":
        _publish_commitment(step, row["commitment_id"])
    step.note(
        "publicity_published",
        article=OPEN_LAW,
        after={
            "publicity_id": publicity_id,
            "content_sha256": row["content_sha256"],
            "ends_on": row["ends_on"].isoformat(),
        },
    )
    begun = about.row["decided_at"] if row["kind"] == "listing" else step.now
    return {
        "publicity_end": instants.write_instant(publicity.ends_at(row)),
        "channels": publicity.waiting_channels(step.tx, publicity_id, "publish"),
        "posting_limit": LISTING_LIMIT if row["kind"] == "listing" else OTHER_LIMIT,
        "posting_from": instants.write_instant(begun),
    }


def end_publicity(step: Step) -> Outputs:
    """It shows no longer; which channels must still take it down, and by when (INV-13)."""
    publicity_id = int(step.inputs["publicity_id"])
    publicity.end(step.tx, publicity_id, str(step.inputs["reason"]), step.now)
    row = publicity.find(step.tx, publicity_id)
    step.note(
        "publicity_ended",
        article=STOP_LAW,
        after={"publicity_id": publicity_id, "reason": row["ended_reason"]},
    )
    return {
        "channels": publicity.waiting_channels(step.tx, publicity_id, "take_down"),
        "posting_limit": STOP_LIMITS.get(row["ended_reason"], STOP_LIMIT),
        "posting_from": instants.write_instant(row["ended_at"]),
    }


def read_channel(step: Step) -> Outputs:
    """What is asked of which channel, in words."""
    channel = channels.find_channel(str(step.inputs["channel"]))
    row = publicity.find(step.tx, int(step.inputs["publicity_id"]))
    return {
        "channel_name": channel.name,
        "act_text": publicity.ACTS[str(step.inputs["act"])],
        "public_text": public_view.write_out(row["content"]),
        "content_sha256": row["content_sha256"],
        "term_text": _say_term(row),
    }


def record_receipt(step: Step) -> Outputs:
    """Keep the receipt of a channel with the hash and the term it was given (INV-12)."""
    said = {name: str(step.inputs[name]) for name in ("channel", "act", "receipt")}
    publicity_id = int(step.inputs["publicity_id"])
    publicity.record_receipt(step.tx, publicity_id, now=step.now, **said)
    step.note("receipt_recorded", article=SAME_LAW, after={"publicity_id": publicity_id, **said})
    return {}


def give_up_channel(step: Step) -> Outputs:
    """A channel does not take it, with a reason; what is to be taken down is never given up."""
    if str(step.inputs["act"]) != "publish":
        raise errors.NotExpected("撤下公示不得放弃，请继续要求该渠道撤下", article=STOP_LAW)
    said = {name: str(step.inputs[name]) for name in ("channel", "reasons")}
    step.note("channel_given_up", article=SAME_LAW, after=said)
    return {}


def _id(step: Step, name: str) -> int | None:
    return values.read_id(step.facts.get(name))


def _publish_commitment(step: Step, commitment_id: int) -> None:
    c = models.commitments
    row = step.tx.one(c.select().where(c.c.id == commitment_id))
    if row["published_at"] is None:
        commitments.publish(step.tx, commitment_id, step.actor.name, step.now)
        said = {"chosen_commitment": str(commitment_id)}
        reaching.open_case(step.tx, step.case, step.element, "commitment_supervision", said)


def _describe(about: publishable.About) -> str:
    title = public_view.TITLES[about.kind]
    return f"{title}：{about.subject['name']}，{about.organ['name']}"


def _say_term(row: Row) -> str:
    end = public_view.say_day(row["ends_on"])
    repair: Any = row["repairable_on"]
    earliest = (
        f"；最短公示期至{public_view.say_day(repair)}，届满后可以申请信用修复" if repair else ""
    )
    return f"失信程度：{row['level']}；公示至{end}{earliest}（{row['basis']}）"


TOPICS: Mapping[str, Topic] = {
    "open_publicity": Topic(
        open_publicity,
        outputs={
            "publicity_id": "number",
            "kind": "string",
            "level": "string",
            "list_code": "string",
            "regime": "string",
            "summary": "string",
            "personal_basis": "string",
            "secret": "boolean",
            "about_text": "string",
            "term_text": "string",
        },
        article=OPEN_LAW,
    ),
    "assemble_publicity": Topic(
        assemble_publicity,
        inputs={"publicity_id": "number"},
        outputs={
            "minor": "boolean",
            "is_person": "boolean",
            "has_basis": "boolean",
            "warning_only": "boolean",
            "public_text": "string",
            "content_sha256": "string",
        },
        article=OPEN_LAW,
    ),
    "release_publicity": Topic(
        release_publicity,
        inputs={"publicity_id": "number"},
        outputs={
            "publicity_end": steps.INSTANT,
            "channels": "list",
            "posting_limit": "string",
            "posting_from": steps.INSTANT,
        },
        article=OPEN_LAW,
    ),
    "end_publicity": Topic(
        end_publicity,
        inputs={"publicity_id": "number", "reason": "string"},
        outputs={"channels": "list", "posting_limit": "string", "posting_from": steps.INSTANT},
        article=STOP_LAW,
    ),
    "read_channel": Topic(
        read_channel,
        inputs={"publicity_id": "number", "channel": "any", "act": "string"},
        outputs={
            "channel_name": "string",
            "act_text": "string",
            "public_text": "string",
            "content_sha256": "string",
            "term_text": "string",
        },
        article=SAME_LAW,
    ),
    "record_receipt": Topic(
        record_receipt,
        inputs={"publicity_id": "number", "channel": "any", "act": "string", "receipt": "string"},
        article=SAME_LAW,
    ),
    "give_up_channel": Topic(
        give_up_channel,
        inputs={"channel": "any", "act": "string", "reasons": "string"},
        article=SAME_LAW,
    ),
}
