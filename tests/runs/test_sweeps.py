"""A sweep's runs: how many at a time, how it ends, what is run again."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from ntkscope.api.services import Services
from ntkscope.errors import Conflict
from ntkscope.executors.base import CommandReceived, Ended, Paused
from ntkscope.schemas.run import State
from ntkscope.schemas.sweep import AxisValue, Sweep, SweepAxis, SweepRequest
from tests.fake_trainer import FAST, INVALID, RAISES, STEADY, behaving
from tests.runs.conftest import Puppet, opened, reaches, submit
from tests.servers import GENEROUS, fake_executor


def request(*widths: AxisValue, behaviour: int = FAST, steps: int = 5, name: str = "") -> SweepRequest:
    axes = [SweepAxis(field="network.width", values=list(widths))]
    return SweepRequest(name=name, config=behaving(behaviour, steps), axes=axes)


def seeds(*behaviours: AxisValue, steps: int = 5) -> SweepRequest:
    axes = [SweepAxis(field="seed", values=list(behaviours))]
    return SweepRequest(config=behaving(FAST, steps), axes=axes)


async def until(true: Callable[[], bool | Awaitable[bool]]) -> None:
    async with asyncio.timeout(GENEROUS):
        while True:
            found = true()
            if found if isinstance(found, bool) else await found:
                return
            await asyncio.sleep(0.002)


async def begun(puppet: Puppet, runs: int) -> None:
    await until(lambda: len(puppet.begun) == runs)


async def ends(services: Services, sweep_id: str, state: str = "completed") -> Sweep:
    found: list[Sweep] = []

    async def there() -> bool:
        found.append(await services.sweeps.get(sweep_id))
        return found[-1].state == state

    await until(there)
    return found[-1]


async def cancel(services: Services, puppet: Puppet, sweep_id: str) -> Sweep:
    """Cancels a sweep whose runs end at once."""
    told = len(puppet.orders)
    asked = asyncio.create_task(services.sweeps.cancel(sweep_id))
    await until(lambda: len(puppet.orders) > told)
    for slot, run_id, command in puppet.orders[told:]:
        assert command == "cancel"
        puppet.tell(CommandReceived(run_id, "cancel"), slot)
        puppet.tell(Ended(run_id, "cancelled", "Cancelled."), slot)
    return await asked


def states(sweep: Sweep) -> list[State | str]:
    return [run.state for run in sweep.runs]


def test_its_runs_train_in_order_as_many_as_there_are_slots(tmp_path: Path) -> None:
    async def main() -> None:
        puppet = Puppet(slots=2)
        async with opened(tmp_path, puppet) as services:
            made = await services.sweeps.create(request(8, 16, 32, name="ladder"))
            assert (made.state, made.total, made.done) == ("running", 3, 0)
            assert [run.values for run in made.runs] == [{"network.width": width} for width in (8, 16, 32)]
            await begun(puppet, 2)
            found = await services.sweeps.get(made.id)
            assert states(found) == ["running", "running", "waiting"]
            assert [run.sentence for run in found.runs] == ["Training.", "Training.", "Waits for its turn."]
            puppet.end(puppet.order_of_runs[1], slot=1)
            await begun(puppet, 3)
            halfway = await services.sweeps.get(made.id)
            assert (halfway.done, states(halfway)) == (1, ["running", "completed", "running"])
            assert halfway.sentence == "Running: 1 of 3 runs is done."
            puppet.end(puppet.order_of_runs[0], slot=0)
            puppet.end(puppet.order_of_runs[2], slot=1)

            done = await ends(services, made.id)
            assert (done.done, done.failed, done.sentence) == (3, 0, "Completed: 3 of 3 runs are done.")
            assert done.ended_at is not None
            assert [job.config.network.width for _, job in puppet.begun] == [8, 16, 32]
            assert (await services.manager.row(puppet.order_of_runs[2])).name == "ladder: width 32"

    asyncio.run(main())


def test_somebodys_own_run_waits_for_one_run_of_all_sweeps(tmp_path: Path, puppet: Puppet) -> None:
    async def main() -> None:
        async with opened(tmp_path, puppet) as services:
            made = [await services.sweeps.create(request(8, 16, 32)) for _ in range(2)]
            await begun(puppet, 1)
            own = await submit(services)
            assert (own.state, own.ahead) == ("queued", 1)
            puppet.end(puppet.order_of_runs[0])
            await reaches(services, own.id, "running")
            await until(lambda: services.scheduler.live.queued() == 1)  # one of the sweeps', behind it
            puppet.end(own.id)
            for number in range(2, 7):
                await begun(puppet, number + 1)
                puppet.end(puppet.order_of_runs[number])
            for sweep in made:
                await ends(services, sweep.id)

            runs = [await services.manager.row(run_id) for run_id in puppet.order_of_runs if run_id != own.id]
            order = [run.sweep for run in runs]
            assert order.index(made[1].id) < order.index(made[0].id, 2)  # the sweeps take turns

    asyncio.run(main())


def test_a_paused_run_leaves_its_place_and_the_sweep_waits_for_it(tmp_path: Path, puppet: Puppet) -> None:
    async def main() -> None:
        async with opened(tmp_path, puppet) as services:
            made = await services.sweeps.create(request(8, 16))
            await begun(puppet, 1)
            first = puppet.order_of_runs[0]
            asked = asyncio.create_task(services.manager.pause(first))
            await until(lambda: bool(puppet.orders))
            puppet.tell(Paused(first))
            await asked
            await begun(puppet, 2)
            puppet.end(puppet.order_of_runs[1])
            await reaches(services, puppet.order_of_runs[1], "completed")
            found = await services.sweeps.get(made.id)
            assert (found.state, states(found)) == ("running", ["paused", "completed"])
            await services.manager.resume(first)
            puppet.end(first)

            assert (await ends(services, made.id)).done == 2

    asyncio.run(main())


def test_runs_of_a_sweep_are_listed_apart(tmp_path: Path) -> None:
    async def main() -> None:
        async with opened(tmp_path, fake_executor()) as services:
            own = await submit(services)
            made = await services.sweeps.create(request(8, 16))
            await ends(services, made.id)

            assert [run.id for run in (await services.manager.list(10, 0, "")).runs] == [own.id]
            of_sweep = (await services.manager.list(10, 0, "", made.id)).runs
            assert [(run.sweep, run.member) for run in of_sweep] == [(made.id, 1), (made.id, 0)]
            assert (await services.manager.get(of_sweep[0].id)).state == "completed"

    asyncio.run(main())


def test_a_run_that_fails_stops_no_other_and_can_be_run_again(tmp_path: Path) -> None:
    async def main() -> None:
        async with opened(tmp_path, fake_executor()) as services:
            made = await services.sweeps.create(seeds(FAST, RAISES, INVALID, 20))
            done = await ends(services, made.id)

            assert states(done) == ["completed", "failed", "failed", "completed"]
            assert (done.done, done.failed) == (4, 2)
            assert "2 of them without completing" in done.sentence
            assert "Resume it" in done.sentence
            assert "ZeroDivisionError" in done.runs[1].sentence
            (row,) = (await services.sweeps.list(10, 0)).sweeps
            assert row.model_dump() == done.model_dump(exclude={"runs", "study"})

            before = [run.run_id for run in done.runs]
            await services.sweeps.resume(made.id)
            after = [run.run_id for run in (await ends(services, made.id)).runs]
            assert [old == new for old, new in zip(before, after, strict=True)] == [True, False, False, True]

    asyncio.run(main())


@pytest.mark.parametrize("outcome", ["diverged", "dead_units"])
def test_what_would_end_the_same_way_again_is_not_run_again(tmp_path: Path, puppet: Puppet, outcome: State) -> None:
    async def main() -> None:
        async with opened(tmp_path, puppet) as services:
            made = await services.sweeps.create(request(8))
            await begun(puppet, 1)
            puppet.tell(Ended(puppet.order_of_runs[0], outcome, "Too fast."))  # type: ignore[arg-type]
            done = await ends(services, made.id)

            assert (done.done, done.failed, done.runs[0].sentence) == (1, 1, "Too fast.")
            assert "Resume" not in done.sentence
            with pytest.raises(Conflict, match="missing"):
                await services.sweeps.resume(made.id)

    asyncio.run(main())


def test_cancel_stops_what_trains_and_resume_runs_what_is_missing(tmp_path: Path, puppet: Puppet) -> None:
    async def main() -> None:
        async with opened(tmp_path, puppet) as services:
            made = await services.sweeps.create(request(8, 16, 32))
            await begun(puppet, 1)
            puppet.end(puppet.order_of_runs[0])
            await begun(puppet, 2)
            stopped = await cancel(services, puppet, made.id)

            assert (stopped.state, states(stopped)) == ("cancelled", ["completed", "cancelled", "waiting"])
            assert stopped.sentence == "Cancelled: 1 of 3 runs is done. Resume it to run what is missing."
            assert stopped.runs[2].sentence == "Has not run."
            with pytest.raises(Conflict, match="a sweep that is cancelled"):
                await services.sweeps.cancel(made.id)
            assert len(puppet.begun) == 2

            again = await services.sweeps.resume(made.id)
            assert (again.state, again.ended_at) == ("running", None)
            with pytest.raises(Conflict):
                await services.sweeps.resume(made.id)
            for number in (2, 3):
                await begun(puppet, number + 1)
                puppet.end(puppet.order_of_runs[number])
            done = await ends(services, made.id)
            assert [job.config.network.width for _, job in puppet.begun] == [8, 16, 16, 32]
            assert [run.run_id for run in done.runs] == [puppet.order_of_runs[number] for number in (0, 2, 3)]
            replaced = await services.manager.row(puppet.order_of_runs[1])
            assert (replaced.sweep, replaced.deleted_at is None) == (None, False)
            with pytest.raises(Conflict):
                await services.sweeps.resume(made.id)

    asyncio.run(main())


def test_a_sweep_that_is_cancelled_at_once_leaves_nothing_behind(tmp_path: Path) -> None:
    async def main() -> None:
        async with opened(tmp_path, fake_executor(2)) as services:
            for _ in range(10):
                made = await services.sweeps.create(request(8, 16, 32, behaviour=STEADY, steps=1000))
                stopped = await services.sweeps.cancel(made.id)
                assert stopped.state == "cancelled"
                await until(lambda: not services.scheduler.live.all())
                assert set(states(await services.sweeps.get(made.id))) <= {"cancelled", "waiting"}

    asyncio.run(main())
