"""Runs the migrations of one kind of database on a connection that `store.database` gives."""

from alembic import context

_given = context.config.attributes
context.configure(connection=_given["connection"], version_table=f"{_given['kind']}_version")
with context.begin_transaction():
    context.run_migrations()
