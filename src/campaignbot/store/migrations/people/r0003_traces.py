"""What it takes to find somebody again who asks to be forgotten, and a reply that its author has deleted."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    for column in (
        sa.Column("alias", sa.LargeBinary(), nullable=True),
        sa.Column("remote", sa.Text(), nullable=True),
        sa.Column("looked", sa.BigInteger(), nullable=True),
    ):
        op.add_column("waiting", column)
    op.add_column("joiners", sa.Column("alias", sa.LargeBinary(), nullable=True))
    op.add_column("samples", sa.Column("alias", sa.LargeBinary(), nullable=True))
    op.create_index("samples_alias", "samples", ["alias"])
    op.create_index("waiting_alias", "waiting", ["alias"])
    op.create_index("joiners_alias", "joiners", ["alias"])
