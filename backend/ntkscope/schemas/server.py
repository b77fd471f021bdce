"""How a server is, for whoever runs it."""

from ntkscope.schemas.base import Model
from ntkscope.schemas.run import State


class LiveRun(Model):
    """A run that has not ended."""

    id: str
    name: str
    person: str  # who asked for it; empty where tokens have no names
    sweep: str | None
    state: State
    ahead: int  # runs whose turn is earlier, and those that train
    asked_at: float  # seconds since 1970
    started_at: float | None
    steps_per_second: float | None
    memory_bytes: int  # estimated, from its beginning on


class KeptRuns(Model):
    """What is kept of one person."""

    person: str
    runs: int
    last_asked_at: float


class ServerLimit(Model):
    """A limit, the setting that raises it, and how much of it is taken."""

    setting: str
    meaning: str
    most: int | None  # None: any
    used: int | None  # None where each run has the limit to itself
    unit: str  # "bytes", or empty


class ServerNow(Model):
    """GET /api/server."""

    version: str
    begun_at: float
    workers: int
    warm_workers: int
    trouble: str  # why the database takes no writes; empty while it does
    disk_free_bytes: int | None  # None where the database is on another machine
    viewers: int
    slowest_viewer_lags: int  # events that it has not got
    live: list[LiveRun]  # those that train, then those that wait in the order of their turns, then the paused ones
    kept: list[KeptRuns]
    limits: list[ServerLimit]
