"""Run alembic on the connection that juri.core.storage.migrate hands over."""

from alembic import context

from juri.core.models import MODELS

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=MODELS[0].metadata, render_as_batch=True, compare_type=True)
with context.begin_transaction():
    context.run_migrations()
