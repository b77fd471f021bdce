"""Somebody sets the clock, or a machine finds the time only after its start: no run is lost, and all go on."""

import asyncio
import hashlib
import time
from pathlib import Path

import pytest

from ntkscope.schemas.preset import DatasetInfo
from ntkscope.store.writes import insert_dataset
from tests.runs.conftest import Puppet, opened, reaches, submit

YEARS = 3 * 365 * 86_400.0
JUMPS = [YEARS, -YEARS, 601.0, -3600.0, -time.time()]


@pytest.mark.parametrize("jump", JUMPS, ids=range(len(JUMPS)))  # one is as long as the time now
def test_a_clock_that_jumps_costs_no_run_and_no_table(
    tmp_path: Path, puppet: Puppet, monkeypatch: pytest.MonkeyPatch, jump: float
) -> None:
    real = time.time

    async def main() -> None:
        async with opened(tmp_path, puppet) as services:
            before, during = await submit(services, name="before"), await submit(services, name="during")
            puppet.end(before.id)
            await reaches(services, before.id, "completed")
            await services.housekeeping.delete(before.id)
            info = DatasetInfo(sha256=hashlib.sha256(b"x").hexdigest(), name="a", rows=1, columns=["x", "y"])
            insert = insert_dataset
            now = real()
            await asyncio.wrap_future(services.writer.submit(lambda c: insert(c, info, b"x", now)))
            puppet.frames(during.id, 1)

            monkeypatch.setattr(time, "time", lambda: real() + jump)
            assert await services.housekeeping.purge() == []
            puppet.frames(during.id, 2)
            puppet.end(during.id)
            ended = await reaches(services, during.id, "completed")
            assert ended.last_seq == 2
            after = await submit(services, name="after")
            puppet.end(after.id)
            await reaches(services, after.id, "completed")
            await services.housekeeping.delete(after.id)
            assert await services.housekeeping.purge() == []
            for run in (before, after):
                assert (await services.housekeeping.restore(run.id)).deleted_at is None
            assert services.store.dataset(info.sha256) is not None
            assert (await services.manager.list(10, 0, "")).total == 3

    asyncio.run(main())
