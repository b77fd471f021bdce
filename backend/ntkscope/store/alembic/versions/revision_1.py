"""The first tables: runs, events, tables of a person's own. Databases of version 1 to 4 were made without Alembic."""

revision, down_revision = "1", None


def upgrade() -> None:
    """Nothing: a database that has a version at all has these tables, and an empty one is made at the newest."""
