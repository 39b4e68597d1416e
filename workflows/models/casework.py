"""Procedures as deployed, cases and everything that hangs on a case."""

import sqlalchemy as sa

from workflows.models.columns import instant, json, key, metadata, number, text, to, yes_no


def open_tasks(name: str, *columns: str) -> sa.Index:
    """An index of the open tasks alone; with the status, so that nothing else need be read."""
    still = sa.text("status = 'open'")
    return sa.Index(name, *columns, "status", sqlite_where=still, postgresql_where=still)


procedures = sa.Table(
    "procedures",
    metadata,
    key(),
    text("key"),  # serious_listing
    number("version"),
    text("name"),
    text("hash"),  # sha256 over the sorted bundle
    sa.Column("bundle", sa.LargeBinary, nullable=False),  # JSON path -> text, zlib: frozen
    json("fact_types", null=False),  # process -> fact -> FEEL type, as supplied at deployment
    text("note"),
    instant("suspended_at"),  # no case of this version goes on or is opened
    instant("deployed_at", null=False),
    to("people", "deployed_by", null=True),
    sa.UniqueConstraint("key", "version"),
)

cases = sa.Table(
    "cases",
    metadata,
    key(),
    sa.Column("number", sa.Text, nullable=False, unique=True),  # 2026-000123
    to("procedures"),
    text("procedure_key"),
    text("title"),
    to("subjects", null=True),
    to("departments"),
    text("status", default="open"),  # open | ended | suspended
    text("suspended_with"),  # case | procedure: whose suspension it is
    text("ended_reason", null=True),  # id of the end event
    number("version"),  # optimistic lock: one step for each command
    number("pauses"),  # how many rows there are in pauses: none need then be read
    sa.Column("state", sa.LargeBinary),  # the engine's tokens, own format
    json("facts"),  # scope id -> facts
    number("last_seq"),  # the last event, so that the chain needs no query
    text("last_hash"),
    instant("last_at"),  # of the last event: no event comes before the one it follows
    to("people", "opened_by", null=True),
    to("cases", "cause_id", null=True),  # the case that had this one opened
    instant("opened_at", null=False),
    instant("ended_at"),
    sa.Index(None, "department_id", "status", "id"),
    sa.Index(None, "department_id", "procedure_key", "status", "id"),
    sa.Index(None, "procedure_key", "status", "id"),
    sa.Index(None, "subject_id"),
)

tasks = sa.Table(
    "tasks",
    metadata,
    key(),
    to("cases"),
    text("token"),  # the engine's task id
    text("element"),  # task id in the diagram: draft_notice
    text("process"),  # process the element stands in: prior_notice
    text("scope"),
    text("name"),
    text("role"),  # lane
    text("form", null=True),  # 'prior_notice/draft_notice'
    text("procedure_key"),
    to("departments"),
    text("status", default="open"),  # open | done | cancelled
    to("people", "assignee_id", null=True),
    json("candidates"),  # {"users": [...], "groups": [...]} where the diagram narrows the lane
    json("locals"),
    json("draft"),
    instant("drafted_at"),
    number("priority", default=50),
    text("limit_id", null=True),  # the law the due date rests on
    instant("due_at"),
    instant("follow_up_at"),
    instant("created_at", null=False),
    instant("claimed_at"),
    instant("ended_at"),
    to("people", "completed_by", null=True),
    sa.UniqueConstraint("case_id", "token"),
    sa.Index(None, "case_id", "status"),
    # The lists of open tasks, each in its order; tasks that are done leave them.
    open_tasks("ix_tasks_open_in_lane", "department_id", "role", "assignee_id", "due_at", "id"),
    open_tasks("ix_tasks_open_in_department", "department_id", "due_at", "id"),
    open_tasks(
        "ix_tasks_open_of_procedure",
        *("department_id", "procedure_key", "due_at", "id", "assignee_id"),
    ),
    open_tasks("ix_tasks_open_of_person", "assignee_id", "due_at", "id"),
    open_tasks("ix_tasks_open", "due_at", "id", "department_id"),
)

jobs = sa.Table(
    "jobs",
    metadata,
    key(),
    to("cases", null=True),
    text("kind"),  # timer | service | message, and without a case: screening
    sa.Column("unique_key", sa.Text, nullable=False, unique=True),  # exactly once
    text("token", null=True),  # the engine's id of the timer or service
    text("topic"),  # service topic
    text("element"),
    json("payload"),
    text("status", default="due"),  # due|done|cancelled|failed|held (case suspended)|paused
    instant("due_at", null=False),
    instant("handed_at"),  # when the queue of several machines was given it
    number("attempts"),
    text("error"),
    instant("ended_at"),
    sa.Index(None, "status", "due_at"),
    sa.Index(None, "case_id", "status"),
)

