"""A scan is shared by those who ask, told as it goes, and given up when nobody asks."""

import asyncio
import threading
from collections.abc import Generator, Sequence

import pytest

from ntkscope.experiment.scan import Member
from ntkscope.runs import scans, wanted
from ntkscope.runs.compute import ComputeService
from ntkscope.schemas.scan import Scan, ScanRequest
from tests.cases import config
from tests.runs.test_compute import with_service
from tests.servers import GENEROUS

REQUEST = ScanRequest(config=config(), field="network.width", values=[8, 16])


def test_it_is_ready_when_asked_often_enough_and_kept() -> None:
    loaded = []

    async def test(service: ComputeService) -> None:
        async with asyncio.timeout(GENEROUS):
            while (made := await service.scans.scan(REQUEST, loaded.append)).status != "ready":
                pass
        assert [answer.value for answer in made.answers] == [8, 16]
        assert await service.scans.scan(REQUEST, loaded.append) == made
        assert len(loaded) == 2

    with_service(test)


def test_it_tells_how_far_it_is_and_ends_when_nobody_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    closed = threading.Event()

    def endless(field: str, members: Sequence[Member]) -> Generator[Scan, None, Scan]:
        told = Scan(status="running", field=field, total=len(members), part=0.25, answers=[], sentence=None)
        try:
            while True:
                yield told
                threading.Event().wait(0.005)
        finally:
            closed.set()
        return told

    monkeypatch.setattr(scans, "scan_stages", endless)
    monkeypatch.setattr(scans, "WAIT_SECONDS", 0.05)
    monkeypatch.setattr(wanted, "GIVEN_UP", 0.4)

    async def test(service: ComputeService) -> None:
        async with asyncio.timeout(GENEROUS):
            while (await service.scans.scan(REQUEST, lambda _: None)).part == 0:
                pass
            for _ in range(10):  # asked for, it goes on
                assert (await service.scans.scan(REQUEST, lambda _: None)).status == "running"
            assert not closed.is_set()
            await asyncio.to_thread(closed.wait, GENEROUS)
            assert closed.is_set()

    with_service(test)
