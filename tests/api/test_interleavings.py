"""Whatever order connects, drops, slow readers, resumes and deletes come in, a viewer has a prefix of the one log."""

import asyncio
import contextlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ntkscope.api.services import Services
from ntkscope.api.stream import WINDOW
from ntkscope.errors import NtkscopeError
from tests.api.interleaving import VIEWERS, SlowLog, Viewer, World, turn
from tests.runs.conftest import Puppet, opened, submit

Step = tuple[str, int]  # what happens, and a number that says to whom, or how much of it
OFTEN = ["connect", "connect", "read", "read", "drop", "tell"]
WATCHING = st.tuples(st.sampled_from(OFTEN), st.integers(0, 11))
LIVES = [*OFTEN * 2, "die", "resume", "hide", "restore", "meet", "return"]
LIVING = st.tuples(st.sampled_from(LIVES), st.integers(0, 11))
# Both end the run for good; what comes before is not all lived through by viewers who have everything.
LAST = st.sampled_from([["delete"], ["end"], ["meet", "delete"], ["meet", "end"], ["meet", "tell", "delete"]])


def joined(living: list[Step], last: list[str], after: list[Step]) -> list[Step]:
    return [*living, *((name, 2) for name in last), *after]


AFTER = WATCHING | st.just(("restore", 0))
HAPPENS = st.builds(joined, st.lists(LIVING, min_size=10, max_size=40), LAST, st.lists(AFTER, min_size=3, max_size=10))


@pytest.fixture(scope="module")
def runner() -> Iterator[asyncio.Runner]:
    with asyncio.Runner() as made:
        yield made


@contextlib.contextmanager
def serving(runner: asyncio.Runner, folder: Path, puppet: Puppet, **limits: int) -> Iterator[Services]:
    server = opened(folder, puppet, **limits)
    services = runner.run(server.__aenter__())
    try:
        yield services
    finally:
        runner.run(server.__aexit__(None, None, None))


async def happen(services: Services, puppet: Puppet, what: list[Step]) -> list[list[int]]:
    """Lets it all happen to a new run; the places of each viewer."""
    run = await submit(services)
    log = SlowLog(services.store)
    viewers = [Viewer(replace(services, log=log), run.id) for _ in range(VIEWERS)]
    world = World(services, log, puppet, run.id, viewers)
    try:
        return await lived(world, what)
    finally:
        await world.leave()


async def lived(world: World, what: list[Step]) -> list[list[int]]:
    services, run_id = world.services, world.run_id
    world.tell(WINDOW)
    for name, number in what:
        with contextlib.suppress(NtkscopeError):  # a command that this state does not allow
            done = world.does()[name](number)
            if done is not None:
                await done
        await turn()
        for viewer in world.viewers:
            viewer.check()
    await world.catch_up()
    stored = services.store.events(run_id, 0, 10_000)
    assert [seq for seq, _ in stored] == list(range(1, world.told + 1))
    for viewer in world.viewers:
        assert viewer.seqs == [seq for seq, _ in stored]
        assert viewer.log == [data for _, data in stored]
    return [viewer.seqs for viewer in world.viewers]


@pytest.mark.parametrize("cases", [15, pytest.param(3000, marks=[pytest.mark.soak, pytest.mark.timeout(7200)])])
def test_every_viewer_has_the_same_log(
    runner: asyncio.Runner, tmp_path_factory: pytest.TempPathFactory, cases: int
) -> None:
    puppet = Puppet()
    longest = number = 0

    @settings(
        max_examples=cases, deadline=None, derandomize=cases == 15, database=None, suppress_health_check=[*HealthCheck]
    )
    @given(HAPPENS)
    def any_order(what: list[Step]) -> None:
        nonlocal longest, number
        number += 1
        if number % 100 == 0:
            print(f"{number:,} interleavings, each viewer the same log", flush=True)
        longest = max(longest, *(len(seqs) for seqs in runner.run(happen(services, puppet, what))))

    with serving(runner, tmp_path_factory.mktemp("world"), puppet, max_queued=10_000) as services:
        any_order()
    assert longest > WINDOW
    assert len(puppet.begun) >= cases  # every run has begun


def test_a_run_that_goes_on_while_a_viewer_looks_for_its_end_has_not_ended(
    runner: asyncio.Runner, tmp_path: Path
) -> None:
    puppet = Puppet()
    with serving(runner, tmp_path, puppet) as services:
        runner.run(happen(services, puppet, [("die", 0), ("return", 0), ("read", 3), ("tell", 1), ("end", 0)]))
