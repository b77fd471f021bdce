"""Every write, as functions of the writer's connection."""

import itertools
import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, and_, delete, insert, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from ntkscope.schemas.preset import DatasetInfo
from ntkscope.schemas.run import ENDED, RunSummary
from ntkscope.store.large import LARGE, insert_large
from ntkscope.store.place import log_end
from ntkscope.store.tables import DATASETS, EVENTS, RUNS, SWEEPS
from ntkscope.wire.codec import EncodedEvent


def insert_run(connection: Connection, run: RunSummary) -> None:
    """A new row."""
    values = run.model_dump(exclude={"ahead", "config", "tags", "placement"})
    texts = _texts(config=run.config, tags=run.tags, placement=run.placement)
    connection.execute(insert(RUNS).values(**values, **texts))


def update_run(connection: Connection, run_id: str, **values: Any) -> None:
    """Sets columns of a run; `config`, `tags` and `placement` as they are in the schemas."""
    connection.execute(update(RUNS).where(RUNS.c.id == run_id).values(**_texts(**values)))


def interrupt_runs(connection: Connection, now: float, sentence: str) -> None:
    """Marks every run that has not ended: the server that ran it is gone. A paused one stays so, but for a sweep's.

    One whose log has its end, where the server was gone before the row could say so, has ended like that.
    """
    not_ended = and_(RUNS.c.state.not_in(ENDED), or_(RUNS.c.state != "paused", RUNS.c.sweep.is_not(None)))
    for run_id, digest in list(connection.execute(select(RUNS.c.id, RUNS.c.digest).where(not_ended))):
        settle_run(connection, run_id, digest, now)
    values = {"state": "interrupted", "sentence": sentence, "ended_at": now}
    connection.execute(update(RUNS).where(not_ended).values(**values))


def settle_run(connection: Connection, run_id: str, digest: str, now: float) -> bool:
    """Lets the row say what the log says: the run of this config has ended. False where it has not."""
    try:
        end = log_end(connection, run_id, digest)
    except (ValueError, KeyError):  # a damaged log says nothing
        return False
    if end is not None:
        update_run(connection, run_id, state=end.outcome, sentence=end.sentence, ended_at=now)
    return end is not None


def purge_runs(connection: Connection, deleted_before: float) -> list[str]:
    """Removes for good the runs that were deleted before this time; their ids."""
    old = select(RUNS.c.id).where(RUNS.c.deleted_at < deleted_before)
    ids = list(connection.execute(old).scalars())
    if ids:
        connection.execute(delete(EVENTS).where(EVENTS.c.run.in_(ids)))
        connection.execute(delete(RUNS).where(RUNS.c.id.in_(ids)))
    return ids


def append_events(connection: Connection, events: Sequence[EncodedEvent]) -> None:
    """Adds events; those whose (run, seq) is there already are left as they are. A log keeps its newest checkpoint."""
    rows: list[dict[str, Any]] = [{"run": e.run, "seq": e.seq, "type": e.type, "bytes": e.data} for e in events]
    for large, group in itertools.groupby(rows, lambda row: len(row["bytes"]) > LARGE):
        if large and connection.dialect.name == "sqlite":
            for row in group:
                insert_large(connection, row)
        else:
            connection.execute(_ignoring(connection, EVENTS), list(group))
    for newest in {e.run: e for e in events if e.type == "checkpoint"}.values():
        earlier = EVENTS.c.run == newest.run, EVENTS.c.type == newest.type, EVENTS.c.seq < newest.seq
        connection.execute(delete(EVENTS).where(*earlier))
    for run_id, seq in last_seqs(events).items():
        connection.execute(update(RUNS).where(RUNS.c.id == run_id, RUNS.c.last_seq < seq).values(last_seq=seq))


def last_seqs(events: Sequence[EncodedEvent]) -> dict[str, int]:
    """The largest seq of every run among these events."""
    last: dict[str, int] = {}
    for event in events:
        last[event.run] = max(event.seq, last.get(event.run, 0))
    return last


def insert_dataset(connection: Connection, info: DatasetInfo, data: bytes, now: float) -> None:
    """Keeps a table; the same bytes are kept once, under the first name, and count as uploaded now."""
    connection.execute(
        _insert(connection, DATASETS).on_conflict_do_update(index_elements=["sha256"], set_={"created_at": now}),
        {
            "sha256": info.sha256,
            "name": info.name,
            "rows": info.rows,
            "columns": json.dumps(info.columns),
            "bytes": data,
            "created_at": now,
        },
    )


def collect_datasets(connection: Connection, uploaded_before: float) -> int:
    """Removes the tables that were uploaded before this time and that no run and no sweep names; how many.

    A row's config is searched as text: one that this version cannot read keeps its table too.
    """
    named = [
        select(1).where(column.contains(DATASETS.c.sha256)).correlate(DATASETS).exists()
        for column in (RUNS.c.config, SWEEPS.c.request)
    ]
    unused = delete(DATASETS).where(DATASETS.c.created_at < uploaded_before, ~or_(*named))
    return connection.execute(unused).rowcount


def _ignoring(connection: Connection, table: Any) -> Any:
    """INSERT that leaves existing rows alone, in the database's own words."""
    return _insert(connection, table).on_conflict_do_nothing()


def _insert(connection: Connection, table: Any) -> Any:
    return (sqlite if connection.dialect.name == "sqlite" else postgresql).insert(table)


def _texts(**values: Any) -> dict[str, Any]:
    """The columns that hold JSON, as text."""
    if "tags" in values:
        values["tags"] = json.dumps(values["tags"], ensure_ascii=False)
    if "config" in values:
        values["config"] = values["config"].model_dump_json()
    if values.get("placement") is not None:
        values["placement"] = values["placement"].model_dump_json()
    return values
