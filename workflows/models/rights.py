"""What a finding brings with it: hearings, reviews, publicity, measures, warnings, repair."""

from datetime import date

import sqlalchemy as sa

from workflows.models.columns import instant, json, key, metadata, number, text, to, yes_no


def day(name: str) -> sa.Column[date]:
    """A date of the office."""
    return sa.Column(name, sa.Date)


pauses = sa.Table(  # 中止、中断、延长
    "pauses",
    metadata,
    key(),
    to("cases"),
    text("kind"),  # suspension | interruption | extension
    text("ground"),
    text("article"),
    json("limits"),  # [limit id or family], null for every limit of the case
    instant("starts_at", null=False),
    instant("ends_at"),
    number("length"),  # of an extension
    text("unit"),  # workdays | days
    text("document_no"),
    json("evidence"),
    text("element"),  # of the diagram that stopped the clock, else a person did
    to("people", "made_by", null=True),
    to("people", "ended_by", null=True),
    text("end_reason"),
    instant("created_at", null=False),
    sa.Index(None, "case_id"),
)

leniency_reviews = sa.Table(  # 宽容审慎审查
    "leniency_reviews",
    metadata,
    key(),
    to("cases"),
    json("flags"),  # the circumstances that were looked at (D05)
    json("established"),  # those of them that hold
    text("result"),  # list | list_light | not_list
    text("reasons"),
    json("evidence"),
    to("people", "reviewer_id", null=True),
    instant("reviewed_at", null=False),
    to("people", "confirmed_by", null=True),  # who agreed to a not_list
    sa.Index(None, "case_id"),
)

hearings = sa.Table(  # 听证
    "hearings",
    metadata,
    key(),
    to("cases"),
    text("number"),
    text("scope"),
    instant("requested_at", null=False),  # when it was asked for: the postmark counts
    text("channel"),
    text("by"),
    text("reasons"),
    yes_no("late"),
    text("status", default="requested"),  # requested|noticed|held|absent|withdrawn|refused
    to("people", "officer_id", null=True),
    instant("scheduled_at"),
    text("place"),
    yes_no("open_to_public", default=True),
    text("closed_reason"),  # why the public is kept out
    to("documents", "notice_document_id", null=True),
    instant("noticed_at"),  # when the notice of hearing was served
    instant("held_at"),
    json("minutes"),  # {attendance: [{name, role}], case, answer, evidence, last_words}
    text("outcome_reason"),  # why it was not held
    to("documents", "transcript_document_id", null=True),
    text("signature"),  # signed | refused | ''
    to("documents", "refusal_document_id", null=True),
    instant("refusal_served_at"),
    text("report"),
    text("opinion"),  # founded | partly | unfounded
    json("evidence"),
    instant("closed_at"),
    sa.Index(None, "case_id"),
)

reviews = sa.Table(  # 省级复核
    "reviews",
    metadata,
    key(),
    to("cases"),
    to("objections", null=True),
    text("number"),
    text("scope"),
    instant("requested_at", null=False),
    text("grounds"),
    text("channel"),
    text("result"),  # upheld 维持 | changed 变更 | annulled 撤销 | ''
    json("struck"),  # numbers of the grounds that fall with it
    text("reasons"),
    json("evidence"),
    to("people", "reviewer_id", null=True),
    to("departments", "reviewed_in", null=True),
    to("documents", "decision_document_id", null=True),
    instant("decided_at"),
    instant("served_at"),
    sa.Index(None, "case_id"),
)

remedies = sa.Table(  # 行政复议、行政诉讼
    "remedies",
    metadata,
    key(),
    to("cases"),
    to("subjects"),
    to("listings", null=True),
    text("kind"),  # reconsideration | litigation
    text("organ"),
    text("number"),
    day("filed_on"),
    instant("stayed_from"),  # only by order: filing does not stay (复议法42, 行诉法56)
    instant("stayed_to"),
    text("stay_document"),
    text("outcome"),
    day("outcome_on"),
    json("evidence"),
    instant("registered_at", null=False),
    sa.Index(None, "case_id"),
    sa.Index(None, "subject_id"),
)

publicities = sa.Table(  # 公示
    "publicities",
    metadata,
    key(),
    to("subjects"),
    to("cases"),
    text("kind"),  # listing | record | commitment | correction
    to("listings", null=True),
    to("records", null=True),
    to("commitments", null=True),
    text("status", default="prepared"),  # prepared | checked | public | ended
    text("summary"),  # the facts in words fit for the public
    text("personal_basis"),  # the law or consent on which personal data may be shown
    yes_no("secret"),
    json("content"),  # the public view (D14), the same on every channel
    text("content_sha256"),
    to("people", "checked_by", null=True),
    instant("checked_at"),
    json("channels"),
    text("level"),  # 轻微 | 一般 | 严重
    text("basis"),
    day("starts_on"),
    day("ends_on"),
    day("repairable_on"),  # the shortest term ends
    instant("published_at"),
    instant("ended_at"),
    text("ended_reason"),
    yes_no("disputed"),  # 异议标注
    yes_no("shielded"),  # 屏蔽
    sa.Index(None, "subject_id", "status"),
    sa.Index(None, "listing_id"),
    sa.Index(None, "status", "ends_on"),
)

