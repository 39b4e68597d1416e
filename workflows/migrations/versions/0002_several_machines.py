"""Several machines: jobs handed to a queue, cases and procedures that an operator suspends."""

import sqlalchemy as sa
from alembic import op
from procrastinate.schema import SchemaManager

from workflows.models import columns, names

revision = "0002"
down_revision = "0001"

FULL_TEXT = (
    """CREATE VIRTUAL TABLE subject_names USING fts5(
        pairs, content='subjects', content_rowid='id', tokenize='ascii', detail='none')""",
    "INSERT INTO subject_names (subject_names) VALUES ('rebuild')",
    """CREATE TRIGGER subject_names_insert AFTER INSERT ON subjects BEGIN
        INSERT INTO subject_names (rowid, pairs) VALUES (new.id, new.pairs);
    END""",
    """CREATE TRIGGER subject_names_delete AFTER DELETE ON subjects BEGIN
        INSERT INTO subject_names (subject_names, rowid, pairs)
        VALUES ('delete', old.id, old.pairs);
    END""",
    """CREATE TRIGGER subject_names_update AFTER UPDATE OF pairs ON subjects BEGIN
        INSERT INTO subject_names (subject_names, rowid, pairs)
        VALUES ('delete', old.id, old.pairs);
        INSERT INTO subject_names (rowid, pairs) VALUES (new.id, new.pairs);
    END""",
)
CASE_LISTS = (
    ["department_id", "status", "id"],
    ["department_id", "procedure_key", "status", "id"],
    ["procedure_key", "status", "id"],
)
OPEN_TASKS = {
    "ix_tasks_open_in_lane": ["department_id", "role", "assignee_id", "due_at", "id"],
    "ix_tasks_open_in_department": ["department_id", "due_at", "id"],
    "ix_tasks_open_of_procedure": [
        *("department_id", "procedure_key", "due_at", "id", "assignee_id"),
    ],
    "ix_tasks_open_of_person": ["assignee_id", "due_at", "id"],
    "ix_tasks_open": ["due_at", "id", "department_id"],
}
AMOUNTS = (
    *(("records", "fine_fen"), ("records", "confiscation_fen")),
    *(("imports", "size"), ("imports", "done_bytes")),
)
"""Embedded databases know one size of whole numbers; servers need a larger one here."""


def _search_names() -> None:
    """The pairs of characters of the names that are there, and where they are searched."""
    connection = op.get_bind()
    subjects = sa.table(
        "subjects", sa.column("id"), sa.column("name"), sa.column("pairs", names.Pairs)
    )
    given = subjects.update().where(subjects.c.id == sa.bindparam("subject"))
    last = 0
    while True:
        rows = connection.execute(
            sa.select(subjects.c.id, subjects.c.name)
            .where(subjects.c.id > last)
            .order_by(subjects.c.id)
            .limit(5000)
        ).all()
        if not rows:
            break
        last = rows[-1].id
        connection.execute(
            given, [{"subject": row.id, "pairs": names.pairs(row.name)} for row in rows]
        )
    op.create_index(
        "ix_subjects_pairs",
        "subjects",
        ["pairs"],
        postgresql_using="gin",
        sqlite_where=sa.text("0"),
    )
    if connection.dialect.name == "sqlite":
        for statement in FULL_TEXT:
            op.execute(statement)


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        for table_of, column in AMOUNTS:
            op.alter_column(table_of, column, type_=sa.BigInteger())
        op.get_bind().exec_driver_sql(SchemaManager.get_schema().replace("%", "%%"))
    with op.batch_alter_table("jobs") as table:
        table.add_column(sa.Column("handed_at", columns.Instant(32)))
    with op.batch_alter_table("procedures") as table:
        table.add_column(sa.Column("suspended_at", columns.Instant(32)))
    with op.batch_alter_table("cases") as table:
        table.add_column(sa.Column("suspended_with", sa.Text, nullable=False, server_default=""))
        table.add_column(sa.Column("last_at", columns.Instant(32)))
    op.create_table(
        "moves",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("procedure_key", sa.Text(), server_default="", nullable=False),
        sa.Column("procedure_id", sa.Integer(), nullable=False),
        sa.Column("trial", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("chosen", columns.Json(), nullable=True),
        sa.Column("total", sa.Integer(), server_default="0", nullable=False),
        sa.Column("cursor", sa.Integer(), server_default="0", nullable=False),
        sa.Column("seen", sa.Integer(), server_default="0", nullable=False),
        sa.Column("moved", sa.Integer(), server_default="0", nullable=False),
        sa.Column("reasons", columns.Json(), nullable=True),
        sa.Column("notes", columns.Json(), nullable=True),
        sa.Column("started_by", sa.Integer(), nullable=True),
        sa.Column("started_at", columns.Instant(32), nullable=False),
        sa.Column("ended_at", columns.Instant(32), nullable=True),
        sa.ForeignKeyConstraint(
            ["procedure_id"], ["procedures.id"], name=op.f("fk_moves_procedure_id_procedures")
        ),
        sa.ForeignKeyConstraint(
            ["started_by"], ["people.id"], name=op.f("fk_moves_started_by_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_moves")),
    )
    with op.batch_alter_table("events") as table:
        table.drop_column("previous")  # it is the hash of the event before
    with op.batch_alter_table("moves") as table:
        table.create_index(op.f("ix_moves_procedure_key"), ["procedure_key"])
    with op.batch_alter_table("subjects") as table:
        table.add_column(sa.Column("import_id", sa.Integer))
        table.add_column(sa.Column("row_no", sa.Integer, nullable=False, server_default="0"))
        table.create_foreign_key(
            op.f("fk_subjects_import_id_imports"), "imports", ["import_id"], ["id"]
        )
        table.add_column(sa.Column("pairs", names.Pairs))
    _search_names()
    with op.batch_alter_table("records") as table:
        table.add_column(sa.Column("row_no", sa.Integer, nullable=False, server_default="0"))
    op.create_table(
        "upload_chunks",
        sa.Column("import_id", sa.Integer, nullable=False),
        sa.Column("no", sa.Integer, nullable=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
        sa.ForeignKeyConstraint(
            ["import_id"], ["imports.id"], name=op.f("fk_upload_chunks_import_id_imports")
        ),
        sa.PrimaryKeyConstraint("import_id", "no", name=op.f("pk_upload_chunks")),
    )
    op.create_table(
        "keys",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), server_default="", nullable=False),
        sa.Column("made_at", columns.Instant(32), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_keys")),
        sa.UniqueConstraint("name", name=op.f("uq_keys_name")),
    )
    with op.batch_alter_table("cases") as table:
        table.drop_index("ix_cases_department_id_status")
        table.drop_index("ix_cases_procedure_key_status")
    for columns_of in CASE_LISTS:
        op.create_index(f"ix_cases_{'_'.join(columns_of)}", "cases", columns_of)
    with op.batch_alter_table("tasks") as table:
        table.drop_index("ix_tasks_status_department_id_role_due_at")
        table.drop_index("ix_tasks_status_assignee_id_due_at")
    still = sa.text("status = 'open'")
    for name, columns_of in OPEN_TASKS.items():
        op.create_index(
            name, "tasks", [*columns_of, "status"], sqlite_where=still, postgresql_where=still
        )
    with op.batch_alter_table("flags") as table:
        table.drop_index("ix_flags_current_kind")
        table.create_index("ix_flags_current_kind_id", ["current", "kind", "id"])
