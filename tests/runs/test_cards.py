"""What a server does with its workers' reports; it never looks at a card itself."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
import torch

from ntkscope.errors import InvalidInput
from ntkscope.executors.base import Ended, Paused, Ready, Released
from ntkscope.experiment.card import ABSENT, Card
from ntkscope.experiment.placement import place
from ntkscope.runs import cards, words
from ntkscope.runs.cards import Cards
from ntkscope.schemas.config import RunConfig
from ntkscope.schemas.placement import ON_CPU
from ntkscope.schemas.run import RunRequest, RunSummary
from ntkscope.schemas.sweep import SweepRequest
from ntkscope.wire.codec import EncodedEvent, encode
from tests.cases import config
from tests.fake_trainer import checkpoint
from tests.pretend_cuda import SPEED
from tests.runs.conftest import Puppet, opened, reaches

GPU = Card("ready", "NVIDIA H200", "9.0", "13.0", 100 * 2**30, 140 * 2**30, SPEED)
BUSY = Card("refused", "NVIDIA H200", "9.0", "13.0", trouble="all CUDA-capable devices are busy or unavailable")
LARGE = config(network__width=2048, data__points={"kind": "interval", "n": 256})


class Reporting(Puppet):
    """A puppet whose workers report these cards when they are ready; None: they take their time."""

    def __init__(self, *found: Card | None) -> None:
        super().__init__(len(found))
        self._found = found

    def start(self, deliver: Any) -> None:
        self._deliver = deliver
        for slot, card in enumerate(self._found):
            if card is not None:
                deliver(slot, Ready(card))


async def warm(services: Any, count: int) -> None:
    while services.scheduler.warm < count:
        await asyncio.sleep(0.001)


async def submitted(services: Any, settings: RunConfig) -> RunSummary:
    return await services.manager.submit(RunRequest(config=settings))  # type: ignore[no-any-return]


def test_the_choice_is_made_at_submission_stored_and_handed_on(tmp_path: Path) -> None:
    async def story() -> None:
        puppet = Reporting(GPU)
        async with opened(tmp_path, puppet) as services:
            await warm(services, 1)
            run = await submitted(services, LARGE)
            assert run.placement == place(LARGE, None, GPU)
            assert run.placement.device == "cuda"
            assert (await reaches(services, run.id, "running")).placement == run.placement
            assert puppet.begun[0][1].placement == run.placement
            row = services.store.run(run.id)
            assert isinstance(row, RunSummary)
            assert row.placement == run.placement
            small = await submitted(services, config())
            assert small.placement is not None
            assert (small.placement.device, "although there is" in small.placement.reason) == ("cpu", True)

    asyncio.run(story())


def test_an_extended_run_stays_where_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def story() -> None:
        puppet = Reporting(GPU)
        async with opened(tmp_path, puppet) as services:
            await warm(services, 1)
            run = await submitted(services, LARGE)
            await reaches(services, run.id, "running")
            puppet.tell(EncodedEvent(run.id, 1, "checkpoint", encode(checkpoint(1, 200))))
            puppet.tell(Ended(run.id, "completed", "Done."))
            await reaches(services, run.id, "completed")
            monkeypatch.setattr("ntkscope.experiment.placement.CARD_OPERATIONS", 10**12)
            longer = await services.manager.extend(run.id, 400)
            assert longer.placement == run.placement
            await reaches(services, run.id, "running")
            assert puppet.begun[-1][1].placement == run.placement

    asyncio.run(story())


def test_a_run_for_the_card_goes_to_a_slot_that_has_it(tmp_path: Path) -> None:
    """As where a card lets one process in only."""

    async def story() -> None:
        puppet = Reporting(BUSY, GPU)
        async with opened(tmp_path, puppet) as services:
            await warm(services, 2)
            first, second = await submitted(services, LARGE), await submitted(services, LARGE)
            await reaches(services, first.id, "running")
            assert [slot for slot, _ in puppet.begun] == [1]
            assert (await services.manager.get(second.id)).state == "queued"
            other = await submitted(services, config())
            await reaches(services, other.id, "running")
            assert [slot for slot, _ in puppet.begun] == [1, 0]

    asyncio.run(story())


def test_a_run_for_a_card_that_is_gone_begins_and_is_told_so_by_its_worker(tmp_path: Path) -> None:
    async def story() -> None:
        puppet = Reporting(GPU)
        async with opened(tmp_path, puppet) as services:
            await warm(services, 1)
            first, second = await submitted(services, LARGE), await submitted(services, LARGE)
            await reaches(services, first.id, "running")
            puppet.tell(Ready(BUSY))
            puppet.end(first.id)
            await reaches(services, second.id, "running")

    asyncio.run(story())


@pytest.mark.parametrize("device", ["auto", "cuda"])
def test_a_card_that_does_not_compute(tmp_path: Path, device: str) -> None:
    async def story() -> None:
        async with opened(tmp_path, Reporting(BUSY)) as services:
            await warm(services, 1)
            settings = config(training__device=device)
            if device == "auto":
                run = await submitted(services, settings)
                assert run.placement is not None
                assert "busy or unavailable" in run.placement.reason
            else:
                with pytest.raises(InvalidInput, match="busy or unavailable"):
                    await submitted(services, settings)

    asyncio.run(story())


def test_a_submission_waits_for_the_first_report_where_it_matters(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cards, "may_have_card", lambda: True)

    async def story() -> None:
        reports = Cards()
        assert await reports.place(config(), None) == ON_CPU  # at once: it is small
        assert reports.likely(LARGE, None) is None
        waiting = asyncio.create_task(reports.place(LARGE, None))
        await asyncio.sleep(0.01)
        assert not waiting.done()
        reports.report(0, GPU)
        assert (await waiting).device == "cuda"
        assert reports.likely(LARGE, None) == await waiting

    asyncio.run(story())


def test_it_does_not_wait_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cards, "may_have_card", lambda: True)
    monkeypatch.setattr(cards, "PATIENCE", 0.01)
    placement = asyncio.run(Cards().place(LARGE, None))
    assert placement.device == "cpu"
    assert "no worker process has looked at it yet" in placement.reason


def test_nor_at_all_where_there_can_be_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cards, "may_have_card", lambda: False)
    assert asyncio.run(Cards().place(LARGE, None)) == ON_CPU


def test_a_card_that_computes_in_one_slot_is_what_is_known() -> None:
    async def story() -> None:
        reports = Cards()
        for slot, card in enumerate((ABSENT, BUSY, GPU, BUSY)):
            reports.report(slot, card)
        assert (reports.now, reports.slots) == (GPU, {2})

    asyncio.run(story())


@pytest.mark.parametrize("resumed_before", [False, True])
def test_a_paused_run_that_a_full_card_sent_to_its_checkpoint_goes_on_from_it(
    tmp_path: Path, resumed_before: bool
) -> None:
    """Its worker says so unasked, while another run is in the slot, whether or not it waits for that slot already."""

    async def story() -> None:
        puppet = Reporting(GPU)
        async with opened(tmp_path, puppet) as services:
            await warm(services, 1)
            first = await submitted(services, LARGE)
            await reaches(services, first.id, "running")
            puppet.tell(EncodedEvent(first.id, 1, "checkpoint", encode(checkpoint(1, 5))))
            puppet.tell(Paused(first.id))
            await reaches(services, first.id, "paused")
            second = await submitted(services, LARGE)
            await reaches(services, second.id, "running")
            if resumed_before:
                await services.manager.resume(first.id)
            puppet.tell(Released(first.id))
            puppet.tell(Ended(second.id, "failed", "The card was full."))
            await reaches(services, second.id, "failed")
            if not resumed_before:
                assert (await services.manager.get(first.id)).sentence == words.REDUCED
                await services.manager.resume(first.id)
            await reaches(services, first.id, "running")
            again = puppet.begun[-1][1]
            assert (again.run_id, again.placement, again.since) == (first.id, first.placement, -1)
            assert (await asyncio.to_thread(again.loaded)).resume == encode(checkpoint(1, 5))

    asyncio.run(story())


CUDA = ["is_available", "init", "_lazy_init", "get_device_name", "mem_get_info", "synchronize", "device_count"]


@pytest.mark.parametrize("device", ["auto", "cuda"])
def test_the_server_s_own_process_never_touches_the_card(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, device: str
) -> None:
    """Not for a preview, a prediction, a submission or an estimate of what will run on it."""

    def touched(*_: Any, **__: Any) -> None:
        raise AssertionError("the server's own process asked for the card")

    for name in CUDA:
        monkeypatch.setattr(torch.cuda, name, touched)
    settings = LARGE.model_copy(update={"training": config(training__device=device).training})

    async def story() -> None:
        async with opened(tmp_path, Reporting(GPU)) as services:
            await warm(services, 1)
            reports, compute = services.scheduler.cards, services.compute
            placement = reports.likely(settings, None)
            assert placement is not None
            assert placement.device == "cuda"
            while (said := await compute.preview(settings, None, placement, GPU)).status == "cost":
                await asyncio.sleep(0.01)
            assert said.notices[-1:] == [placement.reason] if placement.reason else not said.notices
            here = await compute.preview(settings, None)
            assert said.cost.step_seconds < here.cost.step_seconds / 10
            assert await submitted(services, settings)
            found = await compute.prediction(settings, None, "gradient_flow", 1.0, "frozen", None)  # type: ignore[arg-type]
            assert found is not None

    asyncio.run(story())


def test_a_sweep_of_runs_for_a_card_that_is_not_there_is_refused_at_once(tmp_path: Path) -> None:
    request = SweepRequest.model_validate(
        {"config": config(training__device="cuda").model_dump(), "axes": [{"field": "seed", "values": [0, 1]}]}
    )

    async def story() -> None:
        async with opened(tmp_path, Reporting(ABSENT)) as services:
            await warm(services, 1)
            with pytest.raises(InvalidInput, match="CUDA device"):
                await services.sweeps.create(request)

    asyncio.run(story())
