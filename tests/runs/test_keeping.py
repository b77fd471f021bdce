"""Limits on what is kept: a new run is refused, what is there goes on."""

import asyncio
from pathlib import Path

import pytest

from ntkscope.errors import TooLarge
from ntkscope.executors.inline import InlineExecutor
from ntkscope.store.database import Database, open_database
from ntkscope.store.writes import append_events, purge_runs
from ntkscope.wire.codec import EncodedEvent
from tests.fake_trainer import train
from tests.runs.conftest import opened, reaches, submit
from tests.store.test_run_store import fill, summary


def test_no_more_runs_are_kept_than_the_setting_says(tmp_path: Path) -> None:
    async def main() -> None:
        async with opened(tmp_path, InlineExecutor(1, train), max_runs=2) as services:
            first, _ = [(await submit(services)).id for _ in range(2)]
            with pytest.raises(TooLarge, match="NTKSCOPE_MAX_RUNS") as refused:
                await submit(services)
            assert "2" in refused.value.expected
            await reaches(services, first, "completed")
            await services.housekeeping.delete(first)
            await submit(services)

    asyncio.run(main())


def test_no_run_begins_on_a_disk_that_is_full_enough(tmp_path: Path) -> None:
    async def main() -> None:
        async with opened(tmp_path, InlineExecutor(1, train), max_disk_bytes=10_000) as services:
            with pytest.raises(TooLarge, match="NTKSCOPE_MAX_DISK_BYTES"):
                await submit(services)
        async with opened(tmp_path, InlineExecutor(1, train), max_disk_bytes=2**30) as services:
            await submit(services)

    asyncio.run(main())


def test_what_a_purged_run_took_is_free_again(tmp_path: Path) -> None:
    database: Database = open_database(f"sqlite:///{tmp_path}/test.db", "http://here/")
    try:
        store = fill(database, summary("a", deleted_at=1.0))
        before = store.used_bytes()
        with database.engine.begin() as connection:
            append_events(connection, [EncodedEvent("a", 1, "frame", bytes(300_000))])
        assert store.used_bytes() >= before + 290_000
        with database.engine.begin() as connection:
            assert purge_runs(connection, 9.0) == ["a"]
        assert store.used_bytes() <= before + 10_000
    finally:
        database.close()
