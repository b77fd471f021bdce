"""Alembic runs this for every command: revisions are applied over the connection that `migrations.py` hands over."""

from alembic import context

from ntkscope.store.tables import METADATA

context.configure(connection=context.config.attributes["connection"], target_metadata=METADATA)
with context.begin_transaction():
    context.run_migrations()
