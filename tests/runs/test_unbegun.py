"""A worker that dies before it has the run that it was given."""

import asyncio
from pathlib import Path

from ntkscope.executors.base import Begun, Died, Ready
from tests.runs.conftest import Puppet, opened, reaches, submit


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
