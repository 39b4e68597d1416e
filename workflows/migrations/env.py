"""Alembic's entry: runs the numbered changes on the engine that `migrate` hands over."""

from alembic import context

from workflows import models

engine = context.config.attributes["engine"]
with engine.connect() as connection:
    sqlite = connection.dialect.name == "sqlite"
    context.configure(
        connection=connection,
        target_metadata=models.metadata,
        render_as_batch=sqlite,
        transaction_per_migration=True,
        user_module_prefix="columns.",
    )
    with context.begin_transaction():
        context.run_migrations()
