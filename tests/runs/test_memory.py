"""The account of memory, and runs that wait for some."""

import asyncio
from pathlib import Path

import pytest

from ntkscope.api.services import Services
from ntkscope.errors import TooLarge
from ntkscope.executors.base import Released
from ntkscope.executors.inline import InlineExecutor
from ntkscope.experiment.estimate import memory_bytes, sizes
from ntkscope.experiment.prediction import Recorded
from ntkscope.runs.memory import Memory
from ntkscope.schemas.network import Network
from ntkscope.schemas.run import RunRequest
from ntkscope.wire.codec import EncodedEvent, encode
from tests import fake_trainer
from tests.cases import config
from tests.fake_trainer import FAST, STEADY, behaving, checkpoint
from tests.runs.conftest import Puppet, opened, reaches, stored_past, submit
from tests.runs.test_manager import pause

NEED = memory_bytes(sizes(behaving(FAST)))
LARGE = behaving(FAST).model_copy(update={"network": Network(width=8192)})
LARGE_NEED = memory_bytes(sizes(LARGE))


def test_no_more_is_given_than_there_is() -> None:
    memory = Memory(10)
    assert memory.take("a", 6)
    assert not memory.take("b", 5)
    assert memory.take("b", 4)
    assert memory.free == 0
    memory.release("a")
    assert memory.free == 6
    assert memory.take("b", 10)  # instead of what it had
    memory.keep("b", 3)
    assert memory.free == 7


def test_those_who_can_are_asked_to_give_and_only_for_what_is_missing() -> None:
    memory, asked = Memory(10), []

    def give(missing: int) -> None:
        asked.append(missing)
        memory.release("cache")

    memory.yields(give)
    memory.yields(lambda missing: asked.append(-missing))
    memory.take("cache", 2)
    assert memory.take("a", 8)
    assert asked == []
    assert memory.take("b", 2)
    assert asked == [2]
    assert not memory.take("c", 1)
    assert asked == [2, 1, -1]


def test_who_waits_hears_when_something_is_free() -> None:
    memory, heard = Memory(10), []
    memory.on_free(lambda: heard.append(memory.free))
    memory.take("a", 6)
    memory.keep("a", 2)
    memory.release("a")
    memory.release("a")
    assert heard == [8, 10]


def test_a_run_waits_for_memory_and_says_so(tmp_path: Path) -> None:
    async def main() -> None:
        puppet = Puppet(slots=3)
        async with opened(tmp_path, puppet, max_memory_bytes=int(2.5 * NEED)) as services:
            a, b, c, d = [(await submit(services)).id for _ in range(4)]
            waiting = await services.manager.get(c)
            assert puppet.order_of_runs == [a, b]
            assert waiting.state == "queued"
            assert waiting.sentence.startswith("Waits for memory: it takes ")
            assert (await services.manager.get(d)).sentence == "Waits to begin: 3 before it."
            puppet.end(a)
            await reaches(services, c, "running")
            assert puppet.order_of_runs == [a, b, c]
            puppet.end(b, slot=1)
            await reaches(services, d, "running")

    asyncio.run(main())


def test_no_smaller_run_overtakes_one_that_waits_for_memory(tmp_path: Path) -> None:
    async def main() -> None:
        puppet = Puppet(slots=3)
        async with opened(tmp_path, puppet, max_memory_bytes=LARGE_NEED + NEED - 1) as services:
            first = await submit(services)
            waits = await services.manager.submit(RunRequest(config=LARGE))
            small = await submit(services)
            assert puppet.order_of_runs == [first.id]
            puppet.end(first.id)
            await reaches(services, waits.id, "running")
            assert puppet.order_of_runs == [first.id, waits.id]
            puppet.end(waits.id)
            await reaches(services, small.id, "running")

    asyncio.run(main())


def test_only_what_could_never_fit_is_refused(tmp_path: Path, puppet: Puppet) -> None:
    async def main() -> None:
        async with opened(tmp_path, puppet, max_memory_bytes=NEED) as services:
            for _ in range(2):
                await submit(services)
            with pytest.raises(TooLarge, match="NTKSCOPE_MAX_MEMORY_BYTES"):
                await services.manager.submit(RunRequest(config=LARGE))

    asyncio.run(main())