deadlines = sa.Table(
    "deadlines",
    metadata,
    key(),
    to("cases"),
    text("token"),  # the engine id of the timer or task that carries it
    text("element"),
    text("scope"),
    text("limit_id"),
    text("family"),  # the name under which a case shows it: objection_window
    text("name"),
    text("basis"),
    text("confidence"),
    instant("starts_at", null=False),
    instant("due_at", null=False),  # exclusive end: 24:00 of the last day
    yes_no("provisional"),
    text("limit_version"),
    text("calendar_version"),
    json("steps"),  # [[day, ordinal|null, reason], …]
    text("status", default="running"),  # running | suspended | interrupted | ended
    json("pauses"),  # ids of the pauses it has known
    number("moved"),  # seconds by which its end was moved by hand
    instant("ended_at"),
    instant("escalate_at"),  # when the ladder (D18) takes its next step; only limits of tasks
    number("escalations"),  # steps of the ladder taken
    sa.Index(None, "case_id", "family"),
    sa.Index(None, "status", "due_at"),
    sa.Index(None, "status", "escalate_at"),
)

case_messages = sa.Table(
    "case_messages",
    metadata,
    key(),
    to("cases"),
    text("message"),
    json("values"),
    text("status", default="pending"),  # pending | delivered | refused
    text("reason"),  # why it was refused
    instant("received_at", null=False),
    instant("delivered_at"),
    to("people", "received_by", null=True),
    sa.Index(None, "case_id", "status"),
)

documents = sa.Table(
    "documents",
    metadata,
    key(),
    to("cases"),
    text("scope"),
    text("kind"),  # prior_notice, listing_decision …: the template's name
    text("title"),
    sa.Column("number", sa.Text, unique=True),
    to("departments"),
    text("status", default="issued"),  # issued | withdrawn
    text("sha256"),  # of the stored bytes
    text("content_sha256"),  # of the canonical content, printed in the QR code
    text("template_sha256"),
    json("content"),  # what was said: the guard compares decision with notice
    number("pages"),
    yes_no("sealed"),
    text("addressee"),
    instant("issued_at", null=False),
    to("people", "issued_by", null=True),
    text("withdrawn_reason"),
    instant("withdrawn_at"),
    sa.Index(None, "case_id", "kind"),
)

document_bytes = sa.Table(
    "document_bytes",
    metadata,
    sa.Column("document_id", sa.Integer, sa.ForeignKey("documents.id"), primary_key=True),
    sa.Column("pdf", sa.LargeBinary, nullable=False),
)

document_numbers = sa.Table(
    "document_numbers",
    metadata,
    key(),
    to("departments"),
    text("series"),  # 列告
    number("year"),
    number("last"),
    sa.UniqueConstraint("department_id", "series", "year"),
)

attachments = sa.Table(
    "attachments",
    metadata,
    key(),
    to("cases", null=True),
    text("filename"),
    text("media_type"),
    text("sha256"),
    number("size"),
    sa.Column("content", sa.LargeBinary, nullable=False),
    to("people", "added_by", null=True),
    instant("added_at", null=False),
    sa.Index(None, "case_id"),
    sa.Index(None, "sha256"),
)

events = sa.Table(
    "events",
    metadata,
    key(),
    to("cases"),
    number("seq"),
    instant("at", null=False),
    to("people", "actor_id", null=True),
    text("actor"),  # name as it was
    text("role"),
    text("kind"),  # case_opened, task_completed, timer_fired, document_issued …
    text("element"),
    text("article"),
    json("before"),
    json("after"),
    json("documents"),  # sha256 of each document and attachment it names
    text("hash"),  # over the event and the hash of the one before it
    sa.UniqueConstraint("case_id", "seq"),
)

moves = sa.Table(
    "moves",
    metadata,
    key(),
    text("procedure_key"),
    to("procedures"),  # the version that running cases are taken to
    yes_no("trial"),  # only judged, nothing moved
    text("reason"),
    json("chosen"),  # ids of the cases meant, null for all
    number("total"),  # running cases on other versions when it began
    number("cursor"),  # the last case looked at
    number("seen"),
    number("moved"),  # of a trial: that would move
    json("reasons"),  # why cases stay: [[element, name, text, cases, first numbers], …]
    json("notes"),  # what to know of those that move, likewise
    to("people", "started_by", null=True),
    instant("started_at", null=False),
    instant("ended_at"),
    sa.Index(None, "procedure_key"),
)
