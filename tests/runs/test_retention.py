"""What ended long ago is deleted as a person would delete it."""

import asyncio
import time
from pathlib import Path

from ntkscope.executors.inline import InlineExecutor
from ntkscope.schemas.run import RunPatch
from ntkscope.schemas.sweep import SweepAxis, SweepRequest
from ntkscope.store.sweep_writes import update_sweep
from ntkscope.store.writes import update_run
from tests.fake_trainer import FAST, behaving, train
from tests.runs.conftest import opened, reaches, submit

DAY = 86_400.0


def test_old_runs_and_sweeps_go_and_what_is_tagged_stays(tmp_path: Path) -> None:
    async def main() -> None:
        async with opened(tmp_path, InlineExecutor(1, train), keep_days=7, recording=True) as services:
            old, tagged, young = [(await submit(services)).id for _ in range(3)]
            axes = [SweepAxis(field="network.width", values=[8, 16])]
            sweep = await services.sweeps.create(SweepRequest(config=behaving(FAST), axes=axes))
            for run_id in (old, tagged, young):
                await reaches(services, run_id, "completed")
            while (await services.sweeps.get(sweep.id)).state != "completed":
                await asyncio.sleep(0.01)
            await services.housekeeping.patch(tagged, RunPatch(tags=["keep"]))
            before = time.time() - 8 * DAY
            for run_id in (old, tagged):
                write = services.writer.submit(lambda c, run_id=run_id: update_run(c, run_id, ended_at=before))
                await asyncio.wrap_future(write)
            await asyncio.wrap_future(services.writer.submit(lambda c: update_sweep(c, sweep.id, ended_at=before)))

            assert await services.housekeeping.purge() == []  # deleted, and not gone yet
            there = {run.id for run in (await services.manager.list(10, 0, "")).runs}
            assert there == {tagged, young, "recorded"}
            assert (await services.sweeps.list(10, 0)).total == 0
            assert (await services.housekeeping.restore(old)).deleted_at is None

    asyncio.run(main())


def test_without_the_setting_nothing_is_too_old(tmp_path: Path) -> None:
    async def main() -> None:
        async with opened(tmp_path, InlineExecutor(1, train)) as services:
            run = await submit(services)
            await reaches(services, run.id, "completed")
            await asyncio.wrap_future(services.writer.submit(lambda c: update_run(c, run.id, ended_at=1.0)))
            await services.housekeeping.purge()
            assert (await services.manager.list(10, 0, "")).total == 1

    asyncio.run(main())
