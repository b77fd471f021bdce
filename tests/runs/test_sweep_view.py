"""What a sweep says of the runs that have completed so far."""

import asyncio
from collections.abc import Iterable
from pathlib import Path

import pytest

from ntkscope.executors.inline import InlineExecutor
from ntkscope.experiment.width_study import measured, width_study
from ntkscope.schemas.event import RunEvent
from ntkscope.schemas.sweep import SweepAxis, SweepRequest
from ntkscope.store.sweep_store import SweepStore
from ntkscope.wire.codec import EncodedEvent, decode, encode
from tests.cases import config, run
from tests.runs.conftest import Puppet, opened, reaches
from tests.runs.test_sweeps import begun, cancel, ends

WIDTHS = (64, 128, 256)
REQUEST = SweepRequest(config=config(), axes=[SweepAxis(field="network.width", values=list(WIDTHS))])
LOGS = [run(config(network__width=width)) for width in WIDTHS]


def complete(puppet: Puppet, run_id: str, events: Iterable[RunEvent]) -> None:
    for event in events:
        puppet.tell(EncodedEvent(run_id, event.seq, event.type, encode(event)))
    puppet.end(run_id)


def test_the_study_grows_with_its_runs_and_a_cancelled_one_is_no_part_of_it(tmp_path: Path, puppet: Puppet) -> None:
    as_stored = [[decode(encode(event)) for event in log] for log in LOGS]
    records = [measured(config(network__width=width), log) for width, log in zip(WIDTHS, as_stored, strict=True)]

    async def main() -> None:
        async with opened(tmp_path, puppet) as services:
            made = await services.sweeps.create(REQUEST)
            assert made.study is None
            for number in range(2):
                await begun(puppet, number + 1)
                complete(puppet, puppet.order_of_runs[number], LOGS[number])
                await reaches(services, puppet.order_of_runs[number], "completed")
                found = await services.sweeps.get(made.id)
                assert found.study == width_study(records[: number + 1])
                assert len(found.study.slopes) == 2 * number
                for done in found.runs[: number + 1]:
                    assert done.distance == records[done.index].distance
                    assert done.drift == pytest.approx(found.study.points[done.index].drift)
                    assert done.compared_at == found.study.compared_at
                for waits in found.runs[number + 1 :]:
                    assert (waits.distance, waits.drift, waits.compared_at) == (None, None, None)
            await begun(puppet, 3)
            for event in LOGS[2][:4]:
                puppet.tell(EncodedEvent(puppet.order_of_runs[2], event.seq, event.type, encode(event)))
            stopped = await cancel(services, puppet, made.id)
            assert stopped.study == width_study(records[:2])

            await services.sweeps.resume(made.id)
            await begun(puppet, 4)
            complete(puppet, puppet.order_of_runs[3], LOGS[2])
            assert (await ends(services, made.id)).study == width_study(records)

    asyncio.run(main())


def test_a_log_is_read_once(tmp_path: Path, puppet: Puppet, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []
    events_of = SweepStore.events_of

    def counted(store: SweepStore, run_id: str, types: tuple[str, ...]) -> Iterable[RunEvent]:
        read.append(run_id)
        return events_of(store, run_id, types)

    monkeypatch.setattr(SweepStore, "events_of", counted)

    async def main() -> None:
        async with opened(tmp_path, puppet) as services:
            made = await services.sweeps.create(REQUEST)
            for number, log in enumerate(LOGS):
                await begun(puppet, number + 1)
                complete(puppet, puppet.order_of_runs[number], log)
            await ends(services, made.id)
            await services.sweeps.get(made.id)
            assert read == puppet.order_of_runs

    asyncio.run(main())


def test_a_run_that_is_extended_is_read_again(tmp_path: Path) -> None:
    async def main() -> None:
        async with opened(tmp_path, InlineExecutor()) as services:
            axes = [SweepAxis(field="seed", values=[3])]
            made = await services.sweeps.create(SweepRequest(config=config(), axes=axes))
            done = await ends(services, made.id)
            assert done.study is not None
            assert done.study.compared_at == pytest.approx(200, rel=1e-6)
            run_id = done.runs[0].run_id
            assert run_id is not None
            await services.manager.extend(run_id, 300)
            await reaches(services, run_id, "completed")
            extended = (await services.sweeps.get(made.id)).study
            assert extended is not None
            assert extended.compared_at == pytest.approx(300, rel=1e-6)

    asyncio.run(main())
