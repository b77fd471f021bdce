"""Every write of sweeps, as functions of the writer's connection."""

from typing import Any

from sqlalchemy import Connection, delete, insert, or_, select, update

from ntkscope.schemas.run import ENDED, RunSummary
from ntkscope.store.sweep_store import StoredSweep
from ntkscope.store.tables import RUNS, SWEEPS
from ntkscope.store.writes import insert_run


def insert_sweep(connection: Connection, sweep: StoredSweep) -> None:
    """A new row."""
    connection.execute(
        insert(SWEEPS).values(
            id=sweep.id,
            name=sweep.request.name,
            state=sweep.state,
            created_at=sweep.created_at,
            ended_at=sweep.ended_at,
            request=sweep.request.model_dump_json(),
            person=sweep.person,
        )
    )


def update_sweep(connection: Connection, sweep_id: str, **values: Any) -> None:
    """Sets columns of a sweep."""
    connection.execute(update(SWEEPS).where(SWEEPS.c.id == sweep_id).values(**values))


def interrupt_sweeps(connection: Connection, now: float) -> None:
    """Marks every sweep that runs: the server that ran it is gone."""
    connection.execute(update(SWEEPS).where(SWEEPS.c.state == "running").values(state="interrupted", ended_at=now))


def insert_member(connection: Connection, run: RunSummary) -> None:
    """A new run of a sweep, in the place of the one that was there."""
    assert run.sweep is not None
    delete_members(connection, run.sweep, run.created_at, run.member)
    insert_run(connection, run)


def delete_members(connection: Connection, sweep_id: str, now: float, member: int | None = None) -> None:
    """Deletes the sweep's runs, or one of them, as if each had been made and deleted on its own."""
    chosen = update(RUNS).where(RUNS.c.sweep == sweep_id)
    if member is not None:
        chosen = chosen.where(RUNS.c.member == member)
    connection.execute(chosen.values(sweep=None, member=None, deleted_at=now))


def delete_sweep(connection: Connection, sweep_id: str, now: float) -> None:
    """Removes a sweep, and deletes its runs."""
    delete_members(connection, sweep_id, now)
    connection.execute(delete(SWEEPS).where(SWEEPS.c.id == sweep_id))


def retire_runs(connection: Connection, ended_before: float, now: float) -> None:
    """Deletes, as a person would, the runs and sweeps that ended before this time, but for runs tagged 'keep'."""
    old = RUNS.c.state.in_(ENDED), RUNS.c.ended_at < ended_before, RUNS.c.deleted_at.is_(None), RUNS.c.sweep.is_(None)
    kept = or_(RUNS.c.recorded, RUNS.c.tags.contains('"keep"'))
    connection.execute(update(RUNS).where(*old, ~kept).values(deleted_at=now))
    sweeps = select(SWEEPS.c.id).where(SWEEPS.c.state != "running", SWEEPS.c.ended_at < ended_before)
    for sweep_id in list(connection.execute(sweeps).scalars()):
        delete_sweep(connection, sweep_id, now)