def test_a_paused_run_in_the_way_is_reduced_and_comes_back_from_its_checkpoint(tmp_path: Path, puppet: Puppet) -> None:
    async def main() -> None:
        async with opened(tmp_path, puppet, max_memory_bytes=int(1.5 * NEED)) as services:
            a = (await submit(services)).id
            puppet.frames(a, 1)
            puppet.tell(EncodedEvent(a, 2, "checkpoint", encode(checkpoint(2, 1))))
            await pause(services, puppet, a)
            assert (0, a, "release") not in puppet.orders  # it is in nobody's way
            b = (await submit(services)).id
            assert puppet.orders[-1] == (0, a, "release")
            assert puppet.order_of_runs == [a]
            puppet.tell(Released(a))
            await reaches(services, b, "running")
            assert (await services.manager.get(a)).sentence.startswith("Paused, and kept as a checkpoint")

            resumed = await services.manager.resume(a)
            assert (resumed.state, resumed.sentence) == ("queued", "Waits to go on: 1 before it.")
            puppet.end(b)
            await reaches(services, a, "running")
            job = puppet.begun[-1][1]
            assert (job.run_id, job.since) == (a, -1)
            assert callable(job.resume)
            assert await asyncio.to_thread(job.resume) == encode(checkpoint(2, 1))

    asyncio.run(main())


async def leaving(services: Services, puppet: Puppet) -> tuple[str, str]:
    """A paused run that was told to leave the memory, and the run that waits for it."""
    a = (await submit(services)).id
    await pause(services, puppet, a)
    b = (await submit(services)).id
    assert puppet.orders[-1] == (0, a, "release")
    return a, b


def test_a_run_that_leaves_the_memory_may_be_resumed_meanwhile(tmp_path: Path, puppet: Puppet) -> None:
    async def main() -> None:
        async with opened(tmp_path, puppet, max_memory_bytes=int(1.5 * NEED)) as services:
            a, b = await leaving(services, puppet)
            assert (await services.manager.resume(a)).state == "queued"
            assert (0, a, "resume") not in puppet.orders
            puppet.tell(Released(a))
            await reaches(services, b, "running")
            puppet.end(b)
            await reaches(services, a, "running")
            assert puppet.order_of_runs == [a, b, a]

    asyncio.run(main())


def test_a_run_that_leaves_the_memory_may_be_cancelled_meanwhile(tmp_path: Path, puppet: Puppet) -> None:
    async def main() -> None:
        async with opened(tmp_path, puppet, max_memory_bytes=int(1.5 * NEED)) as services:
            a, b = await leaving(services, puppet)
            cancelling = asyncio.create_task(services.manager.cancel(a))
            while (live := services.manager.live(a)) is not None and not live.cancelled:
                await asyncio.sleep(0.001)
            puppet.tell(Released(a))
            cancelled = await cancelling
            assert (cancelled.state, cancelled.sentence[:32]) == ("cancelled", "Cancelled while it was paused: w")
            assert (0, a, "cancel") not in puppet.orders
            await reaches(services, b, "running")

    asyncio.run(main())


def test_what_trains_is_not_reduced_nor_what_would_not_help(tmp_path: Path) -> None:
    async def main() -> None:
        puppet = Puppet(slots=3)
        async with opened(tmp_path, puppet, max_memory_bytes=LARGE_NEED + NEED - 1) as services:
            a, b = [(await submit(services)).id for _ in range(2)]
            await pause(services, puppet, a)
            await services.manager.submit(RunRequest(config=LARGE))
            assert not any(order[2] == "release" for order in puppet.orders)  # with b there it would not do
            puppet.end(b, slot=1)
            await reaches(services, b, "completed")
            assert puppet.orders[-1] == (0, a, "release")

    asyncio.run(main())


def test_a_reduced_run_goes_on_in_a_real_slot(tmp_path: Path) -> None:
    async def main() -> None:
        executor = InlineExecutor(1, fake_trainer.train)
        async with opened(tmp_path, executor, max_memory_bytes=int(1.5 * NEED)) as services:
            a = (await submit(services, STEADY, 60)).id
            await stored_past(services, a, 2)
            assert (await services.manager.pause(a)).state == "paused"
            b = (await submit(services)).id
            await reaches(services, b, "completed")
            await services.manager.resume(a)
            await reaches(services, a, "completed")

            events = [seq for seq, _ in await services.log.read(a, 0, 100)]
            assert len(events) == 61  # 60 frames and the end: none is missing, none is there twice
            assert services.scheduler.live.memory.free == int(1.5 * NEED)

    asyncio.run(main())


def test_what_is_kept_of_a_prediction_is_forgotten_before_a_run_waits_or_is_reduced(
    tmp_path: Path, puppet: Puppet
) -> None:
    small = config()

    async def main() -> None:
        async with opened(tmp_path, puppet, max_memory_bytes=2 * NEED) as services:
            a = (await submit(services)).id
            await pause(services, puppet, a)
            await services.compute.prediction(small, None, "gradient_flow", 0.0, "frozen", Recorded([], []))
            memory = services.scheduler.live.memory
            assert memory.free < NEED
            assert (await submit(services)).state == "running"
            assert memory.free == 0
            assert not any(order[2] == "release" for order in puppet.orders)

    asyncio.run(main())