publicity_receipts = sa.Table(
    "publicity_receipts",
    metadata,
    key(),
    sa.Column("publicity_id", sa.Integer, sa.ForeignKey("publicities.id"), nullable=False),
    text("channel"),
    text("act"),  # publish | mark | take_down
    text("content_sha256"),
    day("ends_on"),
    text("receipt"),
    instant("at", null=False),
    sa.Index(None, "publicity_id"),
)

measures = sa.Table(  # 惩戒措施的实施
    "measures",
    metadata,
    key(),
    to("subjects"),
    to("listings"),
    to("cases", null=True),
    text("code"),
    text("name"),
    text("class_"),
    text("basis"),
    text("implementer"),
    to("departments", "implementer_id", null=True),
    text("status", default="proposed"),  # proposed|notified|in_force|no_basis|lifting|lifted
    day("starts_on"),
    day("ends_on"),
    text("own_basis"),  # what the implementer acts on
    to("documents", "notice_document_id", null=True),
    to("documents", "lift_document_id", null=True),
    text("reason"),  # why it does not act
    text("effect"),  # feedback on the effect
    instant("notified_at"),
    instant("answered_at"),
    text("lift_ground"),
    instant("lift_notified_at"),
    instant("lifted_at"),
    number("carried_by", null=True),  # another measure that keeps it in force (INV-20)
    sa.UniqueConstraint("listing_id", "code", "implementer"),
    sa.Index(None, "subject_id", "status"),
)

interviews = sa.Table(  # 约谈
    "interviews",
    metadata,
    key(),
    to("subjects"),
    to("cases"),
    text("kind"),  # prompt 提示 | warning 警示 | officer 对责任人，经上级
    text("cause"),
    text("status", default="drafted"),  # drafted|noticed|noticed_again|held|no_show|cancelled
    number("absences"),  # without good reason
    to("documents", "notice_document_id", null=True),
    instant("noticed_at"),
    instant("scheduled_at"),
    text("place"),
    instant("held_at"),
    json("interviewers"),  # two at least
    text("attendee"),
    text("attendee_role"),
    text("authority"),  # 授权
    text("statements"),
    text("requirements"),
    day("rectify_by"),
    text("signature"),  # signed | refused | ''
    text("refusal"),  # why it was not signed
    text("witness"),
    to("documents", "record_document_id", null=True),
    instant("guide_handed_at"),
    instant("filed_at"),  # in the subject's credit record
    json("evidence"),
    sa.Index(None, "subject_id"),
    sa.Index(None, "case_id"),
)

commitments = sa.Table(  # 信用承诺
    "commitments",
    metadata,
    key(),
    to("subjects"),
    to("cases"),
    to("interviews", null=True),
    text("purpose"),  # interview | repair | approval
    text("status", default="drafted"),  # drafted|declined|signed|published|supervised|fulfilled|…
    text("clauses_version"),
    json("clauses"),
    to("documents", null=True),
    day("signed_on"),
    text("signed_by"),
    text("seal"),  # seal | signature | scan
    json("evidence"),
    text("consent"),  # none | unit | both: what may be published (C-9)
    instant("published_at"),
    number("months"),
    day("period_end"),
    json("history"),  # [{at, status, reason, by}]: nothing is forgotten when a breach is annulled
    sa.Index(None, "subject_id", "status"),
    sa.Index(None, "case_id"),
)

draws = sa.Table(  # 随机抽取
    "draws",
    metadata,
    key(),
    to("cases", null=True),
    to("departments", null=True),
    text("period"),  # 2026-05: one draw of a department for each
    text("seed"),
    json("pool"),  # ids, in order
    text("pool_sha256"),
    json("excluded"),
    json("drawn"),
    text("method"),
    instant("drawn_at", null=False),
    to("people", "drawn_by", null=True),
    sa.UniqueConstraint("department_id", "period"),
)

challenges = sa.Table(  # 质疑举报
    "challenges",
    metadata,
    key(),
    to("commitments"),
    to("cases"),
    text("number"),
    text("content"),
    json("evidence"),
    yes_no("anonymous"),
    text("status", default="received"),  # received | screened | screened_out | verified | closed
    text("outcome"),  # unfounded 不属实 | founded 属实
    text("reasons"),
    instant("received_at", null=False),
    instant("answered_at"),
    sa.Index(None, "commitment_id"),
    sa.Index(None, "case_id"),
)

sealed = sa.Table(  # who reported is known to nobody who handles the case
    "sealed",
    metadata,
    key(),
    to("cases", null=True),
    text("name"),
    text("value"),
    instant("sealed_at", null=False),
    json("opened"),  # [{at, by, reason}]
    sa.Index(None, "case_id"),
)

