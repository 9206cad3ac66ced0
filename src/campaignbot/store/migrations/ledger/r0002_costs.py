"""What a draft costs is kept with it, so that an account's budget can be asked in the ledger."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.add_column("drafts", sa.Column("cost", sa.BigInteger(), server_default="0", nullable=False))
