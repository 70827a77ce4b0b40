"""Alembic's way in. The connection and its transaction are the caller's (assets.store.schema)."""

from alembic import context

attributes = context.config.attributes
context.configure(connection=attributes["connection"], version_table=attributes["version_table"])
with context.begin_transaction():
    context.run_migrations()
