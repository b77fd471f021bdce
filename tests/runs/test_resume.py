"""Runs that were killed, resumed; paused ones that outlive their worker and their server."""

import asyncio
from pathlib import Path

import pytest

from ntkscope.api.health import get_ready
from ntkscope.api.services import Services
from ntkscope.errors import Conflict, Unavailable
from ntkscope.executors.base import Died, Paused, Ready
from ntkscope.executors.inline import InlineExecutor
from ntkscope.experiment.measure.told import Told
from ntkscope.schemas.run import RunRequest
from ntkscope.schemas.sweep import SweepAxis, SweepRequest
from ntkscope.wire.codec import EncodedEvent, encode
from tests.cases import config
from tests.fake_trainer import STEADY, behaving, checkpoint, train
from tests.runs.conftest import Puppet, opened, reaches, stored_past, submit


async def with_a_checkpoint(services: Services, puppet: Puppet) -> str:
    """A run whose log has frames 1 and 2, a checkpoint at step 2, and frame 4."""
    run = (await submit(services)).id
    puppet.frames(run, 1, 2)
    puppet.tell(EncodedEvent(run, 3, "checkpoint", encode(checkpoint(3, 2))))
    puppet.frames(run, 4)
    await stored_past(services, run, 3)
    return run


def test_a_run_whose_worker_died_goes_on_from_its_checkpoint(tmp_path: Path, puppet: Puppet) -> None:
    async def main() -> None:
        async with opened(tmp_path, puppet) as services:
            run = await with_a_checkpoint(services, puppet)
            puppet.tell(Died(-9))
            assert "resume the run" in (await reaches(services, run, "failed")).sentence
            puppet.tell(Ready())
            resumed = await services.manager.resume(run)
            assert (resumed.state, resumed.ended_at) == ("running", None)
            job = puppet.begun[-1][1]
            assert job.told == Told(seq=4, started=False, frame=4, kernel=-1)
            assert job.since == -1
            assert job.loaded().resume == encode(checkpoint(3, 2))
            # What comes now is stored: the log goes on.
            puppet.frames(run, 5)
            await stored_past(services, run, 4)
            puppet.end(run)
            assert (await reaches(services, run, "completed")).last_seq == 5

    asyncio.run(main())


def test_one_that_left_no_checkpoint_begins_again_and_tells_nothing_twice(tmp_path: Path, puppet: Puppet) -> None:
    async def main() -> None:
        async with opened(tmp_path, puppet) as services:
            run = (await submit(services)).id
            puppet.frames(run, 1, 2)
            puppet.tell(Died(-9))
            await reaches(services, run, "failed")
            puppet.tell(Ready())
            await services.manager.resume(run)
            job = puppet.begun[-1][1]
            assert (job.resume, job.since, job.told) == (None, None, Told(2, False, 2, -1))

    asyncio.run(main())


def test_what_a_server_left_behind_goes_on_by_itself_where_that_is_set(tmp_path: Path, puppet: Puppet) -> None:
    async def main() -> None:
        async with opened(tmp_path, Puppet()) as services:
            left = (await submit(services)).id
        async with opened(tmp_path, Puppet()) as services:
            assert (await services.manager.get(left)).state == "interrupted"
        async with opened(tmp_path, puppet, resume=True) as services:
            assert (await services.manager.get(left)).state == "running"
            assert puppet.order_of_runs == [left]

    asyncio.run(main())


def test_a_paused_run_outlives_its_server(tmp_path: Path, puppet: Puppet) -> None:
    async def main() -> None:
        first = Puppet()
        async with opened(tmp_path, first) as services:
            run = await with_a_checkpoint(services, first)
            first.tell(Paused(run))
            await reaches(services, run, "paused")
        async with opened(tmp_path, puppet) as services:
            kept = await services.manager.get(run)
            assert (kept.state, kept.sentence) == ("paused", "Paused, and kept as a checkpoint: it goes on from there.")
            assert puppet.begun == []
            assert (await services.manager.resume(run)).state == "running"
            assert puppet.begun[-1][1].loaded().resume == encode(checkpoint(3, 2))

    asyncio.run(main())


