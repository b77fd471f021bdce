"""The queue, the slots, and what may be asked of a run in which state."""

import asyncio
from pathlib import Path

import pytest

from ntkscope.api.services import Services
from ntkscope.errors import Conflict, InvalidInput, NotFound, TooLarge
from ntkscope.executors.base import CommandReceived, Died, Paused, Ticked
from ntkscope.schemas.config import RunConfig
from ntkscope.schemas.data import Data, DatasetPoints, DatasetTarget
from ntkscope.schemas.run import RunRequest
from ntkscope.schemas.training import Stop, Training
from ntkscope.wire.codec import EncodedEvent, encode
from tests.fake_trainer import checkpoint, tick
from tests.runs.conftest import Puppet, opened, reaches, stored_past, submit


async def pause(services: Services, puppet: Puppet, run_id: str, slot: int = 0) -> None:
    """Pauses a run that trains."""
    asked = asyncio.create_task(services.manager.pause(run_id))
    while (slot, run_id, "pause") not in puppet.orders:
        await asyncio.sleep(0.001)
    puppet.tell(CommandReceived(run_id, "pause"), slot)
    puppet.tell(Paused(run_id), slot)
    assert (await asked).state == "paused"


def test_runs_train_in_the_order_in_which_they_came(tmp_path: Path, puppet: Puppet) -> None:
    async def main() -> None:
        async with opened(tmp_path, puppet) as services:
            runs = [await submit(services) for _ in range(4)]
            ids = [run.id for run in runs]

            assert [(run.state, run.ahead) for run in runs] == [
                ("running", 0), ("queued", 1), ("queued", 2), ("queued", 3),
            ]  # fmt: skip
            for done in range(4):
                assert puppet.order_of_runs == ids[: done + 1]
                puppet.end(ids[done])
                await reaches(services, ids[done], "completed")
            listed = await services.manager.list(10, 0, "")
            assert [run.id for run in listed.runs] == ids[::-1]

    asyncio.run(main())


def test_every_slot_trains_one(tmp_path: Path) -> None:
    async def main() -> None:
        puppet = Puppet(slots=2)
        async with opened(tmp_path, puppet) as services:
            a, b, c = [(await submit(services)).id for _ in range(3)]
            assert [slot for slot, _ in puppet.begun] == [0, 1]
            puppet.end(b, slot=1)
            await reaches(services, b, "completed")

            assert [(slot, job.run_id) for slot, job in puppet.begun] == [(0, a), (1, b), (1, c)]

    asyncio.run(main())


def test_a_queued_run_is_held_and_let_go(tmp_path: Path, puppet: Puppet) -> None:
    async def main() -> None:
        async with opened(tmp_path, puppet) as services:
            first, held, last = [(await submit(services)).id for _ in range(3)]
            assert (await services.manager.pause(held)).state == "paused"
            assert (await services.manager.get(last)).ahead == 1
            puppet.end(first)
            await reaches(services, last, "running")
            assert (await services.manager.resume(held)).state == "queued"
            puppet.end(last)
            await reaches(services, held, "running")

            assert puppet.order_of_runs == [first, last, held]

    asyncio.run(main())


def test_a_queued_run_is_cancelled_at_once(tmp_path: Path, puppet: Puppet) -> None:
    async def main() -> None:
        async with opened(tmp_path, puppet) as services:
            first, second = [(await submit(services)).id for _ in range(2)]
            cancelled = await services.manager.cancel(second)
            assert (cancelled.state, cancelled.sentence) == ("cancelled", "Cancelled before it began.")
            puppet.end(first)
            await reaches(services, first, "completed")

            assert puppet.order_of_runs == [first]

    asyncio.run(main())


def test_a_paused_run_frees_its_slot_and_goes_on_in_it(tmp_path: Path) -> None:
    async def main() -> None:
        puppet = Puppet(slots=2)
        async with opened(tmp_path, puppet) as services:
            a, b = [(await submit(services)).id for _ in range(2)]
            await pause(services, puppet, b, slot=1)
            c = (await submit(services)).id
            assert puppet.begun[-1][0] == 1
            puppet.end(a, slot=0)
            await reaches(services, a, "completed")
            waiting = await services.manager.resume(b)

            # Slot 0 is free, but b's memory is in slot 1.
            assert (waiting.state, waiting.sentence) == ("queued", "Waits to go on: 1 before it.")
            assert (1, b, "resume") not in puppet.orders
            puppet.end(c, slot=1)
            await reaches(services, b, "running")
            assert puppet.orders[-1] == (1, b, "resume")

    asyncio.run(main())


def test_a_run_that_receives_its_cancel_is_not_killed(tmp_path: Path, puppet: Puppet) -> None:
    async def main() -> None:
        async with opened(tmp_path, puppet) as services:
            run = await submit(services)
            asked = asyncio.create_task(services.manager.cancel(run.id))
            while not puppet.orders:
                await asyncio.sleep(0.001)
            puppet.tell(CommandReceived(run.id, "cancel"))
            await asyncio.sleep(0.4)  # it takes its time to end, which is its right
            puppet.end(run.id)
            await asked

            assert puppet.killed == []

    asyncio.run(main())


def test_a_run_that_does_not_hear_is_killed_and_cancelled_all_the_same(tmp_path: Path, puppet: Puppet) -> None:
    async def main() -> None:
        async with opened(tmp_path, puppet) as services:
            run = await submit(services)
            asked = asyncio.create_task(services.manager.cancel(run.id))
            while not puppet.killed:
                await asyncio.sleep(0.001)
            puppet.tell(Died(-9))
            cancelled = await asked

            assert cancelled.state == "cancelled"
            assert "worker was replaced" in cancelled.sentence
            assert puppet.revived == [0]

    asyncio.run(main())


