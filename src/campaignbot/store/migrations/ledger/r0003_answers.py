"""Answers: each to one person, known by a keyed hash, and no second one."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.add_column("deliveries", sa.Column("person", sa.Text(), nullable=True))
    op.create_index(
        "deliveries_person",
        "deliveries",
        ["person"],
        unique=True,
        sqlite_where=sa.text("person > ''"),
        postgresql_where=sa.text("person > ''"),
    )
