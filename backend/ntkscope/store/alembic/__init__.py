"""The database's revisions, for Alembic: env.py connects it, versions/ has one file for each."""