def test_no_paused_run_is_killed_with_its_neighbour(tmp_path: Path, puppet: Puppet) -> None:
    async def main() -> None:
        async with opened(tmp_path, puppet) as services:
            kept = (await submit(services)).id
            await pause(services, puppet, kept)
            deaf = (await submit(services)).id
            answer = await services.manager.cancel(deaf)  # although the run has not heard yet

            assert puppet.killed == []
            assert answer.state == "running"
            assert answer.sentence.startswith("Told to cancel")
            puppet.end(deaf)
            await reaches(services, deaf, "completed")

    asyncio.run(main())


def test_only_the_newest_tick_is_kept(tmp_path: Path, puppet: Puppet) -> None:
    async def main() -> None:
        async with opened(tmp_path, puppet) as services:
            run = await submit(services)
            for step in range(5):
                puppet.tell(Ticked(run.id, encode(tick(step))))
            puppet.frames(run.id, 1)
            async with asyncio.timeout(5):
                await stored_past(services, run.id, 0)
            live = services.manager.live(run.id)

            assert live is not None
            assert live.tick == encode(tick(4))
            assert len(await services.log.read(run.id, 0, 9)) == 1

    asyncio.run(main())


def test_a_run_is_extended_from_its_last_checkpoint(tmp_path: Path, puppet: Puppet) -> None:
    async def main() -> None:
        async with opened(tmp_path, puppet) as services:
            config = RunConfig(training=Training(stop=Stop(steps=20, time=3.0)))
            run = await services.manager.submit(RunRequest(config=config))
            puppet.frames(run.id, 1, 2)
            puppet.tell(EncodedEvent(run.id, 3, "checkpoint", encode(checkpoint(3, 20))))
            puppet.end(run.id)
            await reaches(services, run.id, "completed")

            with pytest.raises(InvalidInput, match="More steps than the 20"):
                await services.manager.extend(run.id, 20)
            with pytest.raises(TooLarge, match="NTKSCOPE_MAX_STEPS"):
                await services.manager.extend(run.id, 15_000_000)
            extended = await services.manager.extend(run.id, 50)
            job = puppet.begun[-1][1]

            assert extended.state == "running"
            assert extended.config.training.stop == Stop(steps=50)
            assert extended.digest == extended.config.digest() != run.digest
            assert job.config == extended.config
            assert job.since is None
            assert callable(job.resume)  # the parameters are read when a worker takes them
            assert await asyncio.to_thread(job.resume) == encode(checkpoint(3, 20))
            with pytest.raises(Conflict):
                await services.manager.extend(run.id, 60)

    asyncio.run(main())


def test_a_run_without_a_checkpoint_at_its_end_cannot_be_extended(tmp_path: Path, puppet: Puppet) -> None:
    async def main() -> None:
        async with opened(tmp_path, puppet) as services:
            run = await submit(services)
            puppet.frames(run.id, 1)
            puppet.end(run.id)
            await reaches(services, run.id, "completed")
            with pytest.raises(Conflict, match="checkpoint"):
                await services.manager.extend(run.id, 50)

    asyncio.run(main())


def test_what_the_limits_do_not_allow_never_gets_into_the_queue(tmp_path: Path, puppet: Puppet) -> None:
    async def main() -> None:
        async with opened(tmp_path, puppet, max_queued=1, max_steps=1000) as services:
            long = RunConfig(training=Training(stop=Stop(steps=1001)))
            with pytest.raises(TooLarge, match="NTKSCOPE_MAX_STEPS"):
                await services.manager.submit(RunRequest(config=long))
            absent = RunConfig(data=Data(points=DatasetPoints(sha256="0" * 64), target=DatasetTarget()))
            with pytest.raises(NotFound, match="Upload the table"):
                await services.manager.submit(RunRequest(config=absent))
            for _ in range(2):
                await submit(services)
            with pytest.raises(Conflict, match="NTKSCOPE_MAX_QUEUED"):
                await submit(services)

            assert (await services.manager.list(10, 0, "")).total == 2

    asyncio.run(main())


def test_a_run_that_has_ended_takes_no_commands(tmp_path: Path, puppet: Puppet) -> None:
    async def main() -> None:
        async with opened(tmp_path, puppet) as services:
            run = await submit(services)
            puppet.end(run.id)
            await reaches(services, run.id, "completed")
            for command in (services.manager.pause, services.manager.resume, services.manager.cancel):
                with pytest.raises(Conflict, match="completed"):
                    await command(run.id)
                with pytest.raises(NotFound):
                    await command("nobody")

    asyncio.run(main())


def test_a_log_that_cannot_be_written_fails_its_run(tmp_path: Path, puppet: Puppet) -> None:
    async def main() -> None:
        async with opened(tmp_path, puppet) as services:
            run = await submit(services)
            puppet.frames(run.id, 1)
            await stored_past(services, run.id, 0)
            puppet.tell(EncodedEvent(run.id, 2, "frame", None))  # type: ignore[arg-type]  # no bytes: refused
            while (0, run.id, "cancel") not in puppet.orders:
                await asyncio.sleep(0.001)
            puppet.frames(run.id, 3)
            puppet.end(run.id)
            failed = await reaches(services, run.id, "failed")

            assert "could not be stored" in failed.sentence
            assert [seq for seq, _ in await services.log.read(run.id, 0, 9)] == [1]

    asyncio.run(main())