@pytest.mark.parametrize("state", ["completed", "cancelled"])
def test_what_has_ended_by_itself_is_not_resumed(tmp_path: Path, puppet: Puppet, state: str) -> None:
    async def main() -> None:
        async with opened(tmp_path, puppet) as services:
            run = (await submit(services)).id
            if state == "completed":
                puppet.end(run)
            else:
                await services.manager.pause(run)
                puppet.tell(Paused(run))
                await reaches(services, run, "paused")
                cancelling = asyncio.create_task(services.manager.cancel(run))
                await asyncio.sleep(0)
                puppet.tell(Died(-9))
                await cancelling
            await reaches(services, run, state)
            with pytest.raises(Conflict):
                await services.manager.resume(run)

    asyncio.run(main())


def test_a_server_that_stops_interrupts_its_runs_at_a_checkpoint(tmp_path: Path) -> None:
    async def main() -> None:
        async with opened(tmp_path, InlineExecutor(1, train)) as services:
            trains = (await submit(services, STEADY, 10_000)).id
            waits = (await submit(services)).id
            await stored_past(services, trains, 2)
            await get_ready(services)
            await services.scheduler.retire(60)
            with pytest.raises(Unavailable):
                await get_ready(services)
            for run in (trains, waits):
                assert (await services.manager.row(run)).state == "interrupted"
            place = services.store.place(trains)
            assert place.checkpoint is not None
            assert place.checkpoint.seq == place.seq
            with pytest.raises(Unavailable, match="stops"):
                await submit(services)

    asyncio.run(main())


def test_a_sweep_that_is_stopped_begins_no_other_run_and_goes_on_later(tmp_path: Path, puppet: Puppet) -> None:
    request = SweepRequest(config=behaving(STEADY, 10_000), axes=[SweepAxis(field="network.width", values=[8, 16, 32])])

    async def main() -> None:
        async with opened(tmp_path, InlineExecutor(1, train), stop_seconds=60) as services:
            sweep = (await services.sweeps.create(request)).id
            while services.scheduler.live.all() == [] or services.scheduler.live.all()[0].state != "running":
                await asyncio.sleep(0.01)
            await services.retire()
        async with opened(tmp_path, Puppet()) as services:
            left = await services.sweeps.get(sweep)
            assert left.state == "interrupted"
            assert [run.state for run in left.runs] == ["interrupted", "waiting", "waiting"]
        async with opened(tmp_path, puppet, resume=True) as services:
            assert (await services.sweeps.get(sweep)).state == "running"

    asyncio.run(main())


def test_a_run_that_was_lost_ends_with_the_events_of_a_whole_one(tmp_path: Path) -> None:
    """The trainer of the tests tells every step; the log has each once, in order."""

    async def main() -> None:
        async with opened(tmp_path, InlineExecutor(1, train)) as services:
            run = (await submit(services, STEADY, 10_000)).id
            await stored_past(services, run, 2)
            await services.scheduler.retire(60)
            before = services.store.place(run).seq
        async with opened(tmp_path, InlineExecutor(1, train), resume=True) as services:
            await stored_past(services, run, before + 1)
            await services.manager.cancel(run)
            events = services.store.events(run, 0, 20_000)
            missing = before  # the checkpoint at which it was interrupted, which is never sent
            assert [seq for seq, _ in events] == [seq for seq in range(1, events[-1][0] + 1) if seq != missing]

    asyncio.run(main())


def test_a_config_that_the_server_no_longer_takes_is_refused_in_words(tmp_path: Path, puppet: Puppet) -> None:
    async def main() -> None:
        first = Puppet()
        async with opened(tmp_path, first) as services:
            run = await services.manager.submit(RunRequest(config=config()))
            first.tell(Paused(run.id))
            await reaches(services, run.id, "paused")
        async with opened(tmp_path, puppet, max_points=4) as services:
            refused = await services.manager.get(run.id)
            assert refused.state == "interrupted"
            assert "NTKSCOPE_MAX_POINTS" in refused.sentence

    asyncio.run(main())
