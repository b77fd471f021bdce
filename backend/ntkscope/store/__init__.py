"""The log: runs, their events, uploaded tables, in SQLite or PostgreSQL."""
