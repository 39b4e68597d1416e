"""Departments (a tree), people, the roles they work in, and their sessions."""

import sqlalchemy as sa

from workflows.models.columns import instant, key, metadata, text, to, yes_no

departments = sa.Table(
    "departments",
    metadata,
    key(),
    sa.Column("code", sa.Text, nullable=False, unique=True),  # plain id, e.g. yindu_market
    text("name"),  # 殷都区市场监督管理局
    text("short_name"),  # 殷市监: the organ's mark in document numbers
    text("kind"),  # city | county | bureau | lead | court
    text("uscc"),
    text("division"),  # GB/T 2260; the reporting tree is data, never derived from it
    to("departments", "parent_id", null=True),
    sa.Column("path", sa.Text, nullable=False, unique=True),  # '/1/4/9/': below = has this prefix
    text("address"),
    text("phone"),
    text("website"),
    text("government"),  # the government above it: hears reconsideration
    text("court"),  # the court that hears litigation
    sa.Index(None, "parent_id"),
)

people = sa.Table(
    "people",
    metadata,
    key(),
    sa.Column("login", sa.Text, nullable=False, unique=True),
    text("name"),
    text("password_hash"),
    yes_no("active", default=True),
    text("language", default="zh"),
    instant("created_at", null=False),
)

memberships = sa.Table(
    "memberships",
    metadata,
    key(),
    to("people", "person_id"),
    to("departments", "department_id"),
    text("role"),  # the lanes: caseworker, dept_head, legal_reviewer, supervisor, designer …
    sa.UniqueConstraint("person_id", "department_id", "role"),
    sa.Index(None, "department_id", "role"),
)

sessions = sa.Table(
    "sessions",
    metadata,
    key(),
    sa.Column("token_hash", sa.Text, nullable=False, unique=True),
    to("people", "person_id"),
    to("memberships", "membership_id", null=True),  # the department and role worked in now
    instant("created_at", null=False),
    instant("seen_at", null=False),
    instant("ended_at"),
)

sign_ins = sa.Table(
    "sign_ins",
    metadata,
    key(),
    text("login"),
    text("address"),
    yes_no("succeeded"),
    instant("at", null=False),
    sa.Index(None, "login", "at"),
    sa.Index(None, "address", "at"),
)

keys = sa.Table(
    "keys",
    metadata,
    key(),
    sa.Column("name", sa.Text, nullable=False, unique=True),  # cookies
    text("value"),  # the same for every machine of the installation
    instant("made_at", null=False),
)
