"""Events have a version of their own."""

revision, down_revision = "3", "2"


def upgrade() -> None:
    """Nothing, but that an older program refuses the database: it could not read the events to come."""
