"""Sweeps that are cut off, deleted or refused, and databases and queues that make them wait."""

import asyncio
from pathlib import Path

import pytest
from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

from ntkscope.errors import InvalidInput, NotFound, TooLarge
from ntkscope.executors.base import CommandReceived, Ended
from ntkscope.runs import manager, retry
from ntkscope.runs.feed import Feed
from ntkscope.runs.manager import SweepPlace
from ntkscope.schemas.run import RunRequest, RunSummary
from ntkscope.store.database import open_database
from ntkscope.store.sweep_store import StoredSweep
from ntkscope.store.sweep_writes import insert_member, insert_sweep
from ntkscope.wire.codec import encode
from tests.cases import config
from tests.fake_trainer import frame
from tests.runs.conftest import Puppet, opened, reaches, stored_past, submit
from tests.runs.test_sweeps import begun, ends, request, states, until
from tests.servers import fake_executor, settings_in
from tests.store.test_run_store import summary


def test_after_a_restart_it_is_interrupted_and_can_be_resumed(tmp_path: Path, puppet: Puppet) -> None:
    async def first() -> tuple[str, str]:
        async with opened(tmp_path, puppet) as services:
            made = await services.sweeps.create(request(8, 16, 32))
            await begun(puppet, 1)
            puppet.end(puppet.order_of_runs[0])
            await begun(puppet, 2)
            puppet.frames(puppet.order_of_runs[1], 1, 2)
            await stored_past(services, puppet.order_of_runs[1], 1)
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
            # What was begun goes on: its log keeps what it had.
            assert done.runs[1].run_id == found.runs[1].run_id
            log = services.store.events(str(found.runs[1].run_id), 0, 100)
            assert [seq for seq, _ in log] == list(range(1, len(log) + 1))
            assert log[:2] == [(seq, encode(frame(seq, seq))) for seq in (1, 2)]

    asyncio.run(second(*asyncio.run(first())))


def test_one_of_its_runs_that_goes_on_by_itself_is_waited_for(tmp_path: Path, puppet: Puppet) -> None:
    async def first() -> str:
        async with opened(tmp_path, puppet) as services:
            made = await services.sweeps.create(request(8))
            await begun(puppet, 1)
            return made.id

    async def second(sweep_id: str) -> None:
        async with opened(tmp_path, puppet) as services:
            own = str((await services.sweeps.get(sweep_id)).runs[0].run_id)
            await services.sweeps.resume(sweep_id)
            await services.manager.resume(own)  # somebody lets it go on too
            await begun(puppet, 2)
            puppet.end(own)
            done = await ends(services, sweep_id)
            assert (states(done), done.runs[0].run_id) == (["completed"], own)
            assert len(puppet.begun) == 2

    asyncio.run(second(asyncio.run(first())))


def test_one_that_cannot_go_on_is_begun_anew(tmp_path: Path, puppet: Puppet) -> None:
    async def main() -> None:
        async with opened(tmp_path, puppet) as services:
            gone, over = SweepPlace("s", 0, "none-of-this-id"), asyncio.Event()

            async def ended() -> None:
                over.set()

            todo = [(gone, RunRequest(config=config(network__width=8)))]
            Feed(services.manager, services.notifier, asyncio.Semaphore(1), todo, ended)
            await begun(puppet, 1)
            puppet.end(puppet.order_of_runs[0])
            await asyncio.wait_for(over.wait(), 10)
            assert (await services.manager.row(puppet.order_of_runs[0])).member == 0

    asyncio.run(main())


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
