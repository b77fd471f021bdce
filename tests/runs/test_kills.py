"""Worker processes that are killed at random moments: every run ends, and nothing waits for ever."""

import asyncio
import random
from pathlib import Path

import pytest

from ntkscope.api.services import Services
from ntkscope.executors.process import ProcessExecutor
from ntkscope.schemas.run import ENDED
from ntkscope.schemas.sweep import SweepAxis, SweepRequest
from tests import fake_trainer
from tests.executors.conftest import ROOT
from tests.fake_trainer import FAST, STEADY, behaving
from tests.runs.conftest import opened, submit

LONGEST = 1.5  # seconds until the kill: it may meet a run, the pause between two, or a worker that is starting
PATIENCE = 120.0  # seconds in which all must have ended; nothing is timed by it


async def kill_once(services: Services, executor: ProcessExecutor, chance: random.Random) -> list[str]:
    """Queues five runs, half of the times behind a sweep, kills the worker; the states in which they end."""
    sweep = None
    if chance.random() < 0.5:
        axes = [SweepAxis(field="network.width", values=[8, 16])]
        sweep = await services.sweeps.create(SweepRequest(config=behaving(STEADY, 20), axes=axes))
    runs = [(await submit(services, chance.choice((FAST, STEADY)), 20)).id for _ in range(5)]
    await asyncio.sleep(chance.uniform(0, LONGEST))
    executor.kill(0)
    async with asyncio.timeout(PATIENCE):
        while any(services.manager.live(run_id) is not None for run_id in runs):
            await asyncio.sleep(0.02)
        while sweep is not None and (await services.sweeps.get(sweep.id)).state == "running":
            await asyncio.sleep(0.02)
    return [(await services.manager.row(run_id)).state for run_id in runs]


def kill(folder: Path, times: int, seed: int) -> None:
    async def main() -> None:
        executor, chance = ProcessExecutor(1, fake_trainer.PATH), random.Random(seed)
        async with opened(folder, executor) as services:
            for _ in range(times):
                states = await kill_once(services, executor, chance)
                # One worker was killed, so that at most one run lost its generator.
                assert all(state in ENDED for state in states), states
                assert states.count("failed") <= 1, states

    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(ROOT))  # for workers, which import the fake trainer by its path
        asyncio.run(main())


def test_whenever_a_worker_is_killed_every_queued_run_ends(tmp_path: Path) -> None:
    kill(tmp_path, times=3, seed=2)


@pytest.mark.soak
@pytest.mark.timeout(1800)
def test_fifty_kills_leave_no_run_behind(tmp_path: Path) -> None:
    kill(tmp_path, times=50, seed=3)
