"""Who asked for a run or a sweep: the queue is fair between people."""

import sqlalchemy as sa
from alembic import op

revision, down_revision = "5", "4"


def upgrade() -> None:
    """A column of each; empty for all that is there: nobody was asked for a name."""
    for table in ("runs", "sweeps"):
        op.add_column(table, sa.Column("person", sa.String(40), nullable=False, server_default=""))
