"""Deleting and what comes after; and what a server finds of its predecessor."""

import asyncio
import time
from pathlib import Path

import pytest

from ntkscope.errors import Gone, NotFound
from ntkscope.executors.base import CommandReceived
from ntkscope.runs.housekeeping import UNUSED_SECONDS, Housekeeping
from ntkscope.runs.recording import RECORDED
from ntkscope.schemas.preset import DatasetInfo
from ntkscope.schemas.run import RunPatch
from ntkscope.store.database import open_database
from ntkscope.store.run_store import RunStore
from ntkscope.store.writes import append_events, insert_dataset, insert_run, update_run
from ntkscope.wire.codec import EncodedEvent, encode
from tests.fake_trainer import frame
from tests.runs.conftest import Puppet, opened, reaches, submit
from tests.servers import settings_in
from tests.store.test_run_store import summary


def test_a_deleted_run_comes_back_as_it_was(tmp_path: Path, puppet: Puppet) -> None:
    async def main() -> None:
        async with opened(tmp_path, puppet) as services:
            run = await submit(services, name="mine")
            puppet.frames(run.id, 1, 2)
            puppet.end(run.id)
            before = await reaches(services, run.id, "completed")
            gone = await services.housekeeping.delete(run.id)
            assert gone.deleted_at is not None
            with pytest.raises(Gone, match="restore"):
                await services.manager.get(run.id)
            assert (await services.manager.list(10, 0, "")).total == 0
            assert await services.housekeeping.purge() == []

            assert await services.housekeeping.restore(run.id) == before
            assert len(await services.log.read(run.id, 0, 10)) == 2

    asyncio.run(main())


def test_a_run_is_cancelled_when_it_is_deleted(tmp_path: Path, puppet: Puppet) -> None:
    async def main() -> None:
        async with opened(tmp_path, puppet) as services:
            run = await submit(services)
            asked = asyncio.create_task(services.housekeeping.delete(run.id))
            while (0, run.id, "cancel") not in puppet.orders:
                await asyncio.sleep(0.001)
            puppet.tell(CommandReceived(run.id, "cancel"))
            puppet.end(run.id)

            assert (await asked).deleted_at is not None
            assert services.manager.live(run.id) is None

    asyncio.run(main())


def test_after_ten_minutes_it_is_gone_for_good(tmp_path: Path, puppet: Puppet) -> None:
    async def main() -> None:
        async with opened(tmp_path, puppet) as services:
            old, new = await submit(services), await submit(services)
            for run in (old, new):
                puppet.end(run.id)
                await reaches(services, run.id, "completed")
                await services.housekeeping.delete(run.id)
            earlier = time.time() - 601
            await asyncio.wrap_future(services.writer.submit(lambda c: update_run(c, old.id, deleted_at=earlier)))
            with pytest.raises(NotFound):  # also before it is purged
                await services.housekeeping.restore(old.id)

            assert await services.housekeeping.purge() == [old.id]
            with pytest.raises(NotFound):
                await services.manager.row(old.id)
            await services.housekeeping.restore(new.id)

    asyncio.run(main())


def test_a_patch_changes_what_it_names(tmp_path: Path, puppet: Puppet) -> None:
    async def main() -> None:
        async with opened(tmp_path, puppet) as services:
            run = await submit(services, name="first")
            tagged = await services.housekeeping.patch(run.id, RunPatch(tags=["a", "b"]))
            assert (tagged.name, tagged.tags) == ("first", ["a", "b"])
            named = await services.housekeeping.patch(run.id, RunPatch(name=""))
            assert (named.name, named.tags) == ("", ["a", "b"])
            assert await services.housekeeping.patch(run.id, RunPatch()) == named

    asyncio.run(main())


def test_runs_that_a_dead_server_left_alive_are_marked(tmp_path: Path, puppet: Puppet) -> None:
    database = open_database(settings_in(tmp_path).database_url, "http://dead/")
    with database.engine.begin() as connection:
        for state in ("queued", "running", "paused", "completed"):
            insert_run(connection, summary(state, state=state))  # type: ignore[arg-type]
        append_events(connection, [EncodedEvent("running", 1, "frame", encode(frame(1, 1)))])
    database.close()

    async def main() -> None:
        async with opened(tmp_path, puppet) as services:
            for run_id in ("queued", "running"):
                run = await services.manager.get(run_id)
                assert run.state == "interrupted"
                assert "server stopped" in run.sentence
                assert run.ended_at is not None
            assert (await services.manager.get("paused")).state == "paused"
            assert (await services.manager.get("completed")).state == "completed"
            assert len(await services.log.read("running", 0, 9)) == 1
            assert puppet.begun == []

    asyncio.run(main())


def test_runs_that_are_alive_when_the_server_stops_are_marked_too(tmp_path: Path, puppet: Puppet) -> None:
    async def main() -> list[str]:
        async with opened(tmp_path, puppet) as services:
            return [(await submit(services)).id for _ in range(2)]

    ids = asyncio.run(main())
    database = open_database(settings_in(tmp_path).database_url, "http://next/")
    states = [run.state for run_id in ids if (run := RunStore(database.engine).run(run_id))]
    database.close()
    assert states == ["interrupted", "interrupted"]


def test_an_empty_database_shows_the_recorded_run_once(tmp_path: Path) -> None:
    async def look() -> list[str]:
        async with opened(tmp_path, Puppet(), recording=True) as services:
            runs = (await services.manager.list(10, 0, "")).runs
            if runs:
                assert runs[0].recorded
                assert len(await services.log.read(RECORDED, 0, 1000)) > 100
                await services.housekeeping.delete(RECORDED)
            return [run.id for run in runs]

    assert asyncio.run(look()) == [RECORDED]
    assert asyncio.run(look()) == []  # who deletes it does not want it back


def test_a_server_may_be_told_to_show_none(tmp_path: Path) -> None:
    async def look() -> int:
        async with opened(tmp_path, Puppet(), recording=False) as services:
            return (await services.manager.list(10, 0, "")).total

    assert asyncio.run(look()) == 0


def test_unused_tables_go_with_the_purge(tmp_path: Path, puppet: Puppet) -> None:
    async def main() -> None:
        async with opened(tmp_path, puppet) as services:
            old, new = (DatasetInfo(sha256=digit * 64, name="t", rows=1, columns=["x1", "y"]) for digit in ("a", "b"))
            for info, age in ((old, 2 * UNUSED_SECONDS), (new, 0.5 * UNUSED_SECONDS)):
                at = time.time() - age
                await asyncio.wrap_future(
                    services.writer.submit(lambda c, info=info, at=at: insert_dataset(c, info, b"x1,y", at))
                )
            later = Housekeeping(services.manager, services.writer)
            await later.purge()
            assert services.store.dataset(old.sha256) is None
            assert services.store.dataset(new.sha256) is not None

    asyncio.run(main())
