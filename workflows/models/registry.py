"""The statutory objects: subjects, records, notices, services, objections, listings, imports."""

import sqlalchemy as sa

from workflows.models import names
from workflows.models.columns import amount, instant, json, key, metadata, number, text, to, yes_no

subjects = sa.Table(
    "subjects",
    metadata,
    key(),
    text("id_scheme"),  # uscc | citizen_id | registration | organisation | unknown
    text("id_no"),
    text("name"),
    text("kind"),  # 企业, 个体工商户, 农民专业合作社, 机关, 事业单位, 自然人 …
    text("track"),  # gov | market | person | manual (D01)
    text("status"),  # 存续, 注销, 吊销 …
    text("bankruptcy"),  # accepted | reorganising | reorganised | declared, or nothing
    text("division"),
    text("address"),
    text("legal_rep"),
    text("phone"),
    text("industry"),
    text("source"),  # subjects | penalty
    to("imports", null=True),  # the last extract that named it,
    number("row_no"),  # and in which row
    json("raw"),
    instant("created_at", null=False),
    instant("updated_at", null=False),
    sa.Column("pairs", names.Pairs, default=names.of_this_row),  # of characters of the name
    sa.UniqueConstraint("id_scheme", "id_no"),
    sa.Index(None, "name"),
    sa.Index(None, "pairs", postgresql_using="gin", sqlite_where=sa.text("0")),  # empty on SQLite
)
names.search_in(subjects)

records = sa.Table(
    "records",
    metadata,
    key(),
    to("subjects"),
    to("imports", null=True),
    number("row_no"),  # in the file it came with
    text("kind"),  # penalty | listing
    text("doc_no"),  # normalised: 〔〕
    text("organ"),
    text("organ_uscc"),
    text("behaviour"),
    text("facts"),
    text("basis"),
    json("categories"),
    text("content"),
    amount("fine_fen", null=True),
    amount("confiscation_fen", null=True),
    sa.Column("decided_on", sa.Date, nullable=False),
    sa.Column("valid_to", sa.Date),
    sa.Column("publicity_to", sa.Date),
    text("status", default="public"),  # public | ended | withdrawn | stayed
    yes_no("disputed"),  # 异议标注
    sa.Column("withdrawn_on", sa.Date),
    text("withdrawn_by"),  # the document that annulled it
    yes_no("corrected"),
    sa.Column("corrected_on", sa.Date),
    json("raw"),  # the row as it came
    json("changes"),  # every normalisation that was made
    instant("created_at", null=False),
    sa.UniqueConstraint("doc_no", "organ_uscc"),
    sa.Index(None, "subject_id", "decided_on"),
)

imports = sa.Table(
    "imports",
    metadata,
    key(),
    text("kind"),  # penalties | subjects
    text("filename"),
    text("sha256"),
    amount("size"),
    text("unit"),  # 元 | 万元 | '': what the sender declared of amounts
    text("status", default="running"),  # uploading | queued | running | done | failed
    instant("queued_at"),  # when it was left for the worker; an import that runs at once has none
    number("total"),  # rows seen
    number("accepted"),
    number("duplicates"),
    number("rejected"),
    number("warnings"),
    amount("done_bytes"),  # progress
    text("error"),
    to("people", "started_by", null=True),
    to("departments", null=True),
    instant("started_at", null=False),
    instant("ended_at"),
    sa.Index(None, "sha256"),
    sa.Index(None, "status"),
)

upload_chunks = sa.Table(  # the file of an import, until a worker has taken it in
    "upload_chunks",
    metadata,
    sa.Column("import_id", sa.Integer, sa.ForeignKey("imports.id"), primary_key=True),
    sa.Column("no", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("content", sa.LargeBinary, nullable=False),
)

import_rejects = sa.Table(
    "import_rejects",
    metadata,
    key(),
    to("imports"),
    number("row_no"),
    text("verdict"),  # rejected | duplicate | warning
    json("reasons"),  # [[field, code, reason and how to mend], …]
    json("raw"),
    sa.Index(None, "import_id", "row_no"),
)

flags = sa.Table(
    "flags",
    metadata,
    key(),
    to("subjects"),
    text("kind"),  # early_warning | governed_penalty | watch_closed …: the class of D02
    text("ledger"),
    sa.Column("as_of", sa.Date, nullable=False),
    json("explanation"),  # counted record ids, thresholds, which conjunct fails, rule ids
    yes_no("current", default=True),
    instant("created_at", null=False),
    sa.Index(None, "subject_id", "current"),
    sa.Index(None, "current", "kind", "id"),
)

notices = sa.Table(
    "notices",
    metadata,
    key(),
    to("cases"),
    to("documents"),
    json("grounds"),  # [{no, text, …}]
    json("measures"),  # [code]
    json("basis"),
    text("limit_id"),
    instant("served_at"),
    instant("window_end"),
    json("waiver"),  # {signed_on, evidence: [sha256]}: 书面放弃
    text("status", default="issued"),  # issued | served | superseded
    sa.Index(None, "case_id"),
)

services = sa.Table(
    "services",
    metadata,
    key(),
    to("cases"),
    to("documents"),
    text("status", default="open"),  # open | served | failed
    text("method"),  # electronic | direct | left | mail | entrusted | announcement
    instant("served_at"),
    text("receiver"),
    json("evidence"),  # [sha256 of attachments]
    text("rule"),  # rule id of D07 that gave the date
    sa.Index(None, "case_id"),
    sa.Index(None, "document_id"),
)

service_attempts = sa.Table(
    "service_attempts",
    metadata,
    key(),
    to("services"),
    number("no"),
    text("method"),
    text("result"),  # signed, signed_by_other, refused, arrived, returned, announced …
    instant("at", null=False),
    text("place"),
    text("receiver"),
    text("relation"),
    text("witness"),
    json("servers"),  # two names
    json("evidence"),
    text("remarks"),
    sa.Index(None, "service_id"),
)

objections = sa.Table(
    "objections",
    metadata,
    key(),
    to("cases"),
    text("number"),
    text("scope"),  # scope of the called procedure that deals with it
    instant("received_at", null=False),
    text("channel"),
    text("by"),
    yes_no("late"),
    json("points"),  # [{no, text, ground, finding, accepted, reason}]
    json("evidence"),
    text("result"),  # upheld | partly | rejected | ''
    to("people", "verifier_id", null=True),
    to("documents", "answer_document_id", null=True),
    instant("answered_at"),
    instant("answer_served_at"),
    sa.Index(None, "case_id"),
)

listings = sa.Table(
    "listings",
    metadata,
    key(),
    to("subjects"),
    to("cases"),
    text("list_code"),
    text("status"),  # draft, noticed, terminated | decided_listed, published | removed_… | revoked
    to("documents", "decision_document_id", null=True),
    json("grounds"),
    json("measures"),
    sa.Column("term_start", sa.Date),
    sa.Column("term_end", sa.Date),
    instant("decided_at"),
    to("people", "decided_by", null=True),
    instant("served_at"),
    instant("removed_at"),
    text("removal_ground"),  # D17
    to("cases", "removal_case_id", null=True),
    to("documents", "removal_document_id", null=True),
    sa.UniqueConstraint("case_id"),
    sa.Index(None, "subject_id", "status"),
)
