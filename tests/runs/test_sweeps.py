"""A sweep's runs: how many at a time, how it ends, what is run again."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

from ntkscope.api.services import Services
from ntkscope.errors import Conflict, InvalidInput, NotFound, TooLarge
from ntkscope.executors.base import CommandReceived, Ended, Paused
from ntkscope.runs import manager, retry
from ntkscope.schemas.run import RunSummary, State
from ntkscope.schemas.sweep import AxisValue, Sweep, SweepAxis, SweepRequest
from ntkscope.store.database import open_database
from ntkscope.store.sweep_store import StoredSweep
from ntkscope.store.sweep_writes import insert_member, insert_sweep
from tests.fake_trainer import FAST, INVALID, RAISES, STEADY, behaving
from tests.runs.conftest import Puppet, opened, reaches, submit
from tests.servers import GENEROUS, fake_executor, settings_in
from tests.store.test_run_store import summary


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


def test_after_a_restart_it_is_interrupted_and_can_be_resumed(tmp_path: Path, puppet: Puppet) -> None:
    async def first() -> tuple[str, str]:
        async with opened(tmp_path, puppet) as services:
            made = await services.sweeps.create(request(8, 16, 32))
            await begun(puppet, 1)
            puppet.end(puppet.order_of_runs[0])
            await begun(puppet, 2)
            return made.id, puppet.order_of_runs[0]

    async def second(sweep_id: str, kept: str) -> None:
        async with opened(tmp_path, fake_executor()) as services:
            found = await services.sweeps.get(sweep_id)
            assert (found.state, states(found)) == ("interrupted", ["completed", "interrupted", "waiting"])
            assert "The server stopped while this sweep was running: 1 of 3 runs is done" in found.sentence
            assert found.ended_at is not None
            await services.sweeps.resume(sweep_id)
            done = await ends(services, sweep_id)
            assert states(done) == ["completed"] * 3
            assert done.runs[0].run_id == kept

    asyncio.run(second(*asyncio.run(first())))


def test_what_a_killed_server_left_running_is_interrupted(tmp_path: Path, puppet: Puppet) -> None:
    database = open_database(settings_in(tmp_path).database_url, "http://dead/")
    with database.engine.begin() as connection:
        insert_sweep(connection, StoredSweep("s", "running", 1.0, None, request(8, 16)))
        insert_member(connection, summary("a", state="running", sweep="s", member=0))
    database.close()

    async def main() -> None:
        async with opened(tmp_path, puppet) as services:
            found = await services.sweeps.get("s")
            assert (found.state, states(found)) == ("interrupted", ["interrupted", "waiting"])
            await services.sweeps.resume("s")
            for number in range(2):
                await begun(puppet, number + 1)
                puppet.end(puppet.order_of_runs[number])
            assert (await ends(services, "s")).done == 2

    asyncio.run(main())


def test_deleting_takes_its_runs_which_can_be_restored(tmp_path: Path, puppet: Puppet) -> None:
    async def main() -> None:
        async with opened(tmp_path, puppet) as services:
            made = await services.sweeps.create(request(8, 16, 32))
            await begun(puppet, 1)
            measured = puppet.order_of_runs[0]
            puppet.end(measured)
            await begun(puppet, 2)
            asked = asyncio.create_task(services.sweeps.delete(made.id))
            await until(lambda: bool(puppet.orders))
            puppet.tell(CommandReceived(puppet.order_of_runs[1], "cancel"))
            puppet.tell(Ended(puppet.order_of_runs[1], "cancelled", "Cancelled."))
            await asked

            with pytest.raises(NotFound, match="GET /api/sweeps"):
                await services.sweeps.get(made.id)
            assert (await services.sweeps.list(10, 0)).total == 0
            assert (await services.manager.list(10, 0, "")).total == 0
            restored = await services.housekeeping.restore(measured)
            assert (restored.state, restored.sweep) == ("completed", None)
            assert len(puppet.begun) == 2

    asyncio.run(main())


def test_a_run_that_somebody_deletes_is_missing(tmp_path: Path) -> None:
    async def main() -> RunSummary:
        async with opened(tmp_path, fake_executor()) as services:
            made = await services.sweeps.create(request(8, 16))
            done = await ends(services, made.id)
            gone = done.runs[1].run_id
            assert gone is not None
            await services.housekeeping.delete(gone)
            assert states(await services.sweeps.get(made.id)) == ["completed", "waiting"]
            await services.sweeps.resume(made.id)
            again = await ends(services, made.id)
            assert states(again) == ["completed", "completed"]
            return await services.housekeeping.restore(gone)

    assert asyncio.run(main()).sweep is None


def test_a_sweep_of_which_one_run_cannot_be_is_refused_whole(tmp_path: Path, puppet: Puppet) -> None:
    async def main() -> None:
        async with opened(tmp_path, puppet, max_parameters=1000) as services:
            with pytest.raises(TooLarge, match="with width 4096") as caught:
                await services.sweeps.create(request(8, 4096))
            assert "NTKSCOPE_MAX_PARAMETERS" in caught.value.remedy
            with pytest.raises(InvalidInput, match=r"network\.width = -8"):
                await services.sweeps.create(request(-8, 8))
            assert (await services.sweeps.list(10, 0)).total == 0
            assert puppet.begun == []

    asyncio.run(main())


def test_a_run_that_is_refused_later_is_told(tmp_path: Path, puppet: Puppet, monkeypatch: pytest.MonkeyPatch) -> None:
    async def main() -> None:
        async with opened(tmp_path, puppet) as services:
            made = await services.sweeps.create(request(8, 16))
            await begun(puppet, 1)
            no_table = NotFound("A data set.", "one that is gone", "Upload it.", "data")

            async def refuse(_: object) -> None:
                raise no_table

            monkeypatch.setattr(services.manager, "checked", refuse)
            puppet.end(puppet.order_of_runs[0])
            done = await ends(services, made.id)

            assert (states(done), done.failed) == (["completed", "failed"], 1)
            assert done.runs[1].sentence == str(no_table)

    asyncio.run(main())


def test_a_full_queue_is_waited_for(tmp_path: Path, puppet: Puppet, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retry, "LONGEST_WAIT", 0.01)

    async def main() -> None:
        async with opened(tmp_path, puppet, max_queued=1) as services:
            own = [await submit(services) for _ in range(2)]  # one trains, one waits: the queue is full
            made = await services.sweeps.create(request(8))
            await asyncio.sleep(0.05)
            assert states(await services.sweeps.get(made.id)) == ["waiting"]
            for run in own:
                puppet.end(run.id)
                await reaches(services, run.id, "completed")
            await begun(puppet, 3)
            puppet.end(puppet.order_of_runs[2])
            assert (await ends(services, made.id)).done == 1

    asyncio.run(main())


def test_a_database_that_refuses_is_waited_for(tmp_path: Path, puppet: Puppet, monkeypatch: pytest.MonkeyPatch) -> None:
    refusals = iter(range(3))

    def insert(connection: Connection, run: RunSummary) -> None:
        if next(refusals, None) is not None:
            raise OperationalError("insert", {}, Exception("disk full"))
        insert_member(connection, run)

    monkeypatch.setattr(retry, "LONGEST_WAIT", 0.01)
    monkeypatch.setattr(manager, "insert_member", insert)

    async def main() -> None:
        async with opened(tmp_path, puppet) as services:
            made = await services.sweeps.create(request(8))
            await begun(puppet, 1)
            puppet.end(puppet.order_of_runs[0])
            assert (await ends(services, made.id)).done == 1
        assert next(refusals, None) is None

    asyncio.run(main())
