"""The tables, in types that SQLite and PostgreSQL share."""

from sqlalchemy import (
    Boolean,
    Column,
    Float,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
)

METADATA = MetaData()

RUNS = Table(
    "runs",
    METADATA,
    Column("id", String(32), primary_key=True),
    Column("name", String(120), nullable=False),
    Column("tags", Text, nullable=False),  # a JSON list
    Column("state", String(16), nullable=False),
    Column("sentence", Text, nullable=False),
    Column("created_at", Float(53), nullable=False),  # seconds since 1970
    Column("started_at", Float(53)),
    Column("ended_at", Float(53)),
    Column("deleted_at", Float(53)),
    Column("last_seq", Integer, nullable=False),
    Column("config", Text, nullable=False),  # RunConfig as JSON
    Column("digest", String(64), nullable=False),
    Column("recorded", Boolean, nullable=False),
    Column("sweep", String(32)),  # of which it is a run
    Column("member", Integer),  # its index there
    Column("placement", Text),  # Placement as JSON
    Column("person", String(40), nullable=False, server_default=""),  # who asked for it; empty: nobody was asked
    Index("runs_by_age", "created_at", "id"),
    Index("runs_by_sweep", "sweep", "member", unique=True),
)

SWEEPS = Table(
    "sweeps",
    METADATA,
    Column("id", String(32), primary_key=True),
    Column("name", String(120), nullable=False),
    Column("state", String(16), nullable=False),
    Column("created_at", Float(53), nullable=False),
    Column("ended_at", Float(53)),
    Column("request", Text, nullable=False),  # SweepRequest as JSON
    Column("person", String(40), nullable=False, server_default=""),
    Index("sweeps_by_age", "created_at", "id"),
)

EVENTS = Table(
    "events",
    METADATA,
    Column("run", String(32), primary_key=True),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("type", String(16), nullable=False),
    Column("bytes", LargeBinary, nullable=False),  # msgpack, as they are sent
)

DATASETS = Table(
    "datasets",
    METADATA,
    Column("sha256", String(64), primary_key=True),
    Column("name", String(120), nullable=False),
    Column("rows", Integer, nullable=False),
    Column("columns", Text, nullable=False),  # a JSON list
    Column("bytes", LargeBinary, nullable=False),  # the CSV as it came
    Column("created_at", Float(53), nullable=False),
)

SCHEMA_VERSION = Table(
    "schema_version",
    METADATA,
    Column("version", Integer, primary_key=True, autoincrement=False),
)
