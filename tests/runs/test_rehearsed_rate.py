"""A rate that a rehearsal chooses is stored with the run that is submitted, and an extension keeps it."""

import asyncio
from pathlib import Path

import pytest

from ntkscope.experiment.rate import settled
from ntkscope.runs import compute
from ntkscope.runs.compute import ComputeService
from ntkscope.schemas.config import RunConfig
from ntkscope.schemas.run import RunRequest
from ntkscope.schemas.sweep import SweepAxis, SweepRequest
from ntkscope.wire.codec import EncodedEvent, encode
from tests.cases import config
from tests.fake_trainer import checkpoint
from tests.runs.conftest import Puppet, opened, reaches
from tests.servers import GENEROUS

WAITING = config(training__learning_rate={"kind": "rehearsed"})


def rate(chosen: RunConfig) -> float:
    found = chosen.training.learning_rate
    assert found.kind == "rehearsed"
    assert found.value is not None
    assert found.growth is not None
    return found.value


def test_it_is_stored_at_submission_and_kept_by_an_extension(tmp_path: Path, puppet: Puppet) -> None:
    async def main() -> None:
        async with opened(tmp_path, puppet) as services:
            run = await services.manager.submit(RunRequest(config=WAITING))
            job = puppet.begun[0][1]
            assert rate(run.config) == rate(settled(WAITING))
            assert job.config == run.config
            assert run.digest == run.config.digest() != WAITING.digest()
            puppet.frames(run.id, 1)
            puppet.tell(EncodedEvent(run.id, 2, "checkpoint", encode(checkpoint(2, 200))))
            puppet.end(run.id)
            await reaches(services, run.id, "completed")
            extended = await services.manager.extend(run.id, 5000)
            assert rate(extended.config) == rate(run.config)

    asyncio.run(main())


def test_every_run_of_a_sweep_has_its_own(tmp_path: Path, puppet: Puppet) -> None:
    async def main() -> None:
        async with opened(tmp_path, puppet) as services:
            axis = SweepAxis(field="network.width", values=[16, 64])
            await services.sweeps.create(SweepRequest(config=WAITING, axes=[axis]))
            async with asyncio.timeout(GENEROUS):
                while not puppet.begun:
                    await asyncio.sleep(0.01)
            first = puppet.begun[0][1].config
            assert rate(first) == rate(
                settled(config(network__width=16, training__learning_rate={"kind": "rehearsed"}))
            )
            puppet.end(puppet.begun[0][1].run_id)
            async with asyncio.timeout(GENEROUS):
                while len(puppet.begun) < 2:
                    await asyncio.sleep(0.01)
            assert rate(puppet.begun[1][1].config) != rate(first)

    asyncio.run(main())


def test_the_preview_and_the_submission_share_one_search(monkeypatch: pytest.MonkeyPatch) -> None:
    searched = []
    original = compute.choose_rate

    async def main() -> None:
        service = ComputeService(1)
        try:
            async with asyncio.timeout(GENEROUS):
                while (said := await service.preview(WAITING, None)).status != "ready":
                    pass
            chosen = await service.settled(WAITING, None)
            assert said.spectrum is not None
            assert said.spectrum.learning_rate == rate(chosen)
            assert said.config == WAITING
            assert any("2/λ₁: as much as is allowed" in notice for notice in said.notices)
            assert await service.settled(config(), None) == config()
        finally:
            service.close()

    def choose(*arguments: object) -> object:
        searched.append(arguments)
        return original(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(compute, "choose_rate", choose)
    asyncio.run(main())
    assert len(searched) == 1
