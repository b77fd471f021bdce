"""What the database knows of sweeps and their runs. Any thread may read."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, get_args

from pydantic import TypeAdapter, ValidationError
from sqlalchemy import Engine, Row, func, select

from ntkscope.schemas.event import RunEvent
from ntkscope.schemas.run import State
from ntkscope.schemas.sweep import SweepRequest, SweepState
from ntkscope.schemas.unreadable import Unreadable
from ntkscope.store.tables import EVENTS, RUNS, SWEEPS
from ntkscope.store.unreadable import unreadable
from ntkscope.wire.sequence import decode_log

States = Mapping[State, int]  # how many runs are in each
STATES: tuple[State, ...] = get_args(State)
UNKNOWN = "Its state, '{state}', is none that this version of ntkscope knows."


@dataclass(frozen=True)
class StoredSweep:
    """A sweep as it was asked for, and how far it has come."""

    id: str
    state: SweepState
    created_at: float  # seconds since 1970
    ended_at: float | None
    request: SweepRequest
    person: str = ""  # who asked for it


STORED = TypeAdapter(StoredSweep)


@dataclass(frozen=True)
class StoredMember:
    """The row of a sweep's run, without its config."""

    run_id: str
    state: State
    sentence: str
    last_seq: int


class SweepStore:
    """Reads; every one takes a connection of its own from the pool.

    Args:
        engine: Of a database that is open and migrated.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def sweep(self, sweep_id: str) -> StoredSweep | Unreadable | None:
        """The sweep of this id; None if there is none."""
        with self._engine.connect() as connection:
            row = connection.execute(select(SWEEPS).where(SWEEPS.c.id == sweep_id)).first()
        return None if row is None else _sweep(row)

    def sweeps(self, limit: int, offset: int = 0) -> tuple[int, list[tuple[StoredSweep | Unreadable, States]]]:
        """How many sweeps there are, and a page of them with the states of their runs, newest first."""
        page = select(SWEEPS).order_by(SWEEPS.c.created_at.desc(), SWEEPS.c.id.desc()).limit(limit).offset(offset)
        with self._engine.connect() as connection:
            total = connection.execute(select(func.count()).select_from(SWEEPS)).scalar_one()
            found = [_sweep(row) for row in connection.execute(page)]
            counts = connection.execute(
                select(RUNS.c.sweep, RUNS.c.state, func.count())
                .where(RUNS.c.sweep.in_([sweep.id for sweep in found]), RUNS.c.deleted_at.is_(None))
                .group_by(RUNS.c.sweep, RUNS.c.state)
            )
            states: dict[str, dict[State, int]] = {sweep.id: {} for sweep in found}
            for sweep_id, state, count in counts:
                states[sweep_id][state] = count
        return total, [(sweep, states[sweep.id]) for sweep in found]

    def interrupted(self) -> list[str]:
        """The sweeps whose server stopped before they ended, oldest first."""
        chosen = select(SWEEPS.c.id).where(SWEEPS.c.state == "interrupted")
        with self._engine.connect() as connection:
            return list(connection.execute(chosen.order_by(SWEEPS.c.created_at, SWEEPS.c.id)).scalars())

    def members(self, sweep_id: str) -> dict[int, StoredMember]:
        """The runs that have been begun and not deleted, by their index in the sweep."""
        columns = RUNS.c.member, RUNS.c.id, RUNS.c.state, RUNS.c.sentence, RUNS.c.last_seq
        chosen = select(*columns).where(RUNS.c.sweep == sweep_id, RUNS.c.deleted_at.is_(None)).order_by(RUNS.c.member)
        with self._engine.connect() as connection:
            return {member: _member(*rest) for member, *rest in connection.execute(chosen)}

    def events_of(self, run_id: str, types: Sequence[str]) -> Iterator[RunEvent]:
        """The run's events of these types, decoded, in order."""
        chosen = select(EVENTS.c.bytes).where(EVENTS.c.run == run_id, EVENTS.c.type.in_(types)).order_by(EVENTS.c.seq)
        with self._engine.connect() as connection:
            found = connection.execute(chosen).scalars().all()
        return decode_log(found)


def _member(run_id: str, state: str, sentence: str, last_seq: int) -> StoredMember:
    for known in STATES:
        if state == known:
            return StoredMember(run_id, known, sentence, last_seq)
    return StoredMember(run_id, "failed", UNKNOWN.format(state=state[:40]), last_seq)


def _sweep(row: Row[*tuple[Any, ...]]) -> StoredSweep | Unreadable:
    try:
        request = SweepRequest.model_validate_json(row.request)
        values = {"created_at": row.created_at, "ended_at": row.ended_at, "request": request, "person": row.person}
        return STORED.validate_python({"id": row.id, "state": row.state} | values)
    except ValidationError as error:
        return unreadable(row, error)
