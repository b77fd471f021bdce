"""Where a run computes is kept with it."""

import sqlalchemy as sa
from alembic import op

revision, down_revision = "4", "3"


def upgrade() -> None:
    """A column of runs."""
    op.add_column("runs", sa.Column("placement", sa.Text()))
