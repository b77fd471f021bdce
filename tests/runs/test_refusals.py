"""What the database refuses is tried again, and said meanwhile."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

from ntkscope.runs import housekeeping, scheduler
from ntkscope.store.writes import update_run
from tests.runs.conftest import Puppet, opened, reaches, submit


def test_a_change_of_state_that_is_refused_is_said_and_tried_again(
    tmp_path: Path, puppet: Puppet, monkeypatch: pytest.MonkeyPatch
) -> None:
    refusing = True

    def update(connection: Connection, run_id: str, **columns: Any) -> None:
        if refusing and "ended_at" in columns:
            raise OperationalError("update", {}, Exception("disk full"))
        update_run(connection, run_id, **columns)

    monkeypatch.setattr(scheduler, "update_run", update)

    async def main() -> None:
        nonlocal refusing
        async with opened(tmp_path, puppet) as services:
            run = await submit(services)
            await reaches(services, run.id, "running")
            puppet.end(run.id)
            async with asyncio.timeout(30):
                while "could not be stored yet" not in (said := await services.manager.get(run.id)).sentence:
                    await asyncio.sleep(0.01)
            assert said.state == "running"  # nobody is told of an end before it is stored
            assert "disk full" in said.sentence
            refusing = False
            await reaches(services, run.id, "completed")

    asyncio.run(main())


def test_the_purge_outlives_an_error_of_the_database(
    tmp_path: Path, puppet: Puppet, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(housekeeping, "PURGE_EVERY", 0.01)

    async def main() -> None:
        async with opened(tmp_path, puppet) as services:
            tries, thrice = [], asyncio.Event()

            async def purge() -> Sequence[str]:
                tries.append(1)
                if len(tries) == 1:
                    raise OperationalError("delete", {}, Exception("database is locked"))
                if len(tries) == 3:
                    thrice.set()
                return []

            monkeypatch.setattr(services.housekeeping, "purge", purge)
            purging = asyncio.create_task(services.housekeeping.purge_for_ever())
            async with asyncio.timeout(30):
                await thrice.wait()
            purging.cancel()

    asyncio.run(main())