rectifications = sa.Table(  # 限期整改
    "rectifications",
    metadata,
    key(),
    to("subjects"),
    to("cases"),
    to("interviews", null=True),
    text("cause"),
    json("requirements"),
    day("due_on"),
    text("status", default="open"),  # open | overdue | done | failed | withdrawn
    json("extensions"),  # [{from, to, reason, by}]
    text("report"),
    json("evidence"),
    text("finding"),
    to("people", "drafted_by", null=True),
    to("people", "verified_by", null=True),
    instant("closed_at"),
    sa.Index(None, "subject_id"),
    sa.Index(None, "case_id"),
)

repairs = sa.Table(  # 信用修复
    "repairs",
    metadata,
    key(),
    to("subjects"),
    to("cases"),
    text("number"),
    text("status", default="draft"),  # draft|submitted|supplement|accepted|not_accepted|verifying|…
    json("record_ids"),
    json("listing_ids"),
    text("regime"),  # manual | R2019 | R58 | R36 (D11)
    text("level"),
    text("ground", default="ordinary"),  # ordinary | reorganisation
    instant("applied_at", null=False),
    text("channel"),
    text("applicant"),
    text("agent"),
    json("materials"),  # [{material, item, evidence: [sha256]}]
    json("missing"),  # what is still to be shown
    day("earliest_on"),
    instant("supplement_asked_at"),  # once
    text("reasons"),
    instant("accepted_at"),
    json("findings"),  # [{item, performed, performed_on, effects_removed, evidence, …}]
    to("people", "verified_by", null=True),
    instant("shielded_at"),  # reorganisation: nothing is shown until the plan is performed
    text("recommended"),  # by D12
    text("deviation"),  # why the decision is another
    instant("decided_at"),
    to("people", "decided_by", null=True),
    to("documents", "decision_document_id", null=True),
    to("commitments", null=True),
    instant("synced_at"),
    json("receipts"),  # [{site, receipt, at}]: every site that took the information down
    instant("revoked_at"),
    to("people", "revoked_by", null=True),
    text("revoked_reason"),
    json("history"),  # [{at, status, by, reason}]
    sa.UniqueConstraint("case_id"),
    sa.Index(None, "subject_id", "status"),
)

disputes = sa.Table(  # 信用信息异议
    "disputes",
    metadata,
    key(),
    to("subjects"),
    to("cases"),
    text("target"),  # record | listing
    to("records", null=True),
    to("listings", null=True),
    text("number"),
    json("points"),  # [{no, text, finding, is_right, reason}]
    text("by"),
    text("channel"),
    instant("received_at", null=False),
    text("status", default="marked"),  # marked | asked | corrected | upheld_as_is | withdrawn
    text("source"),  # who provided the information
    to("documents", "letter_document_id", null=True),
    instant("asked_at"),
    instant("source_answered_at"),
    text("source_answer"),
    to("people", "verifier_id", null=True),
    text("result"),  # wrong | partly | right
    text("correction"),
    to("documents", "answer_document_id", null=True),
    instant("concluded_at"),
    instant("answered_at"),  # when the answer was served
    json("evidence"),
    sa.UniqueConstraint("case_id"),
    sa.Index(None, "subject_id"),
    sa.Index(None, "record_id"),
    sa.Index(None, "listing_id"),
)

removals = sa.Table(  # 移出名单
    "removals",
    metadata,
    key(),
    to("cases"),
    to("listings"),
    text("ground"),  # D17
    text("status", default="proposed"),  # proposed | granted | refused
    json("proof"),  # what the ground asks for: {event_on, document_no, organ, settlement …}
    json("evidence"),  # [sha256 of attachments]
    to("people", "proposed_by", null=True),
    instant("proposed_at", null=False),
    to("people", "decided_by", null=True),
    text("reasons"),
    instant("decided_at"),
    sa.UniqueConstraint("case_id"),
    sa.Index(None, "listing_id"),
)

revocations = sa.Table(  # 依据文书被撤销、变更、确认违法
    "revocations",
    metadata,
    key(),
    to("subjects"),
    to("cases"),
    text("kind"),  # revoked | annulled | unlawful | changed | wrong
    text("document_no"),  # of the act that revokes
    text("organ"),
    day("revoked_on"),
    instant("received_at", null=False),
    json("record_ids"),  # the records that fall
    text("correction"),  # what a changed record says now
    json("evidence"),
    to("people", "registered_by", null=True),
    instant("withdrawn_at"),
    json("fallen"),  # listings that rested on nothing else, revoked ex officio
    json("chosen"),  # listings that a person has revoked besides
    json("kept"),  # listings that stand on their other grounds
    text("reasons"),
    to("people", "decided_by", null=True),
    instant("decided_at"),
    yes_no("harm"),
    text("redress"),  # 消除影响 (Henan 66)
    instant("redressed_at"),
    to("documents", "notice_document_id", null=True),
    instant("served_at"),
    sa.UniqueConstraint("case_id"),
    sa.Index(None, "subject_id"),
)
