"""What the database knows of runs, events and tables. Any thread may read."""

import json
from dataclasses import dataclass
from typing import Any

from pydantic import TypeAdapter, ValidationError
from sqlalchemy import Engine, Row, Select, func, or_, select, text

from ntkscope.schemas.config import RunConfig
from ntkscope.schemas.placement import Placement
from ntkscope.schemas.preset import DatasetInfo
from ntkscope.schemas.run import RunSummary, State
from ntkscope.schemas.server import KeptRuns
from ntkscope.schemas.unreadable import Unreadable
from ntkscope.store.large import read_large
from ntkscope.store.place import CheckpointPlace, Place, head, place
from ntkscope.store.tables import DATASETS, EVENTS, RUNS
from ntkscope.store.unreadable import unreadable
from ntkscope.wire.codec import decode_first

TAGS = TypeAdapter(list[str])


@dataclass(frozen=True)
class EventTime:
    """Where a log has a measurement."""

    seq: int
    type: str
    time: float


class RunStore:
    """Reads; every one takes a connection of its own from the pool.

    Args:
        engine: Of a database that is open and migrated.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def run(self, run_id: str) -> RunSummary | Unreadable | None:
        """The run of this id, also a deleted one that can be restored; None if there is none."""
        with self._engine.connect() as connection:
            row = connection.execute(select(RUNS).where(RUNS.c.id == run_id)).first()
        return None if row is None else _summary(row)

    def runs(
        self, limit: int, offset: int = 0, search: str = "", sweep: str | None = None
    ) -> tuple[int, list[RunSummary | Unreadable]]:
        """How many runs there are that are not deleted, and a page of them, newest first.

        Those of a sweep are left out, unless they are asked for by its id.
        """
        chosen = select(RUNS).where(RUNS.c.deleted_at.is_(None), RUNS.c.sweep == sweep)
        for word in search.lower().split():
            pattern = "%" + word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
            chosen = chosen.where(
                or_(
                    func.lower(RUNS.c.name).like(pattern, escape="\\"),
                    func.lower(RUNS.c.tags).like(pattern, escape="\\"),
                    RUNS.c.id.like(pattern, escape="\\"),
                    RUNS.c.state.like(pattern, escape="\\"),
                )
            )
        page = chosen.order_by(RUNS.c.created_at.desc(), RUNS.c.id.desc()).limit(limit).offset(offset)
        with self._engine.connect() as connection:
            total = connection.execute(select(func.count()).select_from(chosen.subquery())).scalar_one()
            return total, [_summary(row) for row in connection.execute(page)]

    def used_bytes(self) -> int:
        """What the database's rows take, without what deleted ones have left free."""
        with self._engine.connect() as connection:
            if connection.dialect.name != "sqlite":
                size: int = connection.execute(text("SELECT pg_database_size(current_database())")).scalar_one()
                return size
            pages, free, size = (
                connection.execute(text(f"PRAGMA {name}")).scalar_one()
                for name in ("page_count", "freelist_count", "page_size")
            )
            return int((pages - free) * size)

    def count_by_state(self) -> dict[str, int]:
        """How many runs there are in each state, deleted ones left out."""
        chosen = select(RUNS.c.state, func.count()).where(RUNS.c.deleted_at.is_(None)).group_by(RUNS.c.state)
        with self._engine.connect() as connection:
            return {state: count for state, count in connection.execute(chosen)}

    def count_by_person(self) -> list[KeptRuns]:
        """How many runs are kept of each person, deleted ones left out; who has most comes first."""
        count = func.count().label("runs")
        chosen = select(RUNS.c.person, count, func.max(RUNS.c.created_at).label("last_asked_at"))
        chosen = chosen.where(RUNS.c.deleted_at.is_(None)).group_by(RUNS.c.person).order_by(count.desc(), RUNS.c.person)
        with self._engine.connect() as connection:
            return [KeptRuns(**row._asdict()) for row in connection.execute(chosen)]

    def in_state(self, state: State) -> list[str]:
        """The runs in this state that are in no sweep and not deleted, oldest first."""
        chosen = select(RUNS.c.id).where(RUNS.c.state == state, RUNS.c.sweep.is_(None), RUNS.c.deleted_at.is_(None))
        with self._engine.connect() as connection:
            return list(connection.execute(chosen.order_by(RUNS.c.created_at, RUNS.c.id)).scalars())

    def events(self, run_id: str, after: int, limit: int) -> list[tuple[int, bytes]]:
        """The next events after seq `after`, checkpoints left out, as (seq, bytes)."""
        with self._engine.connect() as connection:
            rows = connection.execute(_following(run_id, after).limit(limit))
            return [(row.seq, row.bytes) for row in rows]

    def started(self, run_id: str, before: int) -> list[bytes]:
        """The run's Started events before a seq: more than one where it was extended."""
        chosen = select(EVENTS.c.bytes).where(EVENTS.c.run == run_id, EVENTS.c.type == "started", EVENTS.c.seq < before)
        with self._engine.connect() as connection:
            return list(connection.execute(chosen.order_by(EVENTS.c.seq)).scalars())

    def times(self, run_id: str) -> list[EventTime]:
        """When the run was measured: its frames and kernel frames in order, without what they hold."""
        chosen = (
            select(EVENTS.c.seq, EVENTS.c.type, head())
            .where(EVENTS.c.run == run_id, EVENTS.c.type.in_(("frame", "kernel_frame")))
            .order_by(EVENTS.c.seq)
        )
        with self._engine.connect() as connection:
            return [EventTime(seq, kind, decode_first(head, "time")) for seq, kind, head in connection.execute(chosen)]

    def last_checkpoint(self, run_id: str) -> CheckpointPlace | None:
        """Where the newest checkpoint is, without its parameters."""
        newest = (
            select(EVENTS.c.seq, head())
            .where(EVENTS.c.run == run_id, EVENTS.c.type == "checkpoint")
            .order_by(EVENTS.c.seq.desc())
            .limit(1)
        )
        with self._engine.connect() as connection:
            row = connection.execute(newest).first()
        return None if row is None else CheckpointPlace(row[0], decode_first(row[1], "step"))

    def place(self, run_id: str) -> Place:
        """How far the run's log has come, and where it can go on."""
        with self._engine.connect() as connection:
            return place(connection, run_id)

    def event(self, run_id: str, seq: int) -> bytes:
        """One event, as it is stored, also a checkpoint."""
        with self._engine.connect() as connection:
            if connection.dialect.name == "sqlite":
                return read_large(connection, run_id, seq)
            chosen = select(EVENTS.c.bytes).where(EVENTS.c.run == run_id, EVENTS.c.seq == seq)
            data: bytes = connection.execute(chosen).scalar_one()
        return data

    def dataset(self, sha256: str) -> tuple[DatasetInfo, bytes] | None:
        """An uploaded table and its CSV."""
        with self._engine.connect() as connection:
            row = connection.execute(select(DATASETS).where(DATASETS.c.sha256 == sha256)).first()
        if row is None:
            return None
        info = DatasetInfo(sha256=row.sha256, name=row.name, rows=row.rows, columns=json.loads(row.columns))
        return info, row.bytes


def _following(run_id: str, after: int) -> Select[int, bytes]:
    return (
        select(EVENTS.c.seq, EVENTS.c.bytes)
        .where(EVENTS.c.run == run_id, EVENTS.c.seq > after, EVENTS.c.type != "checkpoint")
        .order_by(EVENTS.c.seq)
    )


def _summary(row: Row[*tuple[Any, ...]]) -> RunSummary | Unreadable:
    values = row._asdict()
    try:
        config = RunConfig.model_validate_json(values.pop("config"))
        tags = TAGS.validate_json(values.pop("tags"))
        text = values.pop("placement")
        placement = None if text is None else Placement.model_validate_json(text)
        return RunSummary(**values, config=config, tags=tags, placement=placement, ahead=0)
    except ValidationError as error:
        return unreadable(row, error)
