"""Workers that die: before they have the run that they were given, and while others wait."""

import asyncio
from pathlib import Path

from ntkscope.executors.base import Begun, Died, Ready
from tests.runs.conftest import Puppet, opened, reaches, submit
from tests.runs.test_manager import pause


def test_the_run_begins_in_the_next_worker_before_all_that_wait(tmp_path: Path, puppet: Puppet) -> None:
    async def main() -> None:
        puppet.takes = False
        async with opened(tmp_path, puppet) as services:
            first, second = [(await submit(services)).id for _ in range(2)]
            puppet.tell(Died(-9))
            await reaches(services, first, "queued")
            puppet.tell(Ready())
            await reaches(services, first, "running")
            assert puppet.order_of_runs == [first, first]
            puppet.tell(Begun(first))
            puppet.end(first)
            await reaches(services, second, "running")

    asyncio.run(main())


def test_a_run_that_ends_every_worker_it_is_sent_to_fails_at_the_second(tmp_path: Path, puppet: Puppet) -> None:
    async def main() -> None:
        puppet.takes = False
        async with opened(tmp_path, puppet) as services:
            run = (await submit(services)).id
            for _ in range(2):
                puppet.tell(Died(-9))
                puppet.tell(Ready())
            failed = await reaches(services, run, "failed")

            assert "SIGKILL" in failed.sentence
            assert puppet.order_of_runs == [run, run]

    asyncio.run(main())


def test_after_a_death_the_next_run_waits_for_the_new_worker_and_then_begins(tmp_path: Path, puppet: Puppet) -> None:
    async def main() -> None:
        async with opened(tmp_path, puppet) as services:
            first, second = [(await submit(services)).id for _ in range(2)]
            puppet.tell(Died(-9))
            await reaches(services, first, "failed")
            waiting = await services.manager.get(second)

            # A run that is given to a slot before `revive` would be dropped with what was meant for the dead.
            assert (waiting.state, waiting.sentence) == ("queued", "Waits for a worker process, which is starting.")
            assert (puppet.order_of_runs, puppet.revived) == ([first], [0])
            puppet.tell(Ready())
            await reaches(services, second, "running")
            assert puppet.order_of_runs == [first, second]

    asyncio.run(main())


def test_a_death_fails_the_run_that_trained_there_and_no_other(tmp_path: Path) -> None:
    async def main() -> None:
        puppet = Puppet(slots=2)
        async with opened(tmp_path, puppet) as services:
            paused = (await submit(services)).id
            await pause(services, puppet, paused)
            ids = [(await submit(services)).id for _ in range(3)]
            puppet.frames(ids[0], 1, 2)
            puppet.tell(Died(-9))
            failed = await reaches(services, ids[0], "failed")

            assert "exit code -9, SIGKILL" in failed.sentence
            assert "memory" in failed.sentence
            kept = await services.manager.get(paused)
            assert (kept.state, kept.sentence) == ("paused", "Paused, and kept as a checkpoint: it goes on from there.")
            assert [seq for seq, _ in await services.log.read(ids[0], 0, 9)] == [1, 2]
            assert (await services.manager.get(ids[1])).state == "running"
            puppet.tell(Ready())  # the slot has a new worker
            await reaches(services, ids[2], "running")

    asyncio.run(main())
