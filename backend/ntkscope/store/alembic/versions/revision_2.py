"""Sweeps, and the runs that are in one."""

import sqlalchemy as sa
from alembic import op

revision, down_revision = "2", "1"


def upgrade() -> None:
    """Two columns of runs, and a table."""
    op.add_column("runs", sa.Column("sweep", sa.String(32)))
    op.add_column("runs", sa.Column("member", sa.Integer()))
    op.create_index("runs_by_sweep", "runs", ["sweep", "member"], unique=True)
    op.create_table(
        "sweeps",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("created_at", sa.Float(53), nullable=False),
        sa.Column("ended_at", sa.Float(53)),
        sa.Column("request", sa.Text(), nullable=False),
    )
    op.create_index("sweeps_by_age", "sweeps", ["created_at", "id"])
