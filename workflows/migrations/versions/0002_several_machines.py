"""Several machines: jobs handed to a queue, cases and procedures that an operator suspends."""

import sqlalchemy as sa
from alembic import op
from procrastinate.schema import SchemaManager

from workflows.models import columns

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.get_bind().exec_driver_sql(SchemaManager.get_schema().replace("%", "%%"))
    with op.batch_alter_table("jobs") as table:
        table.add_column(sa.Column("handed_at", columns.Instant(32)))
    with op.batch_alter_table("procedures") as table:
        table.add_column(sa.Column("suspended_at", columns.Instant(32)))
    with op.batch_alter_table("cases") as table:
        table.add_column(sa.Column("suspended_with", sa.Text, nullable=False, server_default=""))
